"""How an app is let into a patient's account: asked for in the open, given once, to who asked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from appointments.models import AppConsent, Partner
from appointments.partners.tokens import issue_client
from tests.api.phones import (
    BACK,
    BOTH,
    PASSWORD,
    answer_in,
    code_for,
    own_booking,
    owner,
    patient,
    phone,
    phone_of,
    pulse,
    question,
    signed_in,
    tokens_for,
)
from tests.factories import NOW, UserFactory
from tests.portal.walk import words

LIST = "appointments/"


@pytest.fixture(autouse=True)
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def status(access_token: str) -> int:
    code: int = phone(access_token).read(LIST).status_code
    return code


def test_app_when_let_in() -> None:
    booking = own_booking()

    tokens = tokens_for(pulse(), owner(booking))

    assert (tokens["expires_in"], tokens["scope"], tokens["token_type"]) == (900, BOTH, "Bearer")
    listed = phone(tokens["access_token"]).read(LIST).json()["results"]
    assert [row["reference"] for row in listed] == [booking.reference]


def test_page_when_an_app_asks() -> None:
    answer = signed_in(patient()).get(question(pulse()))

    assert "Let Pulse into your account?" in words(answer)
    assert "made by Example Health" in words(answer)
    assert "Cancel and move them for you" in words(answer)
    assert "form-action 'self' com.example.pulse:;" in answer["Content-Security-Policy"] + ";"
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_page_when_an_app_only_looks() -> None:
    answer = signed_in(patient()).get(question(pulse(), scope="appointments:read"))

    assert "Cancel and move them for you" not in words(answer)
    assert "Cancel or move anything" in words(answer)


def test_page_when_asked_over_https() -> None:
    app = pulse(addresses="https://pulse.example.com/back?from=fairslot")

    answer = signed_in(patient()).get(question(app, redirect_uri=app.redirect_uris))

    assert "form-action 'self' https://pulse.example.com/back;" in answer["Content-Security-Policy"] + ";"


def test_scope_when_none_is_asked_for() -> None:
    tokens = tokens_for(pulse(), patient(), scope=None)

    assert tokens["scope"] == "appointments:read"


def test_patient_when_not_signed_in() -> None:
    asked = question(pulse())

    answer = Client().get(asked)

    assert answer["Location"].startswith("/login/?next=/oauth/authorize/")
    browser = Client()
    user = UserFactory.create(password=PASSWORD)
    there = browser.post(answer["Location"], {"login": user.email, "password": PASSWORD, "next": asked})
    assert there["Location"] == asked


def test_patient_when_signed_in_long_ago(clock: time_machine.Traveller) -> None:
    app, browser = pulse(), signed_in(patient())
    clock.shift(timedelta(minutes=15))

    asked, answered = browser.get(question(app)), browser.post(question(app), {"answer": "allow"})

    assert asked["Location"].startswith("/account/reauthenticate/?next=%2Foauth%2Fauthorize%2F")
    assert answered["Location"] == question(app)
    assert not AppConsent.objects.exists()
    assert browser.post(asked["Location"], {"password": PASSWORD})["Location"] == question(app)
    assert browser.get(question(app)).status_code == 200


def test_patient_when_refusing() -> None:
    told = signed_in(patient()).post(question(pulse()), {"answer": "refuse"})

    assert told["Location"].startswith(f"{BACK}?")
    assert answer_in(told["Location"]) == {"error": "access_denied", "state": "what-the-app-knows"}
    assert not AppConsent.objects.exists()


def test_answer_when_another_site_sends_it() -> None:
    app, user = pulse(), patient()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)

    assert browser.post(question(app), {"answer": "allow"}).status_code == 403
    assert not AppConsent.objects.exists()


def test_patient_when_let_in_hears_of_it() -> None:
    user = patient()

    code_for(pulse(), user)

    message = mail.outbox[-1]
    assert (message.to, message.subject) == ([user.email], "An app was let into your account")
    assert "You let the app Pulse, made by Example Health, into your account." in str(message.body)
    assert "http://testserver/account/apps/" in str(message.body)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "a" * 129}, "invalid_request"),
        ({"code_challenge": "a" * 42 + "\0"}, "invalid_request"),
        ({"scope": "read"}, "invalid_scope"),
        ({"scope": "appointments:write"}, "invalid_scope"),
        ({"response_type": "token"}, "unauthorized_client"),
    ],
)
def test_question_when_it_is_a_wrong_one(changed: dict[str, Any], error: str) -> None:
    app = pulse()

    for browser in (Client(), signed_in(patient())):
        told = browser.post(question(app, **changed), {"answer": "allow"})

        assert told["Location"].startswith(f"{BACK}?")
        assert answer_in(told["Location"])["error"] == error
    assert not AppConsent.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["com.example.pulse:/other", "com.example.pulse:/back/", "https://evil.example/back", "javascript:alert(1)", "x"],
)
def test_address_when_it_is_not_the_registered_one(address: str) -> None:
    app = pulse()

    answer = signed_in(patient()).post(question(app, redirect_uri=address), {"answer": "allow"})

    assert (answer.status_code, "Location" in answer) == (400, False)
    assert "This app cannot be let in" in words(answer)
    assert not AppConsent.objects.exists()


def test_address_when_only_the_port_differs() -> None:
    app = pulse(addresses="http://127.0.0.1:8765/back")

    answer = Client().get(question(app, redirect_uri="http://127.0.0.1:9999/back"))

    assert answer.status_code == 400


def test_app_when_nobody_knows_it(partner: Partner) -> None:
    made = issue_client(partner_id=partner.pk)
    switched_off = pulse()
    switched_off.is_active = False
    switched_off.save()

    assert Client().get(question(switched_off)).status_code == 400
    for client_id in ("nobody", made.client_id, "\0"):
        assert Client().get(question(switched_off, client_id=client_id)).status_code == 400


def test_app_when_it_only_looks() -> None:
    booking = own_booking()
    app = phone_of(owner(booking), scope="appointments:read")
    path = f"appointments/{booking.reference}/cancellation/"

    answer = app.write(path, {"quote": app.read(path).json()["quote"]})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    booking.refresh_from_db()
    assert booking.status == "confirmed"
