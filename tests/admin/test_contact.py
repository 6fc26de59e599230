"""Staff change how a patient is reached: written down, told to both addresses, and no way to the patient's money."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from appointments.models import Appointment, Centre, ContactChange, OutboxMessage, Patient, User
from appointments.notifications import outbox
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.payout import ask_for_bank_details
from refunds.bank import links
from refunds.models import HoldRelease, PayoutLink, Refund, RefundPayee
from tests.admin.desk import address, browser, filled, member, messages_of
from tests.factories import NOW, CentreFactory, SlotFactory, UserFactory, booked, patient_of
from tests.portal.payouts import ANSWER, INDIAN, open_by

OLD, NEW = "meera@example.org", "desk@elsewhere.example"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def patient(appointment: Appointment) -> Patient:
    patient = appointment.chain.patient
    patient.email, patient.phone, patient.birth_date = OLD, "+919800000001", ANSWER
    patient.save()
    return patient


@pytest.fixture
def refund(patient: Patient, appointment: Appointment) -> Refund:
    """By bank transfer, and the patient has been asked where to."""
    paid = paid_by_transfer(patient, appointment)
    cancel_appointment(appointment_id=paid.pk, actor=patient_of(paid), now=NOW)
    refund = Refund.objects.get()
    assert ask_for_bank_details(refund=refund, now=NOW)
    send_all()
    return refund


def paid_by_transfer(patient: Patient, like: Appointment) -> Appointment:
    """Another appointment of the patient at the same centre."""
    slot = SlotFactory.create(doctor=like.slot.doctor, starts_at=like.slot.starts_at + timedelta(hours=1))
    return booked(patient=patient, method="bank_transfer", slot=slot, channel=like.chain.channel)


def send_all() -> None:
    for message in outbox.due_messages(now=NOW, limit=100):
        outbox.send_message(message, now=NOW)


def page_of(patient: Patient) -> str:
    return reverse("admin:appointments_patient_change", args=[patient.pk])


def change(user: User, patient: Patient, **values: str) -> Any:
    inline = {f"contact_changes-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    form = {"name": patient.name, "birth_date": ANSWER.isoformat(), "email": OLD, "phone": patient.phone}
    wishes = {"messages_by": "email", "wants_reminders": "on", "quiet_from": "21:00", "quiet_until": "08:00"}
    sent = {**form, "language": "en", **wishes, **inline, **values}
    return browser(user).post(page_of(patient), sent, follow=True)


def give_details(refund: Refund, token: str) -> None:
    client = Client()
    open_by(client, token)
    client.post("/payout/who/", {"birth_date": ANSWER.isoformat()})
    client.post("/payout/bank/", INDIAN)


def decide(user: User, refund: Refund, **form: str) -> Any:
    return browser(user).post(f"/admin/refunds/refund/{refund.pk}/decide/", form, follow=True)


def told() -> list[tuple[str, str]]:
    messages = OutboxMessage.objects.filter(kind="contact_changed").order_by("recipient")
    return [(message.kind, message.recipient) for message in messages]


def test_contact_when_changed(front_desk: User, patient: Patient) -> None:
    answer = change(front_desk, patient, email=f" {NEW} ", phone="(+91) 98-765 43210")

    patient.refresh_from_db()
    assert (patient.email, patient.phone) == (NEW, "+919876543210")
    made = ContactChange.objects.get()
    assert (made.before, made.after) == (
        {"email": OLD, "phone": "+919800000001"},
        {"email": NEW, "phone": "+919876543210"},
    )
    assert (made.actor_user, made.at, made.actor_kind) == (front_desk, NOW, "staff")
    assert told() == [("contact_changed", NEW), ("contact_changed", OLD)]
    assert "The patient is told of the new contact details, at the old address too." in messages_of(answer)
    assert (
        "E-mail address: from m•••@example.org to d•••@elsewhere.example"
        in browser(front_desk).get(page_of(patient)).content.decode()
    )


def test_contact_when_nothing_differs(front_desk: User, patient: Patient) -> None:
    change(front_desk, patient, name="Meera S.", phone="+91 98000 00001")

    patient.refresh_from_db()
    assert (patient.name, patient.phone) == ("Meera S.", "+919800000001")
    assert (ContactChange.objects.count(), told()) == (0, [])


@pytest.mark.parametrize("groups", [("cashier",), ("finance",), ()])
def test_contact_when_permission_is_missing(groups: tuple[str, ...], centre: Centre, patient: Patient) -> None:
    assert change(member(centre, *groups), patient, email=NEW).status_code == 403
    assert (Patient.objects.get(pk=patient.pk).email, ContactChange.objects.count()) == (OLD, 0)


def test_contact_when_the_patient_is_of_another_centre(patient: Patient) -> None:
    change(member(CentreFactory.create(), "front desk"), patient, email=NEW)

    assert (Patient.objects.get(pk=patient.pk).email, ContactChange.objects.count(), told()) == (OLD, 0, [])


def test_links_when_the_address_changes(front_desk: User, patient: Patient, refund: Refund) -> None:
    token = links.issue_link(refund_id=refund.pk, actor="test", now=NOW)
    change(front_desk, patient, email=NEW)
    give_details(refund, token)

    assert RefundPayee.objects.count() == 0
    assert PayoutLink.objects.filter(revoked_at=None).count() == 0
    asked = OutboxMessage.objects.filter(kind="payout_asked", state="waiting")
    assert [message.recipient for message in asked] == [NEW]


def test_details_when_given_after_a_change(front_desk: User, patient: Patient, refund: Refund) -> None:
    change(front_desk, patient, email=NEW)
    give_details(refund, links.issue_link(refund_id=refund.pk, actor="mail", now=NOW))

    payee = RefundPayee.objects.get()
    assert (payee.holds_until, payee.hold_reason) == (NOW + timedelta(days=3), "contact_changed")
    warned = OutboxMessage.objects.filter(kind="payout_details").values_list("recipient", flat=True)
    assert set(warned) == {OLD, NEW}


def test_details_when_the_change_was_long_ago(front_desk: User, patient: Patient, refund: Refund) -> None:
    change(front_desk, patient, email=NEW)
    later = NOW + timedelta(days=30)
    with time_machine.travel(later, tick=False):
        give_details(refund, links.issue_link(refund_id=refund.pk, actor="mail", now=later))

    assert RefundPayee.objects.get().holds_until is None


def test_hold_when_released_at_the_desk(front_desk: User, centre: Centre, patient: Patient, refund: Refund) -> None:
    change(front_desk, patient, email=NEW)
    give_details(refund, links.issue_link(refund_id=refund.pk, actor="mail", now=NOW))
    finance = member(centre, "finance")
    page = browser(finance).get(f"/admin/refunds/refund/{refund.pk}/decide/").content.decode()
    answer = decide(finance, refund, decision="release", reason="Called her on the old number")

    assert "On hold until Nov. 5, 2026, 9 a.m.: the patient’s contact details were changed" in page
    assert f"Released by staff:{finance.pk} on Nov. 2, 2026, 9 a.m.: Called her" in answer.content.decode()
    assert HoldRelease.objects.get().released_by == f"staff:{finance.pk}"


def test_hold_when_released_by_who_changed_the_contact(centre: Centre, patient: Patient, refund: Refund) -> None:
    both = member(centre, "front desk", "finance")
    change(both, patient, email=NEW)
    give_details(refund, links.issue_link(refund_id=refund.pk, actor="mail", now=NOW))

    answer = decide(both, refund, decision="release", reason="Trust me")
    assert messages_of(answer) == [
        "Somebody else has to release it: you changed the contact details, or had a hand in this refund."
    ]
    assert decide(both, refund, decision="confirm", receipt="T-1").status_code == 200
    assert (HoldRelease.objects.count(), Refund.objects.get().status) == (0, "pending")


def test_hold_when_released_by_who_got_the_address(front_desk: User, patient: Patient, refund: Refund) -> None:
    change(front_desk, patient, email=NEW)
    give_details(refund, links.issue_link(refund_id=refund.pk, actor="mail", now=NOW))
    friend = member(front_desk.centres.get(), "finance")
    User.objects.filter(pk=friend.pk).update(email=NEW.upper())

    decide(friend, refund, decision="release", reason="Trust me")
    assert HoldRelease.objects.count() == 0


def test_hold_when_released_by_who_asked_for_the_refund(
    front_desk: User, centre: Centre, patient: Patient, appointment: Appointment
) -> None:
    asked_by = member(centre, "front desk", "finance")
    paid = paid_by_transfer(patient, appointment)
    desk, where = browser(asked_by), address("cancel", paid)
    desk.post(where, filled(desk, where, choice="patient"))
    refund = Refund.objects.get()
    change(front_desk, patient, email=NEW)
    give_details(refund, links.issue_link(refund_id=refund.pk, actor="mail", now=NOW))

    decide(asked_by, refund, decision="release", reason="Trust me")
    assert HoldRelease.objects.count() == 0


def test_hold_when_permission_is_missing(front_desk: User, centre: Centre, patient: Patient, refund: Refund) -> None:
    change(front_desk, patient, email=NEW)
    give_details(refund, links.issue_link(refund_id=refund.pk, actor="mail", now=NOW))

    assert decide(member(centre, "cashier"), refund, decision="release", reason="Sure").status_code == 403
    assert HoldRelease.objects.count() == 0


def test_sign_in_when_changed(patient: Patient, refund: Refund) -> None:
    admin = UserFactory.create(is_staff=True, is_superuser=True)
    account = patient.user
    assert account is not None
    before = account.email
    form = {"full_name": "Meera", "email": "Other@Example.org", "phone": "+44 20 7946-0000", "is_active": "on"}
    browser(admin).post(reverse("admin:appointments_user_change", args=[account.pk]), form)

    account.refresh_from_db()
    assert (account.email, account.phone) == ("other@example.org", "+442079460000")
    made = ContactChange.objects.get()
    assert (made.before["login_email"], made.after["login_email"]) == (before, "other@example.org")
    assert PayoutLink.objects.filter(revoked_at=None).count() == 0


def test_mail_when_the_contact_changed(front_desk: User, patient: Patient, refund: Refund) -> None:
    change(front_desk, patient, email=NEW)
    send_all()

    to_old = OutboxMessage.objects.get(kind="contact_changed", recipient=OLD)
    lines = to_old.body.splitlines()
    assert "- E-mail address: from m•••@example.org to d•••@elsewhere.example" in lines
    assert (
        "Bank details that are given for a refund now are not paid for 3 days, so that there is time to tell us."
        in lines
    )
    assert NEW not in to_old.body
