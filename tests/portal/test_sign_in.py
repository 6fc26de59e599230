"""T6, T7, T8: signing in by code, forgotten passwords, limits, devices, and the second step."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client
from pytest_django import Settings

from appointments.models import User
from tests.factories import UserFactory
from tests.portal.walk import heading, words

PASSWORD = "a good password"
NO_MATCH = "E-mail or phone number and password do not match. Check both"


@pytest.fixture
def user() -> User:
    return UserFactory.create(email="meera@example.org", phone="+915550001001", password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, name: str = "meera@example.org") -> Any:
    return client.post("/login/", {"login": name, "password": password})


def confirm_it_is_me(client: Client) -> None:
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def code_in_mail() -> str:
    found = re.search(r"^(\d{6})$", str(mail.outbox[-1].body), flags=re.MULTILINE)
    assert found
    return found[1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def with_app(user: User) -> str:
    """Give the account an authenticator app and return its secret."""
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def test_code_when_asked_for(client: Client, user: User) -> None:
    assert client.post("/account/login/code/", {"email": user.email})["Location"] == "/account/login/code/confirm/"
    code = code_in_mail()

    answer = client.post("/account/login/code/confirm/", {"code": f"{code[:3]} {code[3:]}"})

    assert answer["Location"] == "/appointments/"
    assert is_signed_in(client)


def test_t6_code_when_nobody_has_the_address(client: Client, user: User) -> None:
    known = client.post("/account/login/code/", {"email": user.email})
    unknown = Client().post("/account/login/code/", {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 2


def test_t6_code_when_guessed(client: Client, user: User) -> None:
    client.post("/account/login/code/", {"email": user.email})
    code = code_in_mail()
    for _ in range(3):
        client.post("/account/login/code/confirm/", {"code": "000000" if code != "000000" else "111111"})

    client.post("/account/login/code/confirm/", {"code": code})

    assert not is_signed_in(client)


def test_t7_code_when_used_twice(client: Client, user: User) -> None:
    client.post("/account/login/code/", {"email": user.email})
    code = code_in_mail()
    client.post("/account/login/code/confirm/", {"code": code})
    client.post("/logout/")

    client.post("/account/login/code/confirm/", {"code": code})

    assert not is_signed_in(client)


def test_password_when_forgotten(client: Client, user: User) -> None:
    assert client.post("/account/password/reset/", {"email": user.email})["Location"].endswith("/reset/confirm/")
    answer = client.post("/account/password/reset/confirm/", {"code": code_in_mail()})
    assert answer["Location"] == "/account/password/reset/complete/"
    new = "another good password"
    client.post("/account/password/reset/complete/", {"password1": new, "password2": new})

    user.refresh_from_db()
    assert user.check_password(new)
    assert sign_in(Client(), new)["Location"] == "/appointments/"


def test_t6_password_when_nobody_has_the_address(client: Client, user: User) -> None:
    known = client.post("/account/password/reset/", {"email": user.email}, follow=True)
    unknown = Client().post("/account/password/reset/", {"email": "nobody@example.org"}, follow=True)

    told = words(known).replace("meera@example.org", "…")
    assert told == words(unknown).replace("nobody@example.org", "…")
    assert [message.to for message in mail.outbox] == [["meera@example.org"], ["nobody@example.org"]]


def test_t6_login_when_tried_too_often(client: Client, user: User) -> None:
    for name in ("meera@example.org", "MEERA@example.org", "nobody@example.org"):
        for _ in range(4):
            sign_in(client, "wrong", name)
    page = sign_in(client)

    assert "There were too many tries" in words(page)
    assert not is_signed_in(client)
    assert NO_MATCH in words(sign_in(client, "wrong", "someone@example.org"))


def test_t6_login_when_the_name_is_unknown(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counted(self: hashers.MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    sign_in(client, "wrong")
    known = len(hashed)
    sign_in(client, "wrong", "nobody@example.org")

    assert len(hashed) == 2 * known


def test_t8_session_when_the_password_changes_elsewhere(client: Client, user: User) -> None:
    here, there = client, Client()
    sign_in(here)
    sign_in(there)
    here.post("/account/reauthenticate/", {"password": PASSWORD})
    new = "another good password"
    answer = here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert answer.status_code == 302
    assert here.get("/appointments/").status_code == 200
    assert there.get("/appointments/")["Location"].startswith("/login/")


def test_t8_devices_when_signed_out_elsewhere(client: Client, user: User) -> None:
    here, there = client, Client()
    sign_in(here)
    sign_in(there)
    assert words(here.get("/account/devices/")).count("Network address") == 2

    here.post("/account/devices/")

    assert there.get("/appointments/")["Location"].startswith("/login/")
    assert here.get("/appointments/").status_code == 200


def test_second_step_when_an_app_is_set_up(client: Client, user: User) -> None:
    with_app(user)

    assert sign_in(client)["Location"] == "/account/security/authenticate/"
    assert client.get("/appointments/")["Location"].startswith("/login/")
    client.post("/account/security/authenticate/", {"code": "000000"})
    assert not is_signed_in(client)


def test_second_step_when_its_secret_is_kept(user: User) -> None:
    secret = with_app(user)

    assert secret not in str(Authenticator.objects.get().data)


@pytest.mark.parametrize("is_on", [True, False])
def test_admin_when_a_second_factor_is_wanted(client: Client, settings: Settings, is_on: Any) -> None:
    settings.ADMIN_REQUIRES_SECOND_FACTOR = is_on
    staff = UserFactory.create(is_staff=True)
    client.force_login(staff)
    without = client.get("/admin/")

    assert (without.status_code, without.headers.get("Location")) == (
        (302, "/account/security/") if is_on else (200, None)
    )
    with_app(staff)
    assert client.get("/admin/").status_code == 200


def test_admin_when_nobody_is_signed_in(client: Client, db: None) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/login/?next=%2Fadmin%2F"
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/account/security/",
        "/account/security/webauthn/",
        "/account/password/change/",
        "/account/email/",
        "/account/devices/",
    ],
)
def test_account_page_when_nobody_is_signed_in(client: Client, db: None, address: str) -> None:
    assert client.get(address)["Location"].startswith("/login/?next=")


PAGES: dict[str, str] = {
    "/account/security/": "Your account",
    "/account/security/webauthn/": "Passkeys",
    "/account/security/webauthn/add/": "Add a passkey",
    "/account/security/totp/activate/": "Set up an authenticator app",
    "/account/security/recovery-codes/generate/": "Make new recovery codes",
    "/account/password/change/": "Change your password",
    "/account/email/": "Change your email address",
    "/account/devices/": "Where you are signed in",
}


@pytest.mark.parametrize("address", PAGES)
def test_account_page_when_signed_in(client: Client, user: User, address: str) -> None:
    sign_in(client)
    confirm_it_is_me(client)
    if "recovery" in address:
        with_app(user)
    page = client.get(address)

    assert heading(page) == PAGES[address]


def test_account_page_when_not_confirmed(client: Client, user: User) -> None:
    sign_in(client)

    assert client.get("/account/security/webauthn/add/")["Location"].startswith("/account/reauthenticate/")
    assert client.post("/account/email/", {"email": "new@example.org", "action_add": "1"})["Location"].startswith(
        "/account/reauthenticate/"
    )


def test_e_mail_when_changed(client: Client, user: User) -> None:
    sign_in(client)
    confirm_it_is_me(client)
    client.post("/account/email/", {"email": "new@example.org", "action_add": "1"})
    user.refresh_from_db()
    assert user.email == "meera@example.org"

    client.post("/account/confirm-email/", {"code": code_in_mail()})

    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert not is_signed_in_by(Client(), "meera@example.org")


def is_signed_in_by(client: Client, address: str) -> bool:
    sign_in(client, name=address)
    return is_signed_in(client)


def test_mail_when_it_cannot_be_sent(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    page = client.post("/account/login/code/", {"email": user.email}, follow=True)

    assert "The message could not be sent. Try again in a minute." in words(page)
