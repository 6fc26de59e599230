"""Strangers, GETs, caches and forgery: what holds on every page."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment
from appointments.portal import urls
from refunds.models import Checkout, Refund
from tests.factories import PatientFactory, booked, checkout_for, fresh, held, moving
from tests.portal.walk import confirm, everything, path, walk_to_check

ABOUT_ONE = sorted(str(p.name) for p in urls.urlpatterns if str(p.pattern).startswith("appointments/<str:reference>"))
POST_ONLY = (
    "book_credit",
    "book_let_go",
    "cancel_more_time",
    "change_keep",
    "decline_offer",
    "hold_longer",
    "late_withdraw",
)
#: Pages that only some appointments have.
OF_SOME = ("certificate", "change_paid", "offer")
CHANGES = (
    "cancel_check",
    "change_check",
    "change",
    "cancel_reason",
    "change_keep",
    "cancel_more_time",
    "change_pay",
    "book_pay",
    "book_credit",
    "book_let_go",
    "hold_longer",
    "join_earlier",
    "offer",
    "decline_offer",
)

SignIn = Callable[[Appointment], Client]


def body(content: bytes) -> str:
    """A page without what differs from answer to answer: the token against forgery and the address."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", content.decode())
    # The switch of the language comes back to the page.
    text = re.sub(r'\b(form)?action="/(appointments|refunds)/[^"]*"', "", text)
    return re.sub(r"http://testserver[^<\s]*", "", text)


@pytest.mark.parametrize("name", ABOUT_ONE)
def test_page_when_nobody_is_signed_in(client: Client, name: str) -> None:
    address = path(name, booked())

    answer = client.get(address)

    assert answer.headers["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("name", [name for name in ABOUT_ONE if name not in POST_ONLY])
def test_page_when_of_somebody_else(sign_in: SignIn, name: str) -> None:
    client = sign_in(booked())
    other = booked()

    of_other, of_nobody = client.get(path(name, other)), client.get(path(name, "3467-9CD3"))

    assert (of_other.status_code, of_nobody.status_code) == (404, 404)
    assert body(of_other.content) == body(of_nobody.content)


@pytest.mark.parametrize("name", CHANGES)
def test_change_when_of_somebody_else(sign_in: SignIn, name: str) -> None:
    other = booked()
    client = sign_in(booked())
    before = everything()

    answer = client.post(path(name, other), {"code": "~", "token": "x", "slot": moving(other).pk})

    assert answer.status_code == 404
    assert everything() == before


@pytest.mark.parametrize("name", CHANGES)
def test_change_when_forged(name: str) -> None:
    appointment = booked()
    client = Client(enforce_csrf_checks=True)
    client.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]
    before = everything()

    answer = client.post(path(name, appointment), {"code": "~", "token": "x"})

    assert answer.status_code == 403
    assert everything() == before


@pytest.mark.parametrize("name", CHANGES)
def test_change_when_posted_as_plain_text(name: str) -> None:
    appointment = booked()
    client = Client(enforce_csrf_checks=True)
    client.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]

    answer = client.post(path(name, appointment), '{"code": "~", "token": "x"}', content_type="text/plain")

    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("name", ABOUT_ONE)
def test_page_when_opened(sign_in: SignIn, name: str, method: str) -> None:
    appointment = booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)
    before = everything()

    getattr(client, method)(path(name, appointment))

    assert everything() == before


@pytest.mark.parametrize("name", [name for name in ABOUT_ONE if name not in (*POST_ONLY, *OF_SOME)])
def test_page_when_kept_by_a_browser(sign_in: SignIn, name: str) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path(name, appointment))

    assert answer.status_code in (200, 302)
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))


def test_list_when_kept_by_a_browser(sign_in: SignIn) -> None:
    answer = sign_in(booked()).get("/appointments/")

    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("typed", [str.lower, lambda reference: reference.replace("-", " ")])
def test_reference_when_typed(sign_in: SignIn, typed: Callable[[str], str]) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path("appointment", typed(appointment.reference)))

    assert answer.status_code == 200


@pytest.mark.parametrize("reference", ["K7QP-3MHD", "…", "%00", "a" * 300])
def test_reference_when_it_cannot_be_one(sign_in: SignIn, reference: str) -> None:
    assert sign_in(booked()).get(path("appointment", reference)).status_code == 404


def test_refund_when_of_somebody_else(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    confirm(client, appointment, walk_to_check(client, appointment))
    address = reverse("portal:refund", args=[Refund.objects.get().pk])
    assert client.get(address).status_code == 200

    client.force_login(PatientFactory.create().user)  # type: ignore[arg-type]
    of_other, of_nobody = client.get(address), client.get(reverse("portal:refund", args=[uuid4()]))

    assert (of_other.status_code, of_nobody.status_code) == (404, 404)
    assert body(of_other.content) == body(of_nobody.content)


def test_payment_when_of_somebody_else(sign_in: SignIn) -> None:
    client = sign_in(booked())
    checkout: Checkout = checkout_for(held())
    before = everything()

    answer = client.get(reverse("portal:payment", args=[checkout.pk]))

    assert answer.status_code == 404
    assert everything() == before


def test_fields_when_nobody_asked_for_them(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)

    confirm(client, appointment, token, status="confirmed", refund="99999999", price="1", patient="1", held="5")

    assert fresh(appointment).status == Appointment.Status.CANCELLED
    assert Refund.objects.get().amount == 100_000
