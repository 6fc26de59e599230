"""Cancelling at the desk."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, Centre, User
from refunds.models import Refund
from tests.admin.desk import address, browser, filled, footprint, member, messages_of
from tests.factories import SlotFactory, booked, fresh, pending_approval

NOT_THE_DESK = ["doctor", "cashier", "finance", "policy maker", "auditor"]


@pytest.fixture
def late(centre: Centre, now: datetime) -> Appointment:
    """Starts in 14 hours: 75 % come back at the patient's wish."""
    return booked(slot=SlotFactory.create(doctor__centre=centre, starts_at=now + timedelta(hours=14)))


def test_cancel_when_opened(late: Appointment, front_desk: User) -> None:
    page = browser(front_desk).get(address("cancel", late))

    assert [(option.name, option.total) for option in page.context["options"]] == [
        ("patient", "₹750.00"),
        ("hospital", "₹1,000.00"),
    ]
    assert page.context["form"]["choice"].value() is None
    assert fresh(late).status == "confirmed"


@pytest.mark.parametrize(("choice", "refund"), [("patient", 75_000), ("hospital", 100_000)])
def test_cancel_when_chosen(choice: str, refund: int, late: Appointment, front_desk: User) -> None:
    client = browser(front_desk)
    data = filled(client, address("cancel", late), choice=choice)

    answer = client.post(address("cancel", late), data, follow=True)

    assert answer.redirect_chain == [(reverse("admin:appointments_appointment_change", args=[late.pk]), 302)]
    assert fresh(late).status == "cancelled"
    assert [row.amount for row in Refund.objects.all()] == [refund]
    event = late.events.get(kind="cancelled")
    assert (event.actor_kind, event.actor_user, event.reason_code) == ("staff", front_desk, "ill")
    assert event.for_hospital is (choice == "hospital")


def test_cancel_when_nothing_chosen(appointment: Appointment, front_desk: User) -> None:
    client = browser(front_desk)
    before = footprint()

    answer = client.post(address("cancel", appointment), filled(client, address("cancel", appointment)))

    assert answer.context["form"].errors["choice"] == ["Select who asked for it"]
    assert footprint() == before


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "Select a reason"),
        ({"reason": "gone"}, "reason", "Select one of the reasons offered"),
        ({"reason": "other"}, "text", "Enter the reason in your words"),
        ({"text": "x" * 501}, "text", "Your reason must be 500 characters or less"),
        ({"text": "a\x00b"}, "text", "Null characters are not allowed."),
    ],
)
def test_cancel_when_reason_will_not_do(
    answers: dict[str, str], field: str, sentence: str, appointment: Appointment, front_desk: User
) -> None:
    client = browser(front_desk)
    data = filled(client, address("cancel", appointment), choice="patient", **answers)
    before = footprint()

    answer = client.post(address("cancel", appointment), data)

    assert answer.context["form"].errors[field] == [sentence]
    assert footprint() == before


def test_cancel_when_text_is_hostile(appointment: Appointment, front_desk: User) -> None:
    client = browser(front_desk)
    data = filled(client, address("cancel", appointment), choice="patient", text="<script>alert(1)</script>")

    page = client.post(address("cancel", appointment), data, follow=True).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("group", NOT_THE_DESK)
@pytest.mark.parametrize("deed", ["cancel", "decline"])
def test_cancel_when_not_permitted(deed: str, group: str, centre: Centre, appointment: Appointment) -> None:
    client = browser(member(centre, group))
    before = footprint()

    answer = client.post(address(deed, appointment), {"choice": "hospital", "reason": "ill"})

    assert answer.status_code == 403
    assert client.get(address(deed, appointment)).status_code == 403
    assert footprint() == before


def test_cancel_when_logged_out(appointment: Appointment, client: Client) -> None:
    before = footprint()

    answer = client.post(address("cancel", appointment), {"choice": "hospital"})

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("admin:login"))
    assert footprint() == before


def test_cancel_when_of_another_centre(appointment: Appointment, front_desk: User) -> None:
    elsewhere = booked()
    client = browser(front_desk)
    data = filled(client, address("cancel", appointment), choice="hospital")
    before = footprint()

    assert client.post(address("cancel", elsewhere), data).status_code == 404
    assert client.get(address("cancel", elsewhere)).status_code == 404
    assert footprint() == before


def test_cancel_when_posted_twice(appointment: Appointment, front_desk: User) -> None:
    client = browser(front_desk)
    data = filled(client, address("cancel", appointment), choice="patient")
    client.post(address("cancel", appointment), data)
    after_one = footprint()

    answer = client.post(address("cancel", appointment), data, follow=True)

    assert messages_of(answer)[-1] == "This appointment is already cancelled."
    assert footprint() == after_one


def test_cancel_when_somebody_was_faster(appointment: Appointment, front_desk: User, manager: User) -> None:
    slow, fast = browser(front_desk), browser(manager)
    data = filled(slow, address("cancel", appointment), choice="patient")
    fast.post(address("cancel", appointment), filled(fast, address("cancel", appointment), choice="patient"))
    after_one = footprint()

    answer = slow.post(address("cancel", appointment), data, follow=True)

    assert messages_of(answer) == ["This appointment can no longer be cancelled."]
    assert footprint() == after_one


def test_cancel_when_quote_is_stale(late: Appointment, front_desk: User, now: datetime) -> None:
    client = browser(front_desk)
    data = filled(client, address("cancel", late), choice="patient")
    before = footprint()

    with time_machine.travel(now + timedelta(hours=3), tick=False):
        answer = client.post(address("cancel", late), data)
        assert footprint() == before
        again = client.post(
            address("cancel", late), {**data, **filled(client, address("cancel", late), choice="patient")}
        )

    assert answer.status_code == 409
    changed = answer.context["changed"]
    assert (changed.before, changed.now) == ("₹750.00", "₹500.00")
    assert again.status_code == 302
    assert [row.amount for row in Refund.objects.all()] == [50_000]


def test_cancel_when_token_is_of_another_choice(late: Appointment, front_desk: User) -> None:
    client = browser(front_desk)
    data = filled(client, address("cancel", late), choice="hospital")
    before = footprint()

    answer = client.post(address("cancel", late), {**data, "token_hospital": data["token_patient"]})

    assert answer.status_code == 409
    assert footprint() == before


def test_override_when_permitted(appointment: Appointment, manager: User) -> None:
    client = browser(manager)
    where = address("cancel", appointment)
    data = filled(client, f"{where}?percent=40", choice="override", text="Agreed by phone")

    assert client.post(where, data).status_code == 302
    assert [row.amount for row in Refund.objects.all()] == [40_000]
    assert appointment.events.get(kind="cancelled").reason_text == "Agreed by phone"


def test_override_when_without_words(appointment: Appointment, manager: User) -> None:
    client = browser(manager)
    data = filled(client, f"{address('cancel', appointment)}?percent=40", choice="override")
    before = footprint()

    answer = client.post(address("cancel", appointment), data)

    assert answer.context["form"].errors["text"] == ["Enter the reason in your words"]
    assert footprint() == before


def test_override_when_not_permitted(appointment: Appointment, front_desk: User, manager: User) -> None:
    data = filled(browser(manager), f"{address('cancel', appointment)}?percent=40", choice="override", text="Mine")
    client = browser(front_desk)
    before = footprint()

    page = client.get(f"{address('cancel', appointment)}?percent=40")

    assert [option.name for option in page.context["options"]] == ["patient", "hospital"]
    assert client.post(address("cancel", appointment), data).status_code == 403
    assert footprint() == before


@pytest.mark.parametrize("percent", ["101", "-1", "NaN", "1e9", "12.345", "Infinity", "x"])
def test_override_when_no_percentage(percent: str, appointment: Appointment, manager: User) -> None:
    client = browser(manager)
    data = filled(client, address("cancel", appointment), choice="override", percent=percent, text="Mine")
    before = footprint()

    assert client.post(address("cancel", appointment), data).context["form"].errors["choice"]
    assert footprint() == before


def test_decline_when_waiting(centre: Centre, front_desk: User) -> None:
    waiting = pending_approval(slot=SlotFactory.create(doctor__centre=centre))
    client = browser(front_desk)

    answer = client.post(address("decline", waiting), filled(client, address("decline", waiting)))

    assert answer.status_code == 302
    assert fresh(waiting).status == "cancelled"
    assert waiting.events.get(kind="cancelled").for_hospital
    assert [row.amount for row in Refund.objects.all()] == [100_000]


def test_decline_when_already_booked(appointment: Appointment, front_desk: User) -> None:
    client = browser(front_desk)
    data = filled(client, address("cancel", appointment), choice="hospital")
    before = footprint()

    answer = client.post(address("decline", appointment), data, follow=True)

    assert messages_of(answer) == ["Nothing was changed. The appointment stands at: Booked."]
    assert footprint() == before
