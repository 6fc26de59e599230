"""How a patient says how a refund is paid: by link and date of birth, or signed in."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog
import time_machine
from cryptography.fernet import Fernet
from django.test import Client
from pytest_django import Settings

from appointments.models import Appointment, MessageKind, OutboxMessage
from appointments.usecases.carers import end_carer
from refunds.models import PayoutLink, Refund, RefundAttempt, RefundPayee
from tests.factories import NOW, UserFactory, booked, patient_of
from tests.portal.payouts import ANSWER, INDIAN, a_refund, failed_card, open_by, token_for
from tests.portal.test_people import relation_for, signed_in

GONE = "This link cannot be used"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


def attempts() -> list[str]:
    return [f"{one.channel} {one.state}" for one in RefundAttempt.objects.order_by("number")]


def prove(client: Client, refund: Refund) -> None:
    open_by(client, token_for(refund))
    assert client.post("/payout/who/", {"birth_date": ANSWER.isoformat()}).status_code == 302


def test_link_when_opened(client: Client) -> None:
    token = token_for(failed_card())
    answer = client.get(f"/payout/{token}/")

    assert (answer.status_code, answer["Location"]) == (302, "/payout/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert token not in str(dict(client.session))
    assert PayoutLink.objects.get().revoked_at is None


def test_link_when_opened_by_a_machine_first(client: Client) -> None:
    token = token_for(failed_card())
    Client().head(f"/payout/{token}/")
    Client().get(f"/payout/{token}/")

    assert client.get(f"/payout/{token}/", follow=True).redirect_chain[-1] == ("/payout/who/", 302)
    assert (attempts(), RefundPayee.objects.count()) == (["sandbox rejected"], 0)


def test_link_when_posted_to(client: Client) -> None:
    assert client.post(f"/payout/{token_for(failed_card())}/").status_code == 405


@pytest.mark.parametrize("token", ["x", "0" * 43, "../admin", "%00" * 20])
def test_link_when_wrong(client: Client, token: str) -> None:
    answer = client.get(f"/payout/{token}/", follow=True)

    assert answer.status_code == 404


def test_link_when_too_old(client: Client, clock: time_machine.Traveller) -> None:
    token = token_for(failed_card())
    clock.move_to(NOW + timedelta(days=14))
    answer = client.get(f"/payout/{token}/", follow=True)

    assert answer.status_code == 404
    assert GONE in answer.content.decode()


def test_link_when_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_for(failed_card())
    with structlog.testing.capture_logs() as entries:
        client.get(f"/payout/{token}/", follow=True)
        client.post("/payout/who/", {"birth_date": ANSWER.isoformat()})
        client.post("/payout/bank/", INDIAN)
    log = f"{entries} {caplog.text}"

    assert "GET /payout/…/" in log
    assert "POST /payout/bank/" in log
    assert [secret for secret in (token, INDIAN["account"], INDIAN["branch"]) if secret in log] == []


@pytest.mark.parametrize("page", ["/payout/", "/payout/bank/"])
def test_page_when_the_second_step_is_missing(client: Client, page: str) -> None:
    open_by(client, token_for(failed_card()))

    assert client.get(page)["Location"] == "/payout/who/"
    assert client.post(page, INDIAN | {"way": "cash"})["Location"] == "/payout/who/"
    assert (attempts(), RefundPayee.objects.count()) == (["sandbox rejected"], 0)


@pytest.mark.parametrize("page", ["/payout/", "/payout/who/", "/payout/bank/"])
def test_page_when_nobody_opened_a_link(client: Client, page: str) -> None:
    assert client.get(page).status_code == 404
    assert client.post(page, INDIAN).status_code == 404


def test_second_step_when_shown(client: Client) -> None:
    refund = failed_card()
    open_by(client, token_for(refund))
    text = client.get("/payout/who/").content.decode()

    assert "What is your date of birth?" in text
    assert [told for told in ("₹", "Dr ", "Patient ") if told in text] == []


def test_second_step_when_right(client: Client) -> None:
    refund = failed_card()
    open_by(client, token_for(refund))
    before = client.session.session_key
    client.post("/payout/who/", {"birth_date": ANSWER.isoformat()})

    assert client.session.session_key != before
    assert "How do you want to be paid?" in client.get("/payout/").content.decode()


def test_second_step_when_wrong(client: Client) -> None:
    open_by(client, token_for(failed_card()))
    answers = [client.post("/payout/who/", {"birth_date": "1999-01-01"}) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
    assert "The date of birth does not match. Check it" in answers[0].content.decode()
    assert client.post("/payout/who/", {"birth_date": ANSWER.isoformat()}).status_code == 404
    assert client.get("/payout/").status_code == 404


@pytest.mark.parametrize("typed", ["", "yesterday", "9999999999-01-01"])
def test_second_step_when_it_cannot_be_read(client: Client, typed: str) -> None:
    open_by(client, token_for(failed_card()))

    assert "Enter your date of birth" in client.post("/payout/who/", {"birth_date": typed}).content.decode()
    assert PayoutLink.objects.get().wrong_answers == 0


def test_second_step_when_no_birth_date_is_known(client: Client) -> None:
    refund = failed_card(birth_date=None)
    open_by(client, token_for(refund))

    assert client.get("/payout/who/").status_code == 404
    assert client.post("/payout/who/", {"birth_date": ""}).status_code == 404


def test_cash_when_chosen(client: Client) -> None:
    prove(client, failed_card())
    answer = client.post("/payout/", {"way": "cash"}, follow=True)

    assert attempts() == ["sandbox rejected", "cash ready"]
    assert "cash desk" in answer.content.decode()


@pytest.mark.parametrize("way", ["", "original", "credit"])
def test_way_when_not_offered(client: Client, way: str) -> None:
    prove(client, failed_card())

    assert "Select how you want to be paid" in client.post("/payout/", {"way": way}).content.decode()
    assert attempts() == ["sandbox rejected"]


def test_account_when_given(client: Client) -> None:
    refund = failed_card()
    prove(client, refund)
    assert client.post("/payout/", {"way": "bank_transfer"})["Location"] == "/payout/bank/"
    text = client.post("/payout/bank/", INDIAN, follow=True).content.decode()

    assert attempts() == ["sandbox rejected", "bank_transfer ready"]
    assert "•••• 6819" in text
    assert INDIAN["account"] not in text
    assert OutboxMessage.objects.get(kind=MessageKind.PAYOUT_DETAILS).refund == refund.pk
    assert RefundPayee.objects.get().given_by.startswith("patient ")


def test_account_when_changed(client: Client) -> None:
    prove(client, failed_card())
    client.post("/payout/bank/", INDIAN)
    text = client.post("/payout/bank/", INDIAN | {"branch": "SBIN0000001"}, follow=True).content.decode()

    assert RefundPayee.objects.count() == 2
    assert "it is not paid before Tuesday 3 November 2026 at 2:30pm" in re.sub(r"\s+", " ", text)


def test_account_when_wrong(client: Client) -> None:
    prove(client, failed_card())
    text = client.post("/payout/bank/", INDIAN | {"account_again": "1"}).content.decode()

    assert text.count("The account numbers are not the same. Check both") == 2
    assert (attempts(), RefundPayee.objects.count()) == (["sandbox rejected"], 0)


def test_account_when_the_outcome_is_unknown(client: Client) -> None:
    refund = a_refund()
    RefundAttempt.objects.filter(refund=refund).update(state="sent")
    RefundAttempt.objects.filter(refund=refund).update(state="unknown")
    prove(client, refund)
    client.post("/payout/bank/", INDIAN)
    client.post("/payout/", {"way": "cash"})

    assert (attempts(), RefundPayee.objects.count()) == (["sandbox unknown"], 0)


def test_done_page_when_the_outcome_is_unknown(client: Client) -> None:
    refund = a_refund()
    prove(client, refund)

    assert "It is on its way" in client.get("/payout/").content.decode()


def test_tracker_when_failed(client: Client, sign_in: Callable[[Appointment], Client]) -> None:
    refund = failed_card()
    appointment = Appointment.objects.get()
    sign_in(appointment)
    page = f"/refunds/{refund.pk}/payout/"
    assert f'action="{page}"' in client.get(f"/refunds/{refund.pk}/").content.decode()
    assert client.get(page).status_code == 405

    assert client.post(page, follow=True).redirect_chain == [("/payout/", 302)]
    client.post("/payout/", {"way": "cash"})
    assert attempts() == ["sandbox rejected", "cash ready"]
    assert page not in client.get(f"/refunds/{refund.pk}/").content.decode()


def test_tracker_when_of_somebody_else(sign_in: Callable[[Appointment], Client]) -> None:
    refund = failed_card()
    client = sign_in(booked())

    assert client.post(f"/refunds/{refund.pk}/payout/").status_code == 404
    assert PayoutLink.objects.count() == 0


def test_tracker_when_signed_out(client: Client) -> None:
    refund = failed_card()

    assert client.post(f"/refunds/{refund.pk}/payout/")["Location"].startswith("/login/")
    assert PayoutLink.objects.count() == 0


def test_t2_carer_when_the_right_ends_on_the_way() -> None:
    """Where the money goes is asked of whoever may act when they say it, and they are named."""
    refund = failed_card()
    appointment = Appointment.objects.get()
    carer = UserFactory.create(email="asha@example.org")
    right = relation_for(appointment, carer)
    client = signed_in(carer)
    client.post(f"/refunds/{refund.pk}/payout/")
    client.post("/payout/bank/", INDIAN)
    [given] = RefundPayee.objects.values_list("given_by", flat=True)
    end_carer(relation_id=right.pk, actor=patient_of(appointment), now=NOW)

    answers = [
        client.get("/payout/bank/"),
        client.post("/payout/bank/", INDIAN),
        client.post("/payout/", {"way": "cash"}),
    ]

    assert given.startswith(f"carer, account {carer.pk}, for patient {appointment.chain.patient_id}, payout link ")
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert RefundPayee.objects.count() == 1
    assert attempts() == ["sandbox rejected", "bank_transfer ready"]
