"""The certificate's address for its owner, and the page where anybody checks one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.certificates.queries import certificate_of
from appointments.limits import Limit
from appointments.models import Appointment, Certificate
from appointments.portal.views import certificates
from appointments.references import new_reference
from refunds.models import Refund
from tests.factories import NOW, booked
from tests.portal.walk import confirm, heading, path, walk_to_check, words
from tests.refunds.builders import settle_at_the_sandbox, work

SignIn = Callable[[Appointment], Client]


def cancelled_by(client: Client, appointment: Appointment) -> Certificate:
    confirm(client, appointment, walk_to_check(client, appointment))
    certificate = certificate_of(appointment)
    assert certificate is not None
    return certificate


def verified(number: str) -> Any:
    return Client().get(reverse("portal:verify", args=[number]))


def test_certificate_when_linked_from_every_page(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    cancelled_by(client, appointment)
    tracker = reverse("portal:refund", args=[Refund.objects.get().pk])

    pages = [
        client.get(path("cancelled", appointment)),
        client.get(path("appointment", appointment)),
        client.get(tracker),
    ]

    assert [f'href="{path("certificate", appointment)}"' in page.content.decode() for page in pages] == [True] * 3


def test_certificate_when_fetched_twice(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    cancelled_by(client, appointment)

    first, second = client.get(path("certificate", appointment)), client.get(path("certificate", appointment))

    assert first.content == second.content
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="cancellation-{appointment.reference}.pdf"'
    assert "no-store" in first["Cache-Control"]


def test_certificate_when_it_is_somebody_elses(sign_in: SignIn) -> None:
    appointment, other = booked(), booked()
    cancelled_by(sign_in(appointment), appointment)
    stranger = sign_in(other)

    answers = [
        stranger.get(path("certificate", name)) for name in (appointment.reference, new_reference(), other.reference)
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({words(answer).partition("Printed from")[0] for answer in answers}) == 1


def test_certificate_when_not_signed_in() -> None:
    appointment = booked()

    answer = Client().get(path("certificate", appointment))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("portal:login"))


def test_verify_when_genuine(sign_in: SignIn) -> None:
    appointment = booked()
    certificate = cancelled_by(sign_in(appointment), appointment)

    page = verified(certificate.number)

    said = words(page)
    assert heading(page) == "This certificate is genuine"
    assert f"Certificate number {certificate.number} Cancelled on Monday 2 November 2026 Refund ₹1,000.00" in said
    assert "State today Approved, not sent yet" in said


def test_verify_when_it_tells_nobodys_name(sign_in: SignIn) -> None:
    appointment = booked()
    certificate = cancelled_by(sign_in(appointment), appointment)

    html = verified(certificate.number).content.decode()

    slot = appointment.slot
    told = [appointment.chain.patient.name, slot.doctor.name, appointment.reference, slot.doctor.specialty]
    assert [name in html for name in [*told, appointment.centre.name]] == [False] * 5


def test_verify_when_the_refund_arrived(sign_in: SignIn) -> None:
    appointment = booked()
    certificate = cancelled_by(sign_in(appointment), appointment)
    refund = Refund.objects.get()
    work(refund)
    settle_at_the_sandbox()
    work(refund, now=NOW + timedelta(minutes=1))

    assert "State today Refunded Monday 2 November 2026" in words(verified(certificate.number))


def test_verify_when_paid_in_two_ways_and_insured(sign_in: SignIn) -> None:
    appointment = booked(insured=70_000)
    certificate = cancelled_by(sign_in(appointment), appointment)

    said = words(verified(certificate.number))

    assert "Refund ₹300.00 State today Approved, not sent yet" in said
    assert "700.00" not in said


@pytest.mark.parametrize("number", ["K7QP-3MHC-D4GHX", "nothing", "%00", "x" * 500])
def test_verify_when_there_is_none(number: str) -> None:
    page = Client().get(f"/verify/{number}/")

    assert (page.status_code, heading(page)) == (404, "We know no such certificate")


def test_verify_when_typed(sign_in: SignIn) -> None:
    appointment = booked()
    number = cancelled_by(sign_in(appointment), appointment).number

    asked = Client().get(reverse("portal:verify_number"))
    typed = Client().get(reverse("portal:verify_number"), {"number": number.lower().replace("-", " ")})
    wrong = Client().get(reverse("portal:verify_number"), {"number": number[:-1]})

    assert "Error:" not in words(asked)
    assert (typed.status_code, typed["Location"]) == (302, reverse("portal:verify", args=[number]))
    assert "There is a typing error in this number. Check it" in words(wrong)


def test_verify_when_a_machine_tries(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    appointment = booked()
    number = cancelled_by(sign_in(appointment), appointment).number
    monkeypatch.setattr(certificates, "_CHECKS", Limit("certificate-checks-from", most=2, seconds=900))

    pages = [verified(number) for _ in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 429]
    assert "Too many certificates were checked from here. Wait 15 minutes" in words(pages[2])
    assert "genuine" not in words(pages[2])
