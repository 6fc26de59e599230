"""The first page: today, as this account may see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Appointment, LateRequest, OutboxMessage, User
from appointments.usecases.cancel import cancel_appointment
from refunds.models import Refund
from tests.admin.desk import browser, doctor_account, member
from tests.appointments.leave.rows import time_of, worked
from tests.factories import (
    NOW,
    CentreFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    booked,
    held,
    patient_of,
    pending_approval,
)

INDEX = "admin:index"


def today_of(user: User, **asked: Any) -> Any:
    page = browser(user).get(reverse(INDEX), asked)
    assert page.status_code == 200
    return page.context


def at_hour(appointment: Appointment, hours: float) -> Appointment:
    """Another appointment with the same doctor, so many hours after 9:00 UTC (2:30pm at the centre)."""
    slot = SlotFactory.create(doctor=appointment.slot.doctor, starts_at=NOW + timedelta(hours=hours))
    return booked(slot=slot)


def counted(context: Any) -> dict[str, tuple[int, int]]:
    return {bar.label: (bar.standing, bar.cancelled) for bar in context["bars"] if bar.standing or bar.cancelled}


def cards(context: Any) -> dict[str, int]:
    return {card.label: card.value for card in context["cards"]}


def test_hours_when_some_are_cancelled(front_desk: User, appointment: Appointment) -> None:
    at_hour(appointment, 1)
    gone = at_hour(appointment, 1.25)
    at_hour(appointment, 5)
    held(slot=SlotFactory.create(doctor=appointment.slot.doctor, starts_at=NOW + timedelta(hours=2)))
    cancel_appointment(appointment_id=gone.pk, actor=patient_of(gone), now=NOW)

    context = today_of(front_desk)

    assert counted(context) == {"3pm": (1, 1), "7pm": (1, 0)}
    assert (context["standing"], context["cancelled"]) == (2, 1)
    assert [bar.label for bar in context["bars"]][:2] == ["8am", "9am"]


def test_hours_when_of_others(front_desk: User, appointment: Appointment) -> None:
    booked(slot=SlotFactory.create(starts_at=NOW + timedelta(hours=1)))

    assert counted(today_of(front_desk)) == {}


def test_hours_when_doctor(appointment: Appointment) -> None:
    mine = at_hour(appointment, 1)
    colleague = DoctorFactory.create(centre=appointment.centre)
    booked(slot=SlotFactory.create(doctor=colleague, starts_at=NOW + timedelta(hours=1)))

    context = today_of(doctor_account(mine))

    assert counted(context) == {"3pm": (1, 0)}
    assert cards(context) == {"Answers awaited, doctor away": 0}
    assert context["refund_ages"] == []


def test_centre_when_there_are_two(appointment: Appointment, front_desk: User) -> None:
    other = CentreFactory.create(name="Zebra")
    other.staff.add(front_desk)

    assert today_of(front_desk)["centre"] == appointment.centre
    assert today_of(front_desk, centre=other.pk)["centre"] == other
    assert today_of(front_desk, centre=CentreFactory.create().pk)["centre"] == appointment.centre


def test_cards_when_something_waits(manager: User, appointment: Appointment) -> None:
    pending_approval(slot=SlotFactory.create(doctor__centre=appointment.centre))
    time_of(appointment.slot.doctor, days=1)
    worked(appointment.slot.doctor)
    unreachable = booked(
        slot=SlotFactory.create(doctor__centre=appointment.centre), patient=PatientFactory.create(email="")
    )
    cancel_appointment(appointment_id=unreachable.pk, actor=patient_of(unreachable), now=NOW)
    Refund.objects.update(promised_on=NOW.date() - timedelta(days=1))
    assert OutboxMessage.objects.filter(state="failed").count() == 2  # booked and cancelled

    assert cards(today_of(manager)) == {
        "Steps of setting up left": 7,
        "Waiting for approval": 1,
        "Late requests waiting": 0,
        "Overrides for a second person": 0,
        "Answers awaited, doctor away": 1,
        "Messages that did not reach anybody": 2,
        "Promised dates missed": 1,
    }


def test_cards_when_they_lead_to_their_lists(manager: User) -> None:
    client = browser(manager)
    context = client.get(reverse(INDEX)).context

    addresses = [card.address for card in context["cards"]] + [row.address for row in context["refund_ages"]]
    assert [client.get(address).status_code for address in addresses] == [200] * 10


def test_refunds_when_of_different_ages(appointment: Appointment) -> None:
    for days in (0, 2, 9):
        one = booked(slot=SlotFactory.create(doctor__centre=appointment.centre))
        done = cancel_appointment(appointment_id=one.pk, actor=patient_of(one), now=NOW)
        Refund.objects.filter(cause=f"cancel:{done.event.pk}").update(granted_at=NOW - timedelta(days=days))
    foreign = booked()
    cancel_appointment(appointment_id=foreign.pk, actor=patient_of(foreign), now=NOW)

    rows = today_of(member(appointment.centre, "finance"))["refund_ages"]

    assert [(row.label, row.fresh, row.days, row.old) for row in rows] == [
        ("Failed", 0, 0, 0),
        ("Pending", 1, 1, 1),
        ("Processing", 0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        ("front desk", ["Waiting for approval", "Late requests waiting", "Messages that did not reach anybody"]),
        ("cashier", ["Promised dates missed"]),
        ("policy maker", []),
    ],
)
def test_cards_when_role(appointment: Appointment, role: str, labels: list[str]) -> None:
    context = today_of(member(appointment.centre, role))

    assert [card.label for card in context["cards"]] == labels
    assert bool(context["refund_ages"]) == (role == "cashier")
    assert ("bars" in context) == (role != "policy maker")


def test_page_when_the_account_has_no_centre(db: None) -> None:
    assert "bars" not in today_of(member(None, "front desk"))


def test_late_requests_when_one_is_past_its_limit(manager: User, appointment: Appointment) -> None:
    for one in (appointment, booked()):
        LateRequest.objects.create(
            appointment=one,
            wish="refund",
            text="hospital",
            made_at=NOW - timedelta(hours=9),
            made_by="test",
            due_at=NOW - timedelta(hours=1),
        )

    [card] = [card for card in today_of(manager)["cards"] if card.label == "Late requests waiting"]

    assert (card.value, card.note, card.is_urgent) == (1, "1 past their time limit", True)
