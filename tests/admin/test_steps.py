"""Approve, check in, complete, missed: with and without the right, and when it is too late."""

from datetime import timedelta

import pytest
import time_machine

from appointments.models import Appointment, Centre, User
from tests.admin.desk import address, browser, footprint, member, messages_of
from tests.factories import SlotFactory, fresh, pending_approval


@pytest.fixture
def waiting(centre: Centre) -> Appointment:
    return pending_approval(slot=SlotFactory.create(doctor__centre=centre))


def test_approve_when_waiting(waiting: Appointment, front_desk: User) -> None:
    client = browser(front_desk)

    assert client.get(address("approve", waiting)).status_code == 200
    assert fresh(waiting).status == "pending_approval"
    answer = client.post(address("approve", waiting), follow=True)

    assert messages_of(answer) == ["Appointment approved."]
    assert fresh(waiting).status == "confirmed"
    assert waiting.events.get(kind="confirmed").actor_user == front_desk


def test_day_when_patient_comes(appointment: Appointment, front_desk: User) -> None:
    client = browser(front_desk)

    client.post(address("check-in", appointment))
    assert fresh(appointment).status == "checked_in"
    client.post(address("complete", appointment))

    assert fresh(appointment).status == "completed"


def test_missed_when_started(appointment: Appointment, front_desk: User) -> None:
    with time_machine.travel(appointment.slot.starts_at + timedelta(hours=1), tick=False):
        browser(front_desk).post(address("missed", appointment))

    assert fresh(appointment).status == "no_show"


@pytest.mark.parametrize("deed", ["approve", "complete", "missed"])
def test_step_when_it_does_not_fit(deed: str, appointment: Appointment, front_desk: User) -> None:
    client = browser(front_desk)
    before = footprint()

    answer = client.post(address(deed, appointment), follow=True)

    assert messages_of(answer) == ["Nothing was changed. The appointment stands at: Booked."]
    assert client.get(address(deed, appointment)).status_code == 302
    assert footprint() == before


@pytest.mark.parametrize("group", ["doctor", "cashier", "finance", "policy maker", "auditor"])
@pytest.mark.parametrize("deed", ["approve", "check-in", "complete", "missed"])
def test_step_when_not_permitted(deed: str, group: str, appointment: Appointment, centre: Centre) -> None:
    client = browser(member(centre, group))
    before = footprint()

    assert client.post(address(deed, appointment)).status_code == 403
    assert client.get(address(deed, appointment)).status_code == 403
    assert footprint() == before


@pytest.mark.parametrize("deed", ["check-in", "missed", "cancel", "move", "pay"])
def test_step_when_method_is_another(deed: str, appointment: Appointment, front_desk: User) -> None:
    before = footprint()

    assert browser(front_desk).put(address(deed, appointment)).status_code == 405
    assert footprint() == before
