"""An app on a patient's phone: it asks to be let in, is let in, and calls with what it was given."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from appointments.models import Appointment, PatientApp, User
from appointments.patient_apps.register import store_app
from tests.api.conftest import ApiClient
from tests.factories import PatientFactory, UserFactory, booked

BACK = "com.example.pulse:/back"
BOTH = "appointments:read appointments:write"
PASSWORD = "a good password"
VERIFIER = "a-verifier-that-only-this-phone-knows-0123456789abcdef"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def pulse(*, name: str = "Pulse", addresses: str = BACK) -> PatientApp:
    """An app that the house registered."""
    return store_app(PatientApp(name=name, maker="Example Health", redirect_uris=addresses))


def patient() -> User:
    """An account with a password."""
    return UserFactory.create(password=PASSWORD)


def own_booking(**parts: Any) -> Appointment:
    """A booking of a patient whose account has a password."""
    return booked(patient=PatientFactory.create(user=patient()), **parts)


def owner(appointment: Appointment) -> User:
    user = appointment.chain.patient.user
    assert user is not None
    return user


def question(app: PatientApp, **changed: str | None) -> str:
    """The address to which the app sends its patient; None leaves something out."""
    asked: dict[str, str | None] = {
        "response_type": "code",
        "client_id": app.oauth_client_id,
        "redirect_uri": BACK,
        "scope": BOTH,
        "state": "what-the-app-knows",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }
    return "/oauth/authorize/?" + urlencode({name: value for name, value in asked.items() if value is not None})


def signed_in(user: User) -> Client:
    """A browser in which somebody has just signed in by the form."""
    browser = Client()
    assert browser.post("/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return browser


def answer_in(address: str) -> dict[str, str]:
    """What an address of the app was told."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def code_for(app: PatientApp, user: User, **changed: str | None) -> str:
    """Let the app in, in a browser, and return the code it got."""
    told = signed_in(user).post(question(app, **changed), {"answer": "allow"})
    return answer_in(told["Location"])["code"]


def ask_token(app: PatientApp, **form: str) -> Any:
    """Ask the token endpoint as the app does, without a secret."""
    return Client().post("/oauth/token/", {"client_id": app.oauth_client_id, **form})


def redeem(app: PatientApp, code: str, **changed: str) -> Any:
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return ask_token(app, **asked | changed)


def refresh(app: PatientApp, token: str, **more: str) -> Any:
    return ask_token(app, grant_type="refresh_token", refresh_token=token, **more)


def tokens_for(app: PatientApp, user: User, **changed: str | None) -> dict[str, Any]:
    """Let the app in and return its tokens."""
    answer = redeem(app, code_for(app, user, **changed))
    assert answer.status_code == 200, answer.content
    tokens: dict[str, Any] = answer.json()
    return tokens


def phone(access_token: str) -> ApiClient:
    return ApiClient(f"Bearer {access_token}")


def phone_of(user: User, *, app: PatientApp | None = None, **changed: str | None) -> ApiClient:
    """A phone whose app was let into the account."""
    return phone(tokens_for(app or pulse(), user, **changed)["access_token"])
