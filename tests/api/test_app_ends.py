"""How an app is put out again: by the patient, a new password, time, or the house; and what is left open by a race."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model

from appointments.models import AppConsent, PatientApp, User
from appointments.patient_apps import consents
from appointments.patient_apps.adapter import Validator
from appointments.patient_apps.consents import allow_app, end_app
from tests.api.phones import code_for, patient, phone, pulse, question, redeem, refresh, signed_in, tokens_for
from tests.factories import NOW
from tests.portal.walk import words

LIST = reverse("portal:apps")


@pytest.fixture(autouse=True)
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app() -> PatientApp:
    return pulse()


@pytest.fixture
def user() -> User:
    return patient()


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def end_page() -> str:
    return reverse("portal:end_app", args=[AppConsent.objects.get(ended_at=None).pk])


def is_dead(app: PatientApp, tokens: dict[str, Any]) -> bool:
    called = phone(tokens["access_token"]).read("appointments/").status_code
    refreshed = refresh(app, tokens["refresh_token"]).status_code
    assert (called, refreshed) in {(401, 400), (200, 200)}
    return bool(called == 401)


def test_list_when_an_app_was_let_in(app: PatientApp, user: User) -> None:
    phone(tokens_for(app, user)["access_token"]).read("appointments/")

    shown = words(browser_of(user).get(LIST))

    assert "Pulse Made by Example Health May see, cancel and move appointments Allowed on" in shown
    assert "last used" in shown
    assert "not used yet" not in shown


def test_list_when_nothing_was_let_in(user: User) -> None:
    assert "No app may see or change your appointments." in words(browser_of(user).get(LIST))


def test_list_when_somebody_elses(app: PatientApp, user: User) -> None:
    tokens_for(app, patient())

    assert "Pulse" not in words(browser_of(user).get(LIST))
    assert browser_of(user).post(end_page()).status_code == 404
    assert AppConsent.objects.get().ended_at is None


def test_list_when_not_signed_in() -> None:
    assert Client().get(LIST)["Location"].startswith("/login/")
    assert Client().post(reverse("portal:end_app", args=[uuid4()]))["Location"].startswith("/login/")


def test_access_when_the_patient_ends_it(app: PatientApp, user: User) -> None:
    first, second, others = tokens_for(app, user), tokens_for(app, user), tokens_for(app, patient())
    page = reverse("portal:end_app", args=[AppConsent.objects.get(user=user).pk])

    asked = browser_of(user).get(page)
    assert "can no longer see or change your appointments, at once and on every device" in words(asked)
    assert browser_of(user).post(page)["Location"] == LIST

    assert [is_dead(app, tokens) for tokens in (first, second, others)] == [True, True, False]
    assert not get_access_token_model().objects.filter(user=user).exists()
    assert not get_refresh_token_model().objects.filter(user=user, revoked=None).exists()
    assert "No app may see" in words(browser_of(user).get(LIST))
    assert browser_of(user).post(page).status_code == 404


def test_access_when_ended_before_the_code_was_redeemed(app: PatientApp, user: User) -> None:
    code = code_for(app, user)

    browser_of(user).post(end_page())

    assert redeem(app, code).json() == {"error": "invalid_grant"}
    assert not get_grant_model().objects.exists()


def test_access_when_ended_while_a_code_is_redeemed(app: PatientApp, user: User, monkeypatch: Any) -> None:
    """The end comes after the code was looked up and before its tokens are given."""
    code, consent = code_for(app, user), AppConsent.objects.get()
    asked = Validator.confirm_redirect_uri

    def end_then_confirm(*args: Any, **kwargs: Any) -> bool:
        assert end_app(consent_id=consent.pk, user=user, now=NOW)
        return asked(*args, **kwargs)

    monkeypatch.setattr(Validator, "confirm_redirect_uri", end_then_confirm)

    assert redeem(app, code).json()["error"] == "invalid_grant"
    assert not get_access_token_model().objects.exists()


def test_code_when_two_redeem_it_at_once(app: PatientApp, user: User, monkeypatch: Any) -> None:
    """Both looked it up before either used it: one is served, the other ends what was given."""
    code = code_for(app, user)
    asked = Validator.confirm_redirect_uri
    given: dict[str, Any] = {}

    def rival_then_confirm(*args: Any, **kwargs: Any) -> bool:
        if not given:
            given["tokens"] = None
            given["tokens"] = redeem(app, code).json()
        return asked(*args, **kwargs)

    monkeypatch.setattr(Validator, "confirm_redirect_uri", rival_then_confirm)

    assert redeem(app, code).json()["error"] == "invalid_grant"
    assert given["tokens"]["access_token"]
    assert is_dead(app, given["tokens"])


def test_code_when_a_rival_ends_the_tokens_before_they_are_told(app: PatientApp, user: User, monkeypatch: Any) -> None:
    """The answer is still one that an app understands."""
    code = code_for(app, user)
    given = Validator.save_bearer_token

    def give_then_rival(*args: Any, **kwargs: Any) -> None:
        given(*args, **kwargs)
        assert redeem(app, code).status_code == 400

    monkeypatch.setattr(Validator, "save_bearer_token", give_then_rival)
    answer = redeem(app, code)

    assert answer.status_code == 200
    assert is_dead(app, answer.json())


def test_refresh_when_two_use_it_at_once(app: PatientApp, user: User, monkeypatch: Any) -> None:
    first = tokens_for(app, user)
    asked = Validator.get_original_scopes
    given: dict[str, Any] = {}

    def rival_then_scopes(*args: Any, **kwargs: Any) -> Any:
        if not given:
            given["tokens"] = None
            given["tokens"] = refresh(app, first["refresh_token"]).json()
        return asked(*args, **kwargs)

    monkeypatch.setattr(Validator, "get_original_scopes", rival_then_scopes)

    assert refresh(app, first["refresh_token"]).json()["error"] in ("invalid_grant", "invalid_scope")
    assert is_dead(app, given["tokens"])


def test_access_when_allowed_again(app: PatientApp, user: User) -> None:
    before = tokens_for(app, user)
    browser_of(user).post(end_page())

    after = tokens_for(app, user)

    assert [is_dead(app, tokens) for tokens in (before, after)] == [True, False]
    assert AppConsent.objects.count() == 2


def test_access_when_less_is_allowed_later(app: PatientApp, user: User) -> None:
    """Each phone keeps what it was given; the list says the most that any of them may do."""
    tokens_for(app, user)

    later = tokens_for(app, user, scope="appointments:read")

    assert later["scope"] == "appointments:read"
    assert AppConsent.objects.get().may_act is True


def test_access_when_the_password_changes(app: PatientApp, user: User) -> None:
    tokens = tokens_for(app, user)
    User.objects.filter(pk=user.pk).update(password=make_password("another good password"))

    assert is_dead(app, tokens)
    assert "No app may see" in words(browser_of(User.objects.get(pk=user.pk)).get(LIST))


def test_tokens_when_allowed_again_after_a_new_password(app: PatientApp, user: User) -> None:
    """What somebody had under the old password does not come alive again."""
    before = tokens_for(app, user)
    user.set_password("another good password")
    user.save(update_fields=["password"])

    allow_app(app_id=app.pk, user=user, may_act=True, now=NOW)

    assert is_dead(app, before)
    assert AppConsent.objects.filter(ended_at=None).count() == 1


def test_access_when_half_a_year_old(app: PatientApp, user: User, clock: time_machine.Traveller) -> None:
    tokens = tokens_for(app, user)
    for _ in range(9):
        clock.shift(timedelta(days=20) - timedelta(seconds=1))
        tokens = refresh(app, tokens["refresh_token"]).json()
    assert phone(tokens["access_token"]).read("appointments/").status_code == 200

    clock.shift(timedelta(seconds=9))

    assert is_dead(app, tokens)


def test_access_when_the_account_is_closed(app: PatientApp, user: User) -> None:
    tokens = tokens_for(app, user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert is_dead(app, tokens)


def test_access_when_the_house_switches_the_app_off(app: PatientApp, user: User) -> None:
    tokens = tokens_for(app, user)
    PatientApp.objects.update(is_active=False)

    assert phone(tokens["access_token"]).read("appointments/").status_code == 401
    assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert signed_in(user).get(question(app)).status_code == 400
    assert "Switched off by the clinic" in words(browser_of(user).get(LIST))


def test_consent_when_two_pages_say_yes_at_once(app: PatientApp, user: User, monkeypatch: Any) -> None:
    """The second looked before the first had said so."""
    first = allow_app(app_id=app.pk, user=user, may_act=False, now=NOW)
    looks = iter([None, first])
    monkeypatch.setattr(consents, "lock_app_consent", lambda **_: next(looks))

    second = allow_app(app_id=app.pk, user=user, may_act=True, now=NOW)

    assert (second.pk, second.may_act) == (first.pk, True)


def test_consent_when_there_is_one(app: PatientApp, user: User) -> None:
    allow_app(app_id=app.pk, user=user, may_act=False, now=NOW)

    with pytest.raises(IntegrityError, match=r"app_consent_once|UNIQUE"), transaction.atomic():
        AppConsent.objects.create(app=app, user=user, password_mark="x", allowed_at=NOW)
