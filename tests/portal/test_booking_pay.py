"""From the hold to the booking: paying, holding longer, letting go, running out."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from appointments.models import Appointment, AppointmentEvent, Channel, Doctor, Slot
from appointments.usecases.expire import expire_draft
from refunds.gateways.base import Unknown
from refunds.gateways.sandbox import SandboxGateway
from refunds.models import Payment, Refund
from tests.factories import NOW, STARTS_AT, PatientFactory, SlotFactory, captured, checkout_for, fresh
from tests.portal.booking import draft_in, hold, signed_in, website_slot
from tests.portal.mail_box import deliver
from tests.portal.test_credit import balance, give_credit
from tests.portal.walk import everything, heading, path, words


@pytest.fixture
def slot() -> Slot:
    return website_slot()


@pytest.fixture
def client() -> Client:
    return signed_in(PatientFactory.create(name="Meera Nair", email="meera@example.org"))


@pytest.fixture
def draft(client: Client, slot: Slot) -> Appointment:
    hold(client, slot, visit_reason="A cough")
    return fresh(draft_in(slot))


def pay(client: Client, draft: Appointment, choice: str = "pay") -> Any:
    """Press Pay, choose on the provider's page, and come back."""
    address = client.post(path("book_pay", draft))["Location"]
    return client.post(address, {"choice": choice}, follow=True)


def test_page_when_held(client: Client, draft: Appointment) -> None:
    page = client.get(path("book_pay", draft))

    said = words(page)
    assert heading(page) == "Pay for your appointment"
    assert "This time is held for you until 2:45pm" in said
    assert "I need more time" in said
    assert "Price ₹1,000.00 To pay now ₹1,000.00" in said
    assert "Pay ₹1,000.00 Let this time go" in said
    assert "credit" not in said


def test_pay_when_paid(client: Client, draft: Appointment) -> None:
    page = pay(client, draft)

    said = words(page)
    assert page.redirect_chain[-1][0] == path("booked", draft)
    assert heading(page) == "Appointment booked"
    assert draft.reference in said
    assert "You paid ₹1,000.00" in said
    assert "We send a confirmation to m" in said
    assert "Cancel by Tuesday 3 November 2026 at 2:30pm and you get everything back (₹1,000.00)" not in said
    assert [step["title"] for step in page.context["steps"]] == [
        "You can change or cancel it here",
        "Your appointment",
    ]
    assert [step["is_here"] for step in page.context["steps"]] == [True, False]
    assert path("calendar_file", draft) in page.content.decode()
    assert fresh(draft).status == "confirmed"
    deliver()
    [letter] = mail.outbox
    assert letter.to == ["meera@example.org"]
    assert "A cough" not in str(letter.message())


def test_pay_when_pressed_again_afterwards(client: Client, draft: Appointment) -> None:
    pay(client, draft)
    before = everything()

    for name in ("book_pay", "book_credit"):
        assert client.post(path(name, draft))["Location"] == path("booked", draft)
    assert client.post(path("book_let_go", draft))["Location"] == path("appointment", draft)
    assert client.post(path("hold_longer", draft))["Location"] == path("book_pay", draft)
    assert client.get(f"/book/{draft.slot_id}/")["Location"] == path("book_pay", draft)
    assert client.get(path("book_pay", draft))["Location"] == path("booked", draft)
    assert everything() == before


def test_pay_when_the_doctor_approves(client: Client, slot: Slot) -> None:
    Doctor.objects.update(requires_approval=True)
    assert "This doctor approves each booking." in words(client.get(f"/book/{slot.pk}/"))
    hold(client, slot)

    page = pay(client, fresh(draft_in(slot)))

    assert heading(page) == "Appointment sent for approval"
    assert [step["is_here"] for step in page.context["steps"]] == [True, False, False]
    assert "By Tuesday 3 November 2026 at 2:30pm" in words(page)


def test_pay_when_declined(client: Client, draft: Appointment) -> None:
    page = pay(client, draft, "decline")

    said = words(page)
    assert heading(page) == "Your payment did not go through"
    assert "Nothing was paid, and nothing is booked." in said
    assert "is held for you until 2:45pm" in said
    assert "Try to pay again Let this time go" in said
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert heading(pay(client, draft)) == "Appointment booked"


def test_pay_when_the_provider_is_silent(client: Client, draft: Appointment, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> None:
        raise Unknown

    address = client.post(path("book_pay", draft))["Location"]
    monkeypatch.setattr(SandboxGateway, "look_at_checkout", silent)

    page = client.post(address, {"choice": "pay"}, follow=True)

    assert heading(page) == "We are checking your payment"
    assert "appointment above" not in words(page)
    assert path("book_pay", draft) in page.content.decode()
    assert fresh(draft).status == "draft"


def test_pay_when_it_comes_too_late(client: Client, draft: Appointment) -> None:
    checkout = checkout_for(draft)
    captured(checkout)
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        client.post(path("book_let_go", draft))
    assert fresh(draft).status == "draft"  # paid: it is being booked

    page = client.get(path("book_pay", draft), follow=True)

    assert heading(page) == "Appointment booked"


def test_pay_when_it_was_let_go_meanwhile(client: Client, draft: Appointment) -> None:
    address = client.post(path("book_pay", draft))["Location"]
    client.post(path("book_let_go", draft))

    page = client.post(address, {"choice": "pay"}, follow=True)

    said = words(page)
    assert heading(page) == "Your payment came too late"
    assert "All of it goes back to you." in said
    assert "Nothing is booked." in said
    assert "Choose another time" in said
    assert Refund.objects.get().amount == 100_000


def test_credit_when_it_covers_all(client: Client, draft: Appointment) -> None:
    give_credit(draft, 150_000)
    said = words(client.get(path("book_pay", draft)))
    assert "Your credit pays all of it: ₹1,000.00." in said

    page = client.post(path("book_credit", draft), follow=True)

    assert heading(page) == "Appointment booked"
    assert balance(draft) == 50_000


def test_credit_when_it_covers_a_part(client: Client, draft: Appointment) -> None:
    give_credit(draft, 40_000)
    said = words(client.get(path("book_pay", draft)))
    assert "Your credit pays ₹400.00 of it. ₹600.00 is then left to pay." in said

    page = client.post(path("book_credit", draft), follow=True)

    assert re.search(r"Price ₹1,000.00 Paid already \S?₹400.00 To pay now ₹600.00", words(page))
    assert (balance(draft), fresh(draft).status) == (0, "draft")
    assert heading(pay(client, draft)) == "Appointment booked"
    assert sorted(Payment.objects.filter(source=draft.chain.source).values_list("amount", flat=True)) == [
        40_000,
        60_000,
    ]


def test_credit_when_there_is_none(client: Client, draft: Appointment) -> None:
    before = everything()

    page = client.post(path("book_credit", draft), follow=True)

    assert "Your credit could not be used. Nothing was paid." in words(page)
    assert everything() == before


def test_credit_when_the_hold_runs_out(client: Client, draft: Appointment) -> None:
    give_credit(draft, 40_000)
    client.post(path("book_credit", draft))

    assert expire_draft(appointment_id=draft.pk, now=NOW + timedelta(minutes=15))

    assert balance(draft) == 40_000


def test_hold_when_more_time_is_asked_for(client: Client, draft: Appointment) -> None:
    with time_machine.travel(NOW + timedelta(minutes=14), tick=False):
        page = client.post(path("hold_longer", draft), follow=True)

        said = words(page)
        assert "The time is held for you until 3:00pm." in said
        assert "I need more time" not in said
        assert fresh(draft).hold_expires_at == NOW + timedelta(minutes=30)

        again = words(client.post(path("hold_longer", draft), follow=True))

    assert "This time was held longer already." in again
    assert fresh(draft).hold_expires_at == NOW + timedelta(minutes=30)
    assert AppointmentEvent.objects.filter(kind="extended").count() == 1
    assert "Time held longer" in words(client.get(path("appointment", draft)))


def test_hold_when_the_start_is_near(client: Client) -> None:
    slot = website_slot(starts_at=NOW + timedelta(minutes=10))
    hold(client, slot)
    draft = fresh(draft_in(slot))
    assert draft.hold_expires_at == slot.starts_at

    assert "I need more time" not in words(client.get(path("book_pay", draft)))
    client.post(path("hold_longer", draft))
    assert fresh(draft).hold_expires_at == slot.starts_at


@pytest.mark.parametrize("name", ["book_pay", "book_credit", "hold_longer"])
def test_hold_when_it_has_run_out(client: Client, draft: Appointment, name: str) -> None:
    left = SlotFactory.create(doctor=draft.slot.doctor, starts_at=STARTS_AT + timedelta(hours=1))
    before = everything()

    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        page = client.post(path(name, draft), follow=True)

    said = words(page)
    assert heading(page) == "Book an appointment"
    assert "Thursday 5 November 2026 at 2:30pm is no longer held for you. Nothing is booked." in said
    assert [choice.value for day in page.context["days"] for choice in day.slots] == [draft.slot_id, left.pk]
    assert everything() == before


def test_hold_when_taken_again_after_it_ran_out(client: Client, draft: Appointment) -> None:
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        answer = hold(client, draft.slot)

    newest = draft_in(draft.slot)
    assert (answer["Location"], newest.pk > draft.pk) == (path("book_pay", newest), True)
    assert fresh(draft).status == "cancelled"


def test_hold_when_let_go(client: Client, draft: Appointment) -> None:
    page = client.post(path("book_let_go", draft), follow=True)

    assert "The time is free again. Nothing is booked and nothing is to pay." in words(page)
    assert [choice.value for day in page.context["days"] for choice in day.slots] == [draft.slot_id]
    assert fresh(draft).status == "cancelled"
    assert Refund.objects.count() == 0


def test_detail_when_held(client: Client, draft: Appointment) -> None:
    page = client.get(path("appointment", draft))

    assert f'href="{path("book_pay", draft)}"' in page.content.decode()
    said = words(page)
    assert "What it is about A cough" in said
    assert "If you cancel now, you get back" not in said


def test_pay_when_it_was_held_elsewhere(client: Client, slot: Slot) -> None:
    hold(client, slot)
    draft = fresh(draft_in(slot))
    Channel.objects.filter(pk=draft.chain.channel_id).update(is_website=False)

    assert client.get(path("book_pay", draft))["Location"] == path("appointment", draft)
    assert client.post(path("book_pay", draft))["Location"] == path("appointment", draft)
    assert "Pay and book" not in words(client.get(path("appointment", draft)))


def test_booked_when_it_is_not(client: Client, draft: Appointment) -> None:
    assert client.get(path("booked", draft))["Location"] == path("appointment", draft)


def test_pages_when_read(client: Client, draft: Appointment) -> None:
    for name in ("book_credit", "book_let_go", "hold_longer"):
        assert client.get(path(name, draft)).status_code == 405
    before = everything()
    for name in ("book_pay", "booked", "appointment"):
        client.get(path(name, draft), follow=True)
        client.head(path(name, draft))
    assert everything() == before
