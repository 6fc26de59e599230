"""The second step of somebody who lost phone and codes: ended by a superuser, told to its owner, never by a click alone."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client
from django.urls import reverse

from appointments.models import Centre, User
from tests.admin.desk import browser, member
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PROOF = {"proof": "Came to the desk with the passport"}


def with_second_step(user: User) -> User:
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=user, type=kind, data={})
    return user


@pytest.fixture
def superuser() -> User:
    return with_second_step(UserFactory.create(is_staff=True, is_superuser=True))


@pytest.fixture
def patient() -> User:
    return with_second_step(UserFactory.create(full_name="Meera Nair", email="meera@example.org"))


def address(user: User) -> str:
    return reverse("admin:appointments_user_second_step", args=[user.pk])


def left(user: User) -> int:
    return int(Authenticator.objects.filter(user=user).count())


def test_second_step_when_ended(superuser: User, patient: User, django_capture_on_commit_callbacks: Any) -> None:
    at_home = Client()
    at_home.force_login(patient)
    UserSession.objects.create(user=patient, ip="192.0.2.1", session_key=str(at_home.session.session_key))

    with django_capture_on_commit_callbacks(execute=True):
        done = browser(superuser).post(address(patient), PROOF)

    assert done.status_code == 302
    assert (left(patient), left(superuser)) == (0, 2)
    assert at_home.get("/appointments/").status_code == 302
    [told] = mail.outbox
    assert (told.to, told.subject) == (["meera@example.org"], "The second step of your sign-in was ended")
    assert "If you did not ask for this, change your password now and call the clinic." in told.body
    [kept] = LogEntry.objects.filter(object_id=str(patient.pk))
    assert (kept.user, kept.change_message) == (superuser, "Second step ended: Came to the desk with the passport")


def test_second_step_when_only_looked_at(superuser: User, patient: User) -> None:
    page = browser(superuser).get(address(patient)).content.decode()

    assert "End the second step of Meera Nair" in page
    assert (left(patient), mail.outbox) == (2, [])


def test_second_step_when_nobody_said_how(superuser: User, patient: User) -> None:
    page = browser(superuser).post(address(patient), {"proof": "  "})

    assert "This field is required." in page.content.decode()
    assert left(patient) == 2


def test_second_step_when_ones_own_or_not_there(superuser: User) -> None:
    client = browser(superuser)

    assert client.post(address(superuser), PROOF).status_code == 404
    assert client.post(address(UserFactory.create()), PROOF).status_code == 404
    assert left(superuser) == 2


@pytest.mark.parametrize("group", ["front desk", "centre manager", "auditor"])
def test_second_step_when_not_a_superuser(centre: Centre, patient: User, group: str) -> None:
    client = browser(member(centre, group))

    assert client.get(address(patient)).status_code == 403
    assert client.post(address(patient), PROOF).status_code == 403
    assert (left(patient), mail.outbox) == (2, [])


def test_account_page_when_there_is_a_second_step(superuser: User, patient: User) -> None:
    client = browser(superuser)

    with_one = client.get(reverse("admin:appointments_user_change", args=[patient.pk])).content.decode()
    without = client.get(reverse("admin:appointments_user_change", args=[UserFactory.create().pk])).content.decode()

    assert (address(patient) in with_one, "/second-step/" in without) == (True, False)
