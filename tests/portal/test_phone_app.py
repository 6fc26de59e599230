"""The portal as an app on a phone: what is told to the phone, and that nothing about a person can be kept by it."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment
from tests.factories import CentreFactory, booked

SignIn = Callable[[Appointment], Client]

pytestmark = pytest.mark.django_db


def worker(language: str = "en") -> str:
    return Client().get(reverse("portal:service_worker", args=[language])).content.decode()


def kept(text: str) -> list[str]:
    """Every address that the worker puts aside."""
    [offline] = re.findall(r'OFFLINE = "([^"]+)"', text)
    [files] = re.findall(r"KEPT = \[([^\]]+)\]", text)
    return [offline, *re.findall(r'"([^"]+)"', files)]


def test_manifest_when_asked() -> None:
    answer = Client().get(reverse("portal:manifest"))

    told = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert {name: told[name] for name in ("id", "start_url", "scope", "display", "lang", "dir", "short_name")} == {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": "en",
        "dir": "ltr",
        "short_name": "Fairslot",
    }
    assert [(icon["sizes"], icon["purpose"]) for icon in told["icons"]] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]


def test_icons_when_measured() -> None:
    for icon in Client().get(reverse("portal:manifest")).json()["icons"]:
        content = (Path(settings.BASE_DIR) / icon["src"].lstrip("/")).read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        assert f"{width}x{height}" == icon["sizes"]


def test_manifest_when_in_another_language() -> None:
    told = Client(HTTP_ACCEPT_LANGUAGE="hi").get(reverse("portal:manifest")).json()

    assert (told["lang"], told["name"] != "Fairslot: your appointments") == ("hi", True)


def test_worker_when_read() -> None:
    answer = Client().get(reverse("portal:service_worker", args=["en"]))

    assert (answer["Content-Type"], answer["Service-Worker-Allowed"]) == ("text/javascript; charset=utf-8", "/")
    assert "no-cache" in answer["Cache-Control"]
    assert kept(answer.content.decode()) == [
        "/app/offline/en/",
        *("/static/fairslot.css", "/static/fairslot.js", "/static/icon.svg", "/static/icons/icon-192.png"),
    ]


def test_worker_when_a_phone_number_changes() -> None:
    centre = CentreFactory.create(phone="+442071234567")
    before = worker()
    assert worker() == before

    type(centre).objects.update(phone="+442079999999")

    assert worker() != before


def test_worker_when_the_language_is_not_spoken() -> None:
    for name in ("service_worker", "offline"):
        assert Client().get(reverse(f"portal:{name}", args=["xx"])).status_code == 404


def test_offline_page_when_somebody_is_signed_in(sign_in: SignIn) -> None:
    appointment = booked()
    address = reverse("portal:offline", args=["en"])

    of_nobody, of_patient = Client().get(address), sign_in(appointment).get(address)

    assert of_patient.content == of_nobody.content
    assert "private" in of_patient["Cache-Control"]
    assert appointment.centre.phone in of_patient.content.decode()
    assert appointment.chain.patient.name not in of_patient.content.decode()


def test_offline_page_when_in_another_language() -> None:
    page = Client().get(reverse("portal:offline", args=["zh-hans"])).content.decode()

    assert '<html lang="zh-hans" dir="ltr">' in page
    assert "You are not connected" not in page


def test_page_when_it_names_worker_and_manifest(sign_in: SignIn) -> None:
    page = sign_in(booked()).get("/appointments/")

    assert 'data-worker="/app/worker/en.js"' in page.content.decode()
    assert 'href="/app/manifest.webmanifest"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
