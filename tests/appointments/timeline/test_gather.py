"""Everything that is on record about a booking, its patient, its refund and its terms."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from appointments.manage.codes import ask_for_code
from appointments.manage.links import issue_link, link_of, revoke_links
from appointments.models import (
    Appointment,
    DeliveryReport,
    LateDocument,
    LateRequest,
    LateWish,
    ManageLink,
    OutboxMessage,
    WaitingEntry,
)
from appointments.timeline import gather
from appointments.timeline.entries import Entry, Topic
from appointments.usecases.agent_desk import receive_agent
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.change_contact import Contact, change_contact
from appointments.usecases.open_document import open_document
from appointments.usecases.reschedule import reschedule_appointment
from refunds import operations
from refunds.models import Refund
from tests import factories as make
from tests.appointments.usecases.agents import agent_of, asks

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def cancelled() -> Appointment:
    """Moved once, its link used, then cancelled; the refund was sent."""
    first = make.booked()
    actor, later = make.patient_of(first), make.NOW - 5 * HOUR
    moved = reschedule_appointment(appointment_id=first.pk, slot_id=make.moving(first).pk, actor=actor, now=later)
    cancel_appointment(appointment_id=moved.appointment.pk, actor=actor, now=make.NOW)
    for lease in operations.claim_due(limit=10):
        operations.process_refund(lease=lease, now=make.NOW)
    return make.fresh(moved.appointment)


def told(entries: list[Entry], topic: Topic) -> list[str]:
    return [entry.what for entry in entries if entry.topic is topic]


def test_booking_when_moved_and_cancelled() -> None:
    one = cancelled()

    entries = gather.about_booking(chain_id=one.chain_id)

    assert entries == sorted(entries, key=lambda entry: (entry.at, entry.topic, entry.number))
    assert {entry.about for entry in entries if entry.topic is Topic.BOOKING} == {
        one.reference,
        one.replaces.reference if one.replaces else "",
    }
    assert told(entries, Topic.BOOKING)[:3] == ["Slot held", "Payment received", "Booked"]
    assert told(entries, Topic.BOOKING)[-1] == "Cancelled"
    assert told(entries, Topic.PAYMENT) == ["Payment page opened: ₹1,000.00", "Payment of ₹1,000.00"]
    assert told(entries, Topic.LEDGER)[:2] == ["Payment captured: ₹1,000.00", "Refund granted: ₹1,000.00"]
    assert told(entries, Topic.REFUND)[0] == "Refund of ₹1,000.00: Pending"
    assert "Refund, try 1 sent to sandbox" in told(entries, Topic.REFUND)
    assert "Message written: Appointment cancelled" in told(entries, Topic.MESSAGE)
    assert "Certificate issued" in told(entries, Topic.RECORD)


def test_booking_when_a_quote_decided() -> None:
    one = cancelled()

    event = next(entry for entry in gather.about_booking(chain_id=one.chain_id) if entry.what == "Cancelled")

    assert ("You get back", "₹1,000.00") in event.facts


def test_booking_when_links_and_codes_are_used() -> None:
    one = make.booked()
    token = issue_link(chain_id=one.chain_id, now=make.NOW)
    ask_for_code(appointment=one, link=link_of(token=token), now=make.NOW)
    revoke_links(chain_id=one.chain_id, now=make.NOW + HOUR)

    entries = gather.about_booking(chain_id=one.chain_id)

    link = ManageLink.objects.latest("pk")
    assert told(entries, Topic.ACCESS)[-3:] == [
        "Security code asked for",
        "Link to the booking issued",
        "Link to the booking taken back",
    ]
    code = next(entry for entry in entries if entry.what == "Security code asked for")
    assert code.facts[0] == ("By", f"Link {link.pk}")
    assert token not in repr(entries)


def test_booking_when_a_document_was_opened() -> None:
    one = make.booked()
    late = LateRequest.objects.create(
        appointment=one,
        wish=LateWish.REFUND,
        text="A broken leg",
        made_at=make.NOW,
        made_by="patient 1",
        due_at=make.NOW + HOUR,
    )
    document = LateDocument.objects.create(
        request=late, stored_as="x", kind="pdf", size=3, sha256="0" * 64, uploaded_at=make.NOW
    )
    auditor = make.UserFactory.create(full_name="Asha Kulkarni")
    open_document(document=document, user=auditor, purpose="Complaint 12", now=make.NOW + HOUR)

    entries = gather.about_booking(chain_id=one.chain_id)

    assert told(entries, Topic.REQUEST) == ["Late request: Cancel and get the money back", "Document handed in"]
    look = next(entry for entry in entries if entry.what == "Document opened")
    assert (look.who, look.facts) == (f"Asha Kulkarni, account {auditor.pk}", (("What for", "Complaint 12"),))
    assert "leg" not in repr(entries)


def test_booking_when_a_message_bounced() -> None:
    one = make.booked()
    OutboxMessage.objects.update(
        provider_id="m-1", recipient="meera@example.org", sent_at=make.NOW, body="secret words"
    )
    DeliveryReport.objects.create(
        provider="mailgun",
        report_id="r-1",
        message_number="m-1",
        outcome="bounced",
        reason="No such mailbox",
        received_at=make.NOW + HOUR,
    )

    entries = gather.about_booking(chain_id=one.chain_id)

    assert told(entries, Topic.MESSAGE)[-2:] == ["Message sent: Appointment booked", "Message: Did not arrive"]
    assert "meera@example.org" not in repr(entries)
    assert "secret words" not in repr(entries)


def test_patient_when_the_contact_changed() -> None:
    one = make.booked()
    other = make.booked(patient=one.chain.patient)
    change_contact(
        patient_id=one.chain.patient_id,
        to=Contact(email="new@example.org", phone="", account=one.chain.patient.user_id),
        actor=make.staff_of(one),
        now=make.NOW,
    )

    entries = gather.about_patient(patient=one.chain.patient, chain_ids=[one.chain_id], centre_ids=[])

    assert "Contact details changed" in told(entries, Topic.RECORD)
    assert "new@example.org" not in repr(entries)
    assert {entry.about for entry in entries} == {"", one.reference}
    assert other.reference not in repr(entries)


def test_refund_when_processed() -> None:
    one = cancelled()
    refund = Refund.objects.get(payment__source=one.chain.source)

    entries = gather.about_refund(refund=refund)

    assert told(entries, Topic.LEDGER)[0] == "Refund granted: ₹1,000.00"
    assert told(entries, Topic.REFUND)[0] == "Refund of ₹1,000.00: Pending"
    assert told(entries, Topic.PAYMENT) == []


def test_version_when_published() -> None:
    version = make.booked().chain.terms

    entries = gather.about_version(version=version)

    assert told(entries, Topic.RECORD)[:3] == ["Drafted", "Published", "In force from here on"]


def test_queries_when_there_are_more_bookings() -> None:
    def count(*chains: Any) -> int:
        with CaptureQueriesContext(connection) as asked:
            gather.about_patient(patient=one.chain.patient, chain_ids=chains, centre_ids=[one.centre.pk])
        return len(asked)

    one, two = cancelled(), cancelled()
    count(one.chain_id)

    assert count(one.chain_id) == count(one.chain_id, two.chain_id)


def test_bookings_when_a_patient_has_many(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.models import Q

    monkeypatch.setattr(gather, "MOST_BOOKINGS", 1)
    first = make.booked(booked_at=make.NOW - timedelta(days=20))
    newer = make.booked(patient=first.chain.patient)
    newest = make.booked(patient=first.chain.patient, booked_at=make.NOW)

    assert gather.newest_bookings(patient=first.chain.patient, appointments=Q()) == [newest.chain_id, newer.chain_id]


def test_patient_when_an_agent_came(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]
    one = make.booked()
    agent_of(one)
    clerk = make.staff_member(one.centre)
    every = Appointment.objects.all()
    receive_agent(user=clerk, appointments=every, asks=asks(one), now=make.NOW + HOUR)
    receive_agent(user=clerk, appointments=every, asks=asks(one, agent_number="wrong"), now=make.NOW + HOUR)

    entries = gather.about_patient(patient=one.chain.patient, chain_ids=[one.chain_id], centre_ids=[])

    visit = next(entry for entry in entries if entry.what == "An agent came to the desk")
    assert (visit.who, visit.about) == (f"{clerk.full_name}, account {clerk.pk}", one.reference)
    assert visit.facts == (("Relation", "Parent"), ("What for", "cancel, the child is well"))
    assert told(entries, Topic.ACCESS).count("An agent came to the desk") == 1
    assert "ID number: Entered" in told(entries, Topic.RECORD)
    assert "0177" not in repr(entries)


def test_patient_when_they_wait_at_two_centres() -> None:
    patient = make.PatientFactory.create()
    here, elsewhere = make.DoctorFactory.create(), make.DoctorFactory.create()
    days = {"first_day": make.NOW.date(), "last_day": make.NOW.date(), "joined_at": make.NOW, "joined_by": "patient"}
    for doctor in (here, elsewhere):
        WaitingEntry.objects.create(patient=patient, centre=doctor.centre, doctor=doctor, **days)
    entries = gather.about_patient(patient=patient, chain_ids=[], centre_ids=[here.centre_id])

    assert [entry.what for entry in entries] == ["Joined the waiting list"]
    assert entries[0].facts[0][1].startswith(here.name)
