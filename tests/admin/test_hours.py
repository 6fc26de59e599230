"""Weekly hours in the admin: entered for several days, nonsense refused, looked at before slots are made."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.forms import modelform_factory
from django.test import Client
from django.urls import reverse

from appointments.admin.hours.forms import HoursForm
from appointments.models import Appointment, Doctor, Slot, User, WeeklyHours
from tests.admin.desk import browser, messages_of
from tests.factories import DoctorFactory, SlotFactory, WeeklyHoursFactory, booked

NEW = {
    "weekdays": ["0", "2"],
    "begins": "09:00",
    "ends": "10:30",
    "slot_minutes": "30",
    "pause_minutes": "0",
    "price": "1250.50",
    "first_day": "2026-11-02",
    "last_day": "",
}


@pytest.fixture
def doctor(appointment: Appointment) -> Doctor:
    doctor: Doctor = DoctorFactory.create(centre=appointment.centre)
    return doctor


@pytest.fixture
def client_of_manager(manager: User) -> Client:
    return browser(manager)


def add(client: Client, doctor: Doctor, **values: Any) -> Any:
    return client.post(reverse("admin:appointments_weeklyhours_add"), NEW | {"doctor": doctor.pk} | values)


def page_of(doctor: Doctor) -> str:
    return reverse("admin:appointments_weeklyhours_slots", args=[doctor.pk])


def test_hours_when_added(doctor: Doctor, client_of_manager: Client) -> None:
    answer = add(client_of_manager, doctor)

    assert list(WeeklyHours.objects.values_list("weekday", "begins", "ends", "price")) == [
        (0, time(9), time(10, 30), 125_050),
        (2, time(9), time(10, 30), 125_050),
    ]
    assert answer["Location"] == page_of(doctor)
    assert not Slot.objects.filter(doctor=doctor).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"weekdays": []}, "This field is required."),
        ({"ends": "09:00"}, "Start and end are the same. A whole day is entered as two spans."),
        ({"ends": "09:20"}, "The hours are shorter than one slot"),
        ({"slot_minutes": "4"}, "greater than or equal to 5"),
        ({"pause_minutes": "241"}, "less than or equal to 240"),
        ({"last_day": "2026-11-01"}, "The last day is before the first"),
        ({"first_day": "0001-01-01"}, "greater than or equal to"),
        ({"begins": "25:00"}, "Enter a valid time."),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"price": "1.001"}, "INR has 2 decimals"),
        ({"weekdays": ["3"], "ends": "13:00"}, "The doctor has hours at that time already: Thursday, noon – 1 p.m."),
    ],
)
def test_hours_when_they_will_not_do(db: None, values: dict[str, Any], said: str) -> None:
    doctor = WeeklyHoursFactory.create(weekday=3, begins=time(12), ends=time(13)).doctor
    fields = ["doctor", *(name for name in NEW if name != "weekdays")]

    form = modelform_factory(WeeklyHours, form=HoursForm, fields=fields)(NEW | {"doctor": doctor.pk} | values)

    assert said in " ".join(str(error) for errors in form.errors.values() for error in errors)


def test_hours_when_changed(doctor: Doctor, client_of_manager: Client) -> None:
    row = WeeklyHoursFactory.create(doctor=doctor)
    where = reverse("admin:appointments_weeklyhours_change", args=[row.pk])
    shown = client_of_manager.get(where).context["adminform"].form

    answer = client_of_manager.post(where, NEW | {"weekday": "4", "begins": "08:00"})

    assert (str(shown["price"].value()), answer["Location"]) == ("1000.00", page_of(doctor))
    row.refresh_from_db()
    assert (row.weekday, row.begins, row.doctor) == (4, time(8), doctor)


def test_hours_when_deleted(doctor: Doctor, client_of_manager: Client) -> None:
    row = WeeklyHoursFactory.create(doctor=doctor)

    answer = client_of_manager.post(reverse("admin:appointments_weeklyhours_delete", args=[row.pk]), {"post": "yes"})

    assert (answer["Location"], WeeklyHours.objects.exists()) == (page_of(doctor), False)


def test_page_when_looked_at_and_pressed(doctor: Doctor, client_of_manager: Client) -> None:
    WeeklyHoursFactory.create(doctor=doctor)
    doctor.centre.closed_days.create(on="2026-11-16", name="Festival")

    looked = client_of_manager.get(page_of(doctor))
    none_yet = Slot.objects.filter(doctor=doctor).count()
    pressed = client_of_manager.post(page_of(doctor), follow=True)

    # Eight Mondays ahead of Monday 2 November, half past two in Pune, three slots each, less the festival.
    assert (looked.context["figures"][0], none_yet) == (("Slots to make", 21), 0)
    assert looked.context["left_out"] == ["Monday 16 November 2026: 3 left out, Festival"]
    assert messages_of(pressed) == ["21 slots made"]
    assert Slot.objects.filter(doctor=doctor, is_generated=True).count() == 21
    assert "Everything is as the hours say" in pressed.content.decode()


def test_page_when_booked_outside_the_hours(doctor: Doctor, client_of_manager: Client, now: datetime) -> None:
    slot = SlotFactory.create(doctor=doctor, is_generated=True)
    one = booked(slot=slot)
    WeeklyHoursFactory.create(doctor=doctor, weekday=3, begins=time(14, 15), ends=time(14, 45))

    page = client_of_manager.get(page_of(doctor))

    assert [row.reference for row in page.context["outside"]] == [one.reference]
    assert page.context["in_the_way"] == ["Thursday 5 November 2026: 2:15pm"]


def test_page_when_only_to_look(doctor: Doctor, front_desk: User) -> None:
    WeeklyHoursFactory.create(doctor=doctor)
    client = browser(front_desk)

    looked, pressed = client.get(page_of(doctor)), client.post(page_of(doctor))

    assert (looked.status_code, pressed.status_code) == (200, 403)
    assert "Make the slots so" not in looked.content.decode()
    assert not Slot.objects.filter(doctor=doctor).exists()


def test_page_when_of_another_centre(client_of_manager: Client) -> None:
    other = WeeklyHoursFactory.create().doctor

    looked, pressed = client_of_manager.get(page_of(other)), client_of_manager.post(page_of(other))
    refused = add(client_of_manager, other)

    assert (looked.status_code, pressed.status_code) == (404, 404)
    assert list(refused.context["adminform"].form.errors) == ["doctor"]
    assert not Slot.objects.filter(doctor=other).exists()


def test_slot_when_changed_by_hand(doctor: Doctor, client_of_manager: Client) -> None:
    slot = SlotFactory.create(doctor=doctor, is_generated=True)
    where = reverse("admin:appointments_slot_change", args=[slot.pk])
    data = {"doctor": doctor.pk, "starts_at": "2026-11-05T14:30", "ends_at": "2026-11-05T15:00", "price": "1000.00"}

    client_of_manager.post(where, data)
    slot.refresh_from_db()
    untouched = slot.is_generated
    client_of_manager.post(where, data | {"is_withdrawn": "on"})

    slot.refresh_from_db()
    assert (untouched, slot.is_generated, slot.is_withdrawn, slot.withdrawn_by_hours) == (True, False, True, False)


def test_slot_when_put_back_by_hand(doctor: Doctor, client_of_manager: Client) -> None:
    slot = SlotFactory.create(doctor=doctor, is_generated=True, is_withdrawn=True, withdrawn_by_hours=True)
    data = {"doctor": doctor.pk, "starts_at": "2026-11-05T14:30", "ends_at": "2026-11-05T15:00", "price": "1000.00"}

    client_of_manager.post(reverse("admin:appointments_slot_change", args=[slot.pk]), data)

    slot.refresh_from_db()
    assert (slot.is_generated, slot.is_withdrawn, slot.withdrawn_by_hours) == (False, False, False)


def test_slot_when_put_back_beside_another(doctor: Doctor, client_of_manager: Client) -> None:
    off = SlotFactory.create(doctor=doctor, is_generated=True, is_withdrawn=True, withdrawn_by_hours=True)
    SlotFactory.create(doctor=doctor)
    data = {"doctor": doctor.pk, "starts_at": "2026-11-05T14:30", "ends_at": "2026-11-05T15:00", "price": "1000.00"}

    answer = client_of_manager.post(reverse("admin:appointments_slot_change", args=[off.pk]), data)

    assert "The doctor has a slot at this time already." in answer.content.decode()
    off.refresh_from_db()
    assert off.is_withdrawn


def test_slot_when_out_of_hours_is_not_deleted(doctor: Doctor, client_of_manager: Client, now: datetime) -> None:
    slot = SlotFactory.create(doctor=doctor, is_generated=True, starts_at=now + timedelta(days=1))

    answer = client_of_manager.post(reverse("admin:appointments_slot_delete", args=[slot.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert Slot.objects.filter(pk=slot.pk).exists()
