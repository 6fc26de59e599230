"""Resources as other systems read them."""

from typing import Any

import pytest

from appointments.models import Appointment, Centre, Channel, Partner, Patient, Slot
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from appointments.usecases.expire import expire_draft
from appointments.usecases.reschedule import reschedule_appointment
from tests.api.conftest import partner_of
from tests.appointments.leave.rows import worked
from tests.factories import (
    NOW,
    ChannelFactory,
    booked,
    fresh,
    held,
    moving,
    pending_approval,
    staff_of,
    system,
)
from tests.fhir.conftest import ILL, FhirClient, by_the_clinic, parsed, speaker_of

REPLACES = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.replaces"


def extensions(resource: Any) -> dict[str, Any]:
    """Return the values of the extensions by their last word."""
    return {
        one["url"].rpartition(":")[2] if one["url"].startswith("urn") else one["url"]: next(
            value for name, value in one.items() if name != "url"
        )
        for one in resource.get("extension", [])
    }


def read(fhir: FhirClient, appointment: Appointment) -> Any:
    return fhir.read(f"Appointment/{appointment.reference}")


def test_appointment_when_booked(fhir: FhirClient, booking: Appointment) -> None:
    resource = read(fhir, booking)

    assert [resource[name] for name in ("id", "status", "start", "end", "minutesDuration", "created")] == [
        booking.reference,
        "booked",
        "2026-11-05T09:00:00Z",
        "2026-11-05T09:30:00Z",
        30,
        "2026-10-23T09:00:00Z",
    ]
    assert resource["identifier"] == [
        {"system": "http://testserver/fhir/identifier/appointment", "value": booking.reference}
    ]
    assert resource["slot"] == [{"reference": f"Slot/{booking.slot_id}"}]
    assert [part["actor"]["display"] for part in resource["participant"]] == [
        "Asha Rao",
        "Dr Hugh Lindqvist",
        booking.centre.name,
    ]
    assert resource["participant"][0]["actor"]["reference"] == "Patient/customer-7"
    assert "cancelationReason" not in resource
    assert parsed(resource).meta.lastUpdated == booking.events.get(kind="confirmed").at


@pytest.mark.parametrize(
    ("status", "word"),
    [("checked_in", "checked-in"), ("completed", "fulfilled"), ("no_show", "noshow")],
)
def test_appointment_when_its_time_came(fhir: FhirClient, booking: Appointment, status: str, word: str) -> None:
    if status == "no_show":
        mark_no_show(appointment_id=booking.pk, actor=system(), now=booking.slot.ends_at)
    else:
        check_in(appointment_id=booking.pk, actor=system(), now=NOW)
    if status == "completed":
        complete_appointment(appointment_id=booking.pk, actor=system(), now=booking.slot.ends_at)

    assert read(fhir, booking)["status"] == word


def test_appointment_when_held_and_run_out(fhir: FhirClient, slot: Slot, channel: Channel) -> None:
    draft = held(slot=slot, channel=channel)
    before = read(fhir, draft)["status"]
    expire_draft(appointment_id=draft.pk, now=NOW.replace(hour=10))

    after = read(fhir, draft)

    assert (before, after["status"], after["cancelationReason"]["text"]) == ("proposed", "cancelled", "Ended by itself")


def test_appointment_when_the_doctor_was_away(fhir: FhirClient, booking: Appointment) -> None:
    """Nobody answered, or nothing could be offered: the clinic ended it, not the clock."""
    worked(booking.slot.doctor)

    reason = read(fhir, booking)["cancelationReason"]

    assert (reason["coding"][0]["code"], reason["text"]) == ("prov", "Cancelled by the clinic")


def test_appointment_when_it_waits_for_approval(fhir: FhirClient, slot: Slot, channel: Channel) -> None:
    resource = read(fhir, pending_approval(slot=slot, channel=channel))

    assert resource["status"] == "pending"
    assert [part["status"] for part in resource["participant"]] == ["accepted", "needs-action", "accepted"]


def test_appointment_when_cancelled_by_the_doctor(fhir: FhirClient, booking: Appointment) -> None:
    by_the_clinic(booking)

    resource = read(fhir, booking)

    assert resource["cancelationReason"]["text"] == "Cancelled by the clinic"
    assert resource["cancelationReason"]["coding"] == [
        {"system": "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason", "code": "prov"},
        {"system": "urn:fairslot:fhir:cancellation-reason", "code": "ill"},
    ]
    assert extensions(resource) == {
        "cancellation-refund": {"value": 1000.0, "currency": "INR"},
        "cancellation-fee": {"value": 0.0, "currency": "INR"},
    }


def test_appointment_when_moved(fhir: FhirClient, booking: Appointment) -> None:
    moved = reschedule_appointment(
        appointment_id=booking.pk,
        slot_id=moving(booking).pk,
        actor=staff_of(booking),
        now=NOW,
        reason=ILL,
        for_hospital=True,
    )
    old, new = read(fhir, booking), read(fhir, fresh(moved.appointment))

    assert (old["status"], new["status"]) == ("cancelled", "booked")
    assert old["cancelationReason"]["text"] == "Moved by the clinic"
    assert extensions(old) == {"moved-to": {"reference": f"Appointment/{new['id']}"}}
    assert extensions(new) == {REPLACES: {"reference": f"Appointment/{old['id']}"}}


def test_appointment_when_a_move_waits_for_payment(fhir: FhirClient, booking: Appointment) -> None:
    slot = moving(booking, price=130_000)
    done = reschedule_appointment(
        appointment_id=booking.pk, slot_id=slot.pk, actor=staff_of(booking), now=NOW, reason=ILL
    )

    old, draft = read(fhir, booking), read(fhir, done.appointment)

    assert (old["status"], draft["status"]) == ("booked", "proposed")
    assert (extensions(old), extensions(draft)) == ({}, {})


@pytest.mark.parametrize("path", ["Appointment/{0}", "Slot/{1}", "Schedule/{2}", "Location/{3}", "Patient/customer-7"])
def test_resource_when_of_another_partner(booking: Appointment, fhir: FhirClient, path: str) -> None:
    numbers = (booking.reference, booking.slot_id, booking.slot.doctor_id, booking.centre.pk)
    where = path.format(*numbers)
    stranger = speaker_of(partner_of(ChannelFactory.create()))
    assert fhir.read(where)["resourceType"] == path.partition("/")[0]

    foreign = stranger.read(where, answer=404)
    missing = stranger.read(path.format("9999-9999", 0, 0, 0).replace("customer-7", "nobody"), answer=404)

    assert foreign == missing


def test_patient_when_another_partner_has_the_same_reference(booking: Appointment, partner: Partner) -> None:
    other = partner_of(booking.chain.channel)
    speaker_of(other).read("Patient/customer-7", answer=404)

    assert speaker_of(partner).read("Patient/customer-7")["name"] == [{"text": "Asha Rao"}]


def test_appointment_when_another_partner_shares_the_channel(booking: Appointment) -> None:
    seen = read(speaker_of(partner_of(booking.chain.channel)), booking)

    assert seen["participant"][0]["actor"] == {"type": "Patient", "display": "Asha Rao"}


def test_slots_when_others_book(fhir: FhirClient, booking: Appointment) -> None:
    free = moving(booking)
    taken = moving(booking, starts_at=NOW.replace(day=9))
    booked(slot=taken)
    withdrawn = moving(booking, starts_at=NOW.replace(day=10))
    Slot.objects.filter(pk=withdrawn.pk).update(is_withdrawn=True)

    assert fhir.ids("Slot") == [str(booking.slot_id), str(free.pk)]
    assert [fhir.read(f"Slot/{slot.pk}")["status"] for slot in (booking.slot, free)] == ["busy", "free"]
    fhir.read(f"Slot/{taken.pk}", answer=404)
    fhir.read(f"Slot/{withdrawn.pk}", answer=404)


def test_slot_when_own_booking_was_cancelled(fhir: FhirClient, booking: Appointment) -> None:
    by_the_clinic(booking)

    assert fhir.read(f"Slot/{booking.slot_id}")["status"] == "busy-unavailable"


def test_text_when_hostile(fhir: FhirClient, booking: Appointment) -> None:
    Patient.objects.update(name="Eve\r\n\x07<script>\u202e")
    Centre.objects.update(address="")

    assert read(fhir, booking)["participant"][0]["actor"]["display"] == "Eve <script>"
    assert "address" not in fhir.read(f"Location/{booking.centre.pk}")
