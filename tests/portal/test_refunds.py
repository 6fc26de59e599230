"""The tracker: dated steps, exactly one of them where the refund stands."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, User
from refunds import operations, queries
from refunds.models import Refund, RefundStatus, SandboxRefund
from tests.factories import LONG_AGO, NOW, SlotFactory, booked, card_payment, held, paid_at_desk
from tests.portal.walk import confirm, heading, path, walk_to_check, words
from tests.refunds.builders import settle_at_the_sandbox, work

SignIn = Callable[[Appointment], Client]


@pytest.fixture
def cancelled(sign_in: SignIn) -> Callable[..., tuple[Client, list[Refund]]]:
    """`cancelled(method="cash")`: book, cancel, and return the client and the refunds."""

    def cancel(**booking: Any) -> tuple[Client, list[Refund]]:
        appointment = booked(**booking)
        client = sign_in(appointment)
        confirm(client, appointment, walk_to_check(client, appointment))
        return client, list(Refund.objects.order_by("pk"))

    return cancel


def tracker(client: Client, refund: Refund) -> Any:
    return client.get(reverse("portal:refund", args=[refund.pk]))


def steps(page: Any) -> list[tuple[str, str]]:
    return [(step.title, step.state) for step in page.context["steps"]]


def assert_one_step_is_current(page: Any) -> None:
    assert page.content.decode().count('aria-current="step"') == 1


def test_tracker_when_approved(cancelled: Callable[..., tuple[Client, list[Refund]]]) -> None:
    client, [refund] = cancelled()

    page = tracker(client, refund)

    assert heading(page) == "Your refund of ₹1,000.00"
    assert steps(page) == [
        ("Approved", "done"),
        ("Sent to your card provider", "current"),
        ("Waiting for your bank", "todo"),
        ("Refunded", "todo"),
    ]
    assert "Goes back To the card or account you paid with When By Monday 16 November 2026 at the latest" in words(page)
    assert_one_step_is_current(page)


def test_tracker_when_the_provider_has_it(cancelled: Callable[..., tuple[Client, list[Refund]]]) -> None:
    client, [refund] = cancelled()
    work(refund)

    page = tracker(client, refund)

    assert [state for _title, state in steps(page)] == ["done", "done", "current", "todo"]
    assert "Completed" not in words(page)
    assert_one_step_is_current(page)


def test_tracker_when_refunded(cancelled: Callable[..., tuple[Client, list[Refund]]]) -> None:
    client, [refund] = cancelled()
    work(refund)
    settle_at_the_sandbox()
    work(refund, now=NOW + timedelta(minutes=1))

    page = tracker(client, refund)

    assert [state for _title, state in steps(page)] == ["done"] * 4
    assert page.context["steps"][-1].is_here
    reference = f"SBX{SandboxRefund.objects.get().pk[-12:].upper()}"
    assert f"Bank reference {reference} If your bank cannot find the money, give them this number." in words(page)
    assert_one_step_is_current(page)
    assert "Refunded by your bank" in words(client.get(path("cancelled", Appointment.objects.get())))


def test_tracker_when_it_failed(cancelled: Callable[..., tuple[Client, list[Refund]]]) -> None:
    client, [refund] = cancelled(slot=SlotFactory.create(price=100_011))  # the sandbox says: a closed card

    assert work(refund).status == RefundStatus.FAILED
    page = tracker(client, refund)

    assert steps(page) == [
        ("Approved", "done"),
        ("The money could not be paid back this way", "failed"),
        ("Refunded", "todo"),
    ]
    assert "Your refund is delayed What we do: the clinic’s finance team finds another way to pay you." in words(page)
    assert "What you can do: say how you want the money. Call +91 20 5550 0100" in words(page)
    assert_one_step_is_current(page)


@pytest.mark.parametrize(
    ("method", "waiting", "done"),
    [
        ("cash", "Ready at the cash desk", "Paid out in cash"),
        ("bank_transfer", "With the clinic’s finance team", "Transferred to your bank"),
    ],
)
def test_tracker_when_paid_by_hand(
    cancelled: Callable[..., tuple[Client, list[Refund]]], method: str, waiting: str, done: str
) -> None:
    client, [refund] = cancelled(method=method)
    before = tracker(client, refund)
    operations.confirm_by_hand(refund_id=refund.pk, evidence="R-77", now=NOW, actor="till 1")
    after = tracker(client, refund)

    assert steps(before) == [("Approved", "done"), (waiting, "current"), (done, "todo")]
    assert [state for _title, state in steps(after)] == ["done"] * 3
    assert "R-77" in words(after)
    assert_one_step_is_current(before)
    assert_one_step_is_current(after)


def test_tracker_when_the_insurer_gets_it(cancelled: Callable[..., tuple[Client, list[Refund]]]) -> None:
    client, refunds = cancelled(insured=70_000)
    [insured] = [refund for refund in refunds if refund.amount == 70_000]

    page = tracker(client, insured)

    assert steps(page)[1:] == [
        ("With the clinic’s insurance desk", "current"),
        ("Given back to your insurer", "todo"),
    ]
    assert "Your insurer gets ₹700.00 back" in words(client.get(path("cancelled", Appointment.objects.get())))


def test_tracker_when_it_is_credit(cancelled: Callable[..., tuple[Client, list[Refund]]]) -> None:
    client, [refund] = cancelled()
    Refund.objects.filter(pk=refund.pk).update(way="credit")

    page = tracker(client, queries.refunds_for(cause=refund.cause)[0])

    assert [title for title, _state in steps(page)] == ["Approved", "Added to your credit"]


def test_next_steps_when_paid_in_two_ways(sign_in: SignIn) -> None:
    draft = held(now=LONG_AGO)
    paid_at_desk(draft, amount=40_000, now=LONG_AGO)
    card_payment(draft, now=LONG_AGO)
    client = sign_in(draft)
    confirm(client, draft, walk_to_check(client, draft))

    page = client.get(path("cancelled", draft))

    assert [step.title for step in page.context["steps"]] == [
        "Appointment cancelled",
        "₹600.00 goes to your card provider",
        "Refunded by your bank",
        "Collect ₹400.00 at the centre’s cash desk",
    ]
    assert "Collect your cash at the clinic. You do not need to do anything else." in words(page)


@pytest.mark.parametrize("way", ["original", "cash", "bank_transfer", "credit", "insurance_window"])
def test_next_steps_when_the_money_could_not_be_paid(
    way: str, cancelled: Callable[..., tuple[Client, list[Refund]]]
) -> None:
    client, [refund] = cancelled()
    Refund.objects.filter(pk=refund.pk).update(way=way, status="failed", reason_code="x", reason_text="closed")

    page = client.get(path("cancelled", Appointment.objects.get(status="cancelled")))

    assert [(step.title, step.state, step.when, step.is_here) for step in page.context["steps"]][1:] == [
        ("₹1,000.00 could not be paid back this way", "failed", "", True)
    ]
    assert "You do not need to do anything else" not in words(page)
    assert "Open the refund below to see what happens next and what you can do." in words(page)


@pytest.mark.parametrize("way", ["original", "bank_transfer"])
def test_next_steps_when_the_money_is_late(
    way: str, cancelled: Callable[..., tuple[Client, list[Refund]]], clock: time_machine.Traveller
) -> None:
    client, [refund] = cancelled()
    Refund.objects.filter(pk=refund.pk).update(way=way)
    clock.move_to(NOW + timedelta(days=40))
    client.force_login(User.objects.get())

    page = client.get(path("cancelled", Appointment.objects.get(status="cancelled")))

    assert [(step.title, step.state, step.when) for step in page.context["steps"]][1:] == [
        ("₹1,000.00 is later than we promised", "failed", "")
    ]
    assert "You do not need to do anything else" not in words(page)
