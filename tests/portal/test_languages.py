"""The switch in the footer: the page and its answers stay, the record learns the language, nothing else happens."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, Patient
from appointments.portal.languages import SWITCH
from tests.factories import PatientFactory, ReasonCodeFactory, UserFactory, booked, moving
from tests.portal.walk import everything, heading, path, walk_to_check

SignIn = Callable[[Appointment], Client]
HINDI = "hi"
CHINESE = "zh-hans"


def language(answer: object) -> str:
    """What the page says it is written in."""
    found = re.search(r'<html lang="([^"]+)"', answer.content.decode())  # type: ignore[attr-defined]
    assert found
    return found[1]


@pytest.mark.parametrize(("asked", "spoken"), [("zh-CN,zh;q=0.9", CHINESE), ("hi-IN", HINDI), ("fi,en;q=0.5", "en")])
def test_language_when_only_the_browser_says(client: Client, asked: str, spoken: str) -> None:
    assert language(client.get("/login/", HTTP_ACCEPT_LANGUAGE=asked)) == spoken


def test_switch_when_nothing_is_typed(client: Client) -> None:
    answer = client.post("/find/?a=1", {SWITCH: HINDI})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/find/?a=1")
    assert language(client.get("/find/?a=1", HTTP_ACCEPT_LANGUAGE="en")) == HINDI


def test_switch_when_the_path_looks_like_a_host(client: Client) -> None:
    answer = client.post("/", {SWITCH: HINDI}, PATH_INFO="//evil.example/")

    assert answer.headers["Location"] == "/%2Fevil.example/"


def test_switch_when_the_page_is_not_there(client: Client) -> None:
    client.post("/nowhere/", {SWITCH: CHINESE})

    answer = client.get("/nowhere/")

    assert (answer.status_code, language(answer)) == (404, CHINESE)


@pytest.mark.parametrize("code", ["xx", "", "en<script>"])
def test_switch_when_the_language_is_unknown(client: Client, code: str) -> None:
    assert client.post("/find/", {SWITCH: code}).cookies.get("django_language") is None


def test_switch_when_it_comes_from_another_site() -> None:
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post("/find/", {SWITCH: HINDI})

    assert answer.status_code == 403
    assert "django_language" not in browser.cookies


def test_switch_when_fields_are_filled(client: Client) -> None:
    typed = {"reference": 'K7QP "3MHC"', "birth_date": "1988-04-17", "id_number": "", SWITCH: HINDI}

    answer = client.post("/find/", typed)

    page = answer.content.decode()
    assert (answer.status_code, language(answer)) == (200, HINDI)
    assert 'value="K7QP &quot;3MHC&quot;"' in page
    assert 'value="1988-04-17"' in page
    assert "data-errors" not in page


def test_switch_when_a_reason_is_half_given(sign_in: SignIn) -> None:
    ReasonCodeFactory.create(code="better", label="I feel better")
    ReasonCodeFactory.create(code="other", label="Another reason", needs_text=True)
    appointment = booked()
    client = sign_in(appointment)
    client.get(path("cancel", appointment))
    before = everything()

    answer = client.post(
        path("cancel_reason", appointment), {"code": "other", "text": "I </textarea> found\nit", SWITCH: HINDI}
    )

    page = answer.content.decode()
    chosen = re.findall(r'<input[^>]*value="(\w+)"[^>]*checked', page)
    assert chosen == ["other"]
    assert ">\nI &lt;/textarea&gt; found\nit</textarea>" in page
    assert everything() == before


def test_switch_when_a_time_is_chosen(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    slot = moving(appointment)

    answer = client.post(path("change", appointment), {"slot": str(slot.pk), SWITCH: HINDI})

    assert re.findall(r'value="(\d+)"[^>]*checked', answer.content.decode()) == [str(slot.pk)]


def test_switch_when_the_button_to_cancel_is_near(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)
    before = everything()

    answer = client.post(path("cancel_check", appointment), {"token": token, SWITCH: HINDI})

    assert answer.status_code == 200
    assert everything() == before


def test_switch_when_a_password_is_typed(client: Client) -> None:
    answer = client.post("/login/", {"login": "meera@example.org", "password": "a good password", SWITCH: HINDI})

    page = answer.content.decode()
    assert 'value="meera@example.org"' in page
    assert "a good password" not in page
    assert "_auth_user_id" not in client.session


def test_record_when_signed_in(sign_in: SignIn) -> None:
    appointment, other = booked(), PatientFactory.create()

    sign_in(appointment).post(path("appointment", appointment), {SWITCH: HINDI})

    assert Patient.objects.get(pk=appointment.chain.patient_id).language == HINDI
    assert Patient.objects.get(pk=other.pk).language == ""


def test_language_when_chosen_on_another_device(sign_in: SignIn) -> None:
    appointment = booked()
    Patient.objects.update(language=CHINESE)

    answer = sign_in(appointment).get("/appointments/", HTTP_ACCEPT_LANGUAGE="en")

    assert language(answer) == CHINESE


def test_language_when_this_device_says_another(sign_in: SignIn) -> None:
    appointment = booked()
    Patient.objects.update(language=CHINESE)
    client = sign_in(appointment)
    client.cookies["django_language"] = HINDI

    assert language(client.get("/appointments/")) == HINDI


def test_switch_when_staff(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True))

    client.post(reverse("portal:find"), {SWITCH: HINDI})

    assert not Patient.objects.filter(language=HINDI).exists()


def test_switch_when_shown(client: Client) -> None:
    page = client.get("/login/").content.decode()

    names = re.findall(r'lang="([\w-]+)"[^>]*>([^<]+)</button>', page, flags=re.DOTALL)
    assert names == [("en", "English"), (CHINESE, "简体中文"), (HINDI, "हिन्दी")]
    assert heading(client.get("/login/")) == "Sign in"
