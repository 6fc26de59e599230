"""Closed days, public holidays and planned leave in the admin."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, Centre, ClosedDay, EmergencyLeave, PlannedLeave, User
from tests.admin.desk import browser, messages_of
from tests.factories import DoctorFactory, SlotFactory

ADD_LEAVE = reverse("admin:appointments_plannedleave_add")


@pytest.fixture
def client_of_manager(manager: User) -> Client:
    return browser(manager)


def holidays(centre: Centre) -> str:
    return reverse("admin:appointments_closedday_holidays", args=[centre.pk])


def leave_of(appointment: Appointment, now: datetime, *, first: int, last: int) -> dict[str, Any]:
    days = [(now + timedelta(days=number)).date().isoformat() for number in (first, last)]
    return {"first_day": days[0], "last_day": days[1], "note": "Conference"}


def test_holidays_when_taken_over(centre: Centre, client_of_manager: Client) -> None:
    centre.country, centre.region = "IN", "MH"
    centre.save(update_fields=["country", "region"])

    looked = client_of_manager.get(holidays(centre) + "?year=2027")
    before = ClosedDay.objects.count()
    pressed = client_of_manager.post(holidays(centre), {"year": "2027"}, follow=True)

    there = ClosedDay.objects.filter(centre=centre, on__year=2027).count()
    assert (before, there) == (0, len(looked.context["days"]))
    assert messages_of(pressed) == [f"{there} closed days added"]
    assert "Take over as closed days" not in pressed.content.decode()
    assert client_of_manager.get(pressed.context["list_address"]).context["cl"].result_count == there


def test_holidays_when_no_country_is_given(centre: Centre, client_of_manager: Client) -> None:
    pressed = client_of_manager.post(holidays(centre), {"year": "2026"}, follow=True)

    assert messages_of(pressed) == ["Say the country of this centre first."]
    assert (ClosedDay.objects.count(), centre.holiday_years.count()) == (0, 0)


def test_holidays_when_only_to_look(centre: Centre, front_desk: User) -> None:
    client = browser(front_desk)

    assert client.get(holidays(centre)).status_code == 200
    assert client.post(holidays(centre), {"year": "2026"}).status_code == 403
    assert ClosedDay.objects.count() == 0


def test_holidays_when_of_another_centre(client_of_manager: Client) -> None:
    other = DoctorFactory.create().centre

    assert client_of_manager.get(holidays(other)).status_code == 404
    assert client_of_manager.post(holidays(other), {"year": "2026"}).status_code == 404


def test_leave_when_nothing_is_booked(appointment: Appointment, client_of_manager: Client, now: datetime) -> None:
    slot = SlotFactory.create(doctor=appointment.slot.doctor, starts_at=now + timedelta(days=10))

    done = client_of_manager.post(ADD_LEAVE, leave_of(appointment, now, first=9, last=12), follow=True)

    slot.refresh_from_db()
    leave = PlannedLeave.objects.get()
    assert messages_of(done) == ["Entered. 1 slot was withdrawn."]
    assert (slot.is_withdrawn, slot.withdrawn_by_hours, leave.note) == (True, True, "Conference")

    where = reverse("admin:appointments_plannedleave_delete", args=[leave.pk])
    called_off = client_of_manager.post(where, {"post": "yes"}, follow=True)

    slot.refresh_from_db()
    assert "1 slot is on offer again." in messages_of(called_off)
    assert (slot.is_withdrawn, PlannedLeave.objects.exists()) == (False, False)


def test_leave_when_somebody_is_booked(appointment: Appointment, client_of_manager: Client, now: datetime) -> None:
    done = client_of_manager.post(ADD_LEAVE, leave_of(appointment, now, first=2, last=5))

    prepared = EmergencyLeave.objects.get()
    assert done["Location"] == reverse("admin:appointments_emergencyleave_change", args=[prepared.pk])
    assert not prepared.is_started
    assert not PlannedLeave.objects.exists()


def test_leave_when_the_days_will_not_do(appointment: Appointment, client_of_manager: Client, now: datetime) -> None:
    past = client_of_manager.post(ADD_LEAVE, leave_of(appointment, now, first=-3, last=-2))
    long = client_of_manager.post(ADD_LEAVE, leave_of(appointment, now, first=1, last=200))

    assert "within two years" in str(past.context["form"].errors)
    assert "1 time is booked in these days." in str(long.context["form"].errors)
    assert not PlannedLeave.objects.exists()
    assert not EmergencyLeave.objects.exists()


def test_leave_when_not_allowed(appointment: Appointment, front_desk: User, now: datetime) -> None:
    doctor = appointment.slot.doctor
    day = (now + timedelta(days=30)).date()
    leave = PlannedLeave.objects.create(doctor=doctor, first_day=day, last_day=day, entered_at=now, entered_by="x")
    client = browser(front_desk)

    entered = client.post(ADD_LEAVE, leave_of(appointment, now, first=9, last=12))
    struck = client.post(reverse("admin:appointments_plannedleave_delete", args=[leave.pk]), {"post": "yes"})

    assert (entered.status_code, struck.status_code) == (403, 403)
    assert PlannedLeave.objects.count() == 1


def test_leave_when_of_another_centre(client_of_manager: Client, now: datetime) -> None:
    other = DoctorFactory.create()
    day = (now + timedelta(days=30)).date()
    leave = PlannedLeave.objects.create(doctor=other, first_day=day, last_day=day, entered_at=now, entered_by="x")

    client_of_manager.post(reverse("admin:appointments_plannedleave_delete", args=[leave.pk]), {"post": "yes"})

    assert PlannedLeave.objects.filter(pk=leave.pk).exists()
    assert (
        leave not in client_of_manager.get(reverse("admin:appointments_plannedleave_changelist")).context["cl"].queryset
    )
