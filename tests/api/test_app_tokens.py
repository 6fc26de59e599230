"""The tokens of an app: short, kept as digests, each code and refresh token for one use, by who asked."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model

from appointments.tasks import forget_old_tokens
from tests.api.phones import (
    BOTH,
    PASSWORD,
    ask_token,
    code_for,
    patient,
    phone,
    pulse,
    redeem,
    refresh,
    tokens_for,
)
from tests.factories import NOW, UserFactory

LIST = "appointments/"


@pytest.fixture(autouse=True)
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def status(access_token: str) -> int:
    code: int = phone(access_token).read(LIST).status_code
    return code


def test_tokens_when_stored() -> None:
    tokens = tokens_for(pulse(), UserFactory.create(password=PASSWORD))

    with connection.cursor() as cursor:
        rows = []
        for model in (get_access_token_model(), get_refresh_token_model()):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            rows += cursor.fetchall()
    assert len(rows) == 2
    assert tokens["access_token"] not in str(rows)
    assert tokens["refresh_token"] not in str(rows)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "another-verifier-0123456789012345678901234567890"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "com.example.pulse:/other"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "invalid_client"),
    ],
)
def test_code_when_redeemed_wrongly(changed: dict[str, str], error: str) -> None:
    app = pulse()
    code = code_for(app, patient())

    answer = redeem(app, code, **changed)

    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error
    assert not get_access_token_model().objects.exists()


@pytest.mark.parametrize("code", ["made-up", "\0", "a" * 10_000])
def test_code_when_made_up(code: str) -> None:
    assert redeem(pulse(), code).json()["error"] == "invalid_grant"


def test_client_when_made_up() -> None:
    basic = base64.b64encode(b"\0:secret").decode()
    sent = {"grant_type": "client_credentials"}

    told = [
        Client().post("/oauth/token/", sent | {"client_id": "\0", "client_secret": "x"}),
        Client().post("/oauth/token/", sent, headers={"authorization": f"Basic {basic}"}),
        Client().post("/oauth/revoke_token/", {"client_id": "\0", "token": "x"}),
    ]

    assert [(answer.status_code, answer.json()["error"]) for answer in told] == [(401, "invalid_client")] * 3


def test_question_when_more_is_asked(clock: time_machine.Traveller) -> None:
    """What other uses of OAuth ask for is neither kept nor in the way."""
    code = code_for(pulse(), patient(), nonce="n" * 300, claims="\0", resource="x" * 300)

    grant = get_grant_model().objects.get()
    assert (grant.code, grant.nonce, grant.claims, grant.resource) == (code, "", "{}", [])


def test_password_when_sent_by_an_app() -> None:
    """No way past the login page: a right password is answered like a wrong one, and neither is looked at."""
    app, user = pulse(), UserFactory.create(password=PASSWORD)

    told = [
        ask_token(app, grant_type="password", username=str(user.email), password=word) for word in (PASSWORD, "wrong")
    ]

    assert [(answer.status_code, answer.json()) for answer in told] == [(400, {"error": "unsupported_grant_type"})] * 2


def test_code_when_another_app_brings_it() -> None:
    code = code_for(pulse(), patient())
    other = pulse(name="Other")

    assert redeem(other, code).json()["error"] == "invalid_grant"


def test_code_when_it_is_too_old(clock: time_machine.Traveller) -> None:
    app = pulse()
    code = code_for(app, patient())
    clock.shift(timedelta(seconds=61))

    assert redeem(app, code).json()["error"] == "invalid_grant"


def test_code_when_it_comes_again() -> None:
    """Somebody else has it too: what the first one got ends."""
    app = pulse()
    code = code_for(app, patient())
    first = redeem(app, code).json()
    assert status(first["access_token"]) == 200

    again = redeem(app, code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert status(first["access_token"]) == 401
    assert refresh(app, first["refresh_token"]).status_code == 400


def test_token_when_a_quarter_of_an_hour_old(clock: time_machine.Traveller) -> None:
    tokens = tokens_for(pulse(), patient())
    clock.shift(timedelta(seconds=899))
    assert status(tokens["access_token"]) == 200

    clock.shift(timedelta(seconds=1))

    assert status(tokens["access_token"]) == 401


def test_refresh_when_used() -> None:
    app = pulse()
    first = tokens_for(app, patient())

    second = refresh(app, first["refresh_token"]).json()

    assert second["refresh_token"] not in ("", first["refresh_token"])
    assert (second["expires_in"], second["scope"]) == (900, BOTH)
    assert (status(first["access_token"]), status(second["access_token"])) == (401, 200)


def test_refresh_when_the_old_one_comes_again() -> None:
    app = pulse()
    first = tokens_for(app, patient())
    second = refresh(app, first["refresh_token"]).json()

    again = refresh(app, first["refresh_token"])

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert status(second["access_token"]) == 401
    assert refresh(app, second["refresh_token"]).status_code == 400


def test_refresh_when_it_asks_for_more() -> None:
    app = pulse()
    first = tokens_for(app, patient(), scope="appointments:read")

    answer = refresh(app, first["refresh_token"], scope=BOTH)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_refresh_when_unused_for_a_month(clock: time_machine.Traveller) -> None:
    app = pulse()
    first = tokens_for(app, patient())
    clock.shift(timedelta(days=30, minutes=15))

    assert refresh(app, first["refresh_token"]).status_code == 400


def test_token_when_the_app_gives_it_back() -> None:
    app = pulse()
    tokens = tokens_for(app, patient())

    Client().post("/oauth/revoke_token/", {"client_id": app.oauth_client_id, "token": tokens["refresh_token"]})

    assert status(tokens["access_token"]) == 401
    assert refresh(app, tokens["refresh_token"]).status_code == 400


def test_tokens_when_swept(clock: time_machine.Traveller) -> None:
    """Only what opens nothing goes; a refresh token of yesterday still works, and one used before still tells of a thief."""
    app = pulse()
    first = tokens_for(app, patient())
    second = refresh(app, first["refresh_token"]).json()
    clock.shift(timedelta(days=1))

    forget_old_tokens()

    assert get_refresh_token_model().objects.count() == 2
    third = refresh(app, second["refresh_token"]).json()
    assert status(third["access_token"]) == 200
    clock.shift(timedelta(days=31))
    forget_old_tokens()
    assert (get_access_token_model().objects.count(), get_refresh_token_model().objects.count()) == (0, 0)


def test_token_when_in_the_address() -> None:
    token = tokens_for(pulse(), patient())["access_token"]

    assert Client().get("/api/v1/appointments/", {"access_token": token}).status_code == 401


def test_tries_when_apps_share_an_address() -> None:
    app = pulse()

    told = {ask_token(app, grant_type="refresh_token", refresh_token="made-up").status_code for _ in range(31)}

    assert told == {400}
