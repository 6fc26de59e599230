"""A doctor's own calendar address."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, CalendarFeed, Centre, User
from tests.admin.desk import browser, doctor_account, member

HERE = "/admin/appointments/appointment/calendar/"
ADDRESS = re.compile(r"http://testserver(/calendar/[\w-]{43}\.ics)")


@pytest.fixture
def doctor(appointment: Appointment) -> User:
    return doctor_account(appointment)


def test_address_when_doctor_makes_and_ends_it(doctor: User, appointment: Appointment) -> None:
    client = browser(doctor)
    match = ADDRESS.search(client.post(HERE, {"deed": "make"}).content.decode())
    assert match is not None

    feed = Client().get(match[1])
    assert appointment.reference in feed.content.decode()
    assert ADDRESS.search(client.get(HERE).content.decode()) is None
    client.post(HERE, {"deed": "end"})

    assert Client().get(match[1]).status_code == 404


def test_address_when_not_a_doctor(centre: Centre, front_desk: User) -> None:
    for user in (front_desk, member(centre, "centre manager")):
        assert browser(user).post(HERE, {"deed": "make"}).status_code == 403
        assert browser(user).get(HERE).status_code == 403

    assert CalendarFeed.objects.count() == 0


def test_link_when_doctor(doctor: User, front_desk: User) -> None:
    link = f'href="{HERE}"'
    page = reverse("admin:appointments_appointment_changelist")

    assert link in browser(doctor).get(page).content.decode()
    assert link not in browser(front_desk).get(page).content.decode()
