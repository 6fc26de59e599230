"""The breaker of a provider."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from refunds import breaker, operations
from refunds.gateways.base import NotRun, RefundFact, Rejected, Unknown
from refunds.models import Breaker, Incident, Refund
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")


def note(*kinds: str) -> None:
    for kind in kinds:
        {
            "refused": lambda: breaker.note_refusal(gateway="fake", now=builders.NOW),
            "unknown": lambda: breaker.note_unknown(gateway="fake", now=builders.NOW),
            "answer": lambda: breaker.note_answer(gateway="fake"),
        }[kind]()


def let_pass(while_: timedelta) -> None:
    Breaker.objects.update(paused_until=F("paused_until") - while_)


@pytest.mark.parametrize(
    ("kinds", "pauses"),
    [
        (["refused"] * 2, False),
        (["refused"] * 3, True),
        (["unknown"] * 4, False),
        (["unknown"] * 5, True),
        (["unknown"] * 4 + ["refused"] * 2, False),
        (["refused", "refused", "answer", "refused"], False),
        (["unknown"] * 4 + ["answer", "unknown"], False),
    ],
)
def test_provider_when_it_fails(kinds: list[str], pauses: bool) -> None:  # noqa: FBT001 (a column of the table)
    note(*kinds)

    assert breaker.paused() == ({"fake"} if pauses else set())
    assert Incident.objects.filter(kind="gateway_paused", gateway="fake").count() == int(pauses)
    assert breaker.may_call(gateway="fake") is not pauses


def test_others_when_one_is_paused() -> None:
    note(*["refused"] * 3)

    assert breaker.may_call(gateway="other")


def test_probe_when_the_pause_is_over() -> None:
    note(*["refused"] * 3)
    let_pass(timedelta(minutes=1, seconds=1))

    assert [breaker.may_call(gateway="fake") for _ in range(3)] == [True, False, False]

    let_pass(timedelta(seconds=91))  # whoever asked died over it

    assert breaker.may_call(gateway="fake")


def test_pause_when_probes_fail() -> None:
    """1, 2, 4, 8, 16, 30, 30 minutes, and one incident for all of them."""
    note(*["refused"] * 3)
    for minutes in (1, 2, 4, 8, 16, 30, 30):
        let_pass(timedelta(minutes=minutes, seconds=-2))

        assert breaker.paused() == {"fake"}

        let_pass(timedelta(seconds=3))

        assert breaker.may_call(gateway="fake")

        note("refused")

    assert Incident.objects.count() == 1


def test_provider_when_it_is_well_again() -> None:
    note(*["refused"] * 3)
    let_pass(timedelta(minutes=2))
    note("answer")

    assert list(Breaker.objects.values_list("refusals", "unknowns", "pauses", "opened_at", "paused_until")) == [
        (0, 0, 0, None, None)
    ]
    assert str(Breaker.objects.get()) == "fake"

    note(*["refused"] * 3)

    assert Incident.objects.count() == 2


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (fact("pending"), (0, 0)),
        (Rejected("closed_card"), (0, 0)),
        (NotRun(), (0, 0)),
        (NotRun(alert=True), (3, 1)),
        (Unknown(), (2, 2)),
        (ZeroDivisionError(), (2, 2)),
    ],
)
def test_answer_when_it_was_watched(
    gateway: FakeGateway, answer: RefundFact | Exception, counted: tuple[int, int]
) -> None:
    """After two refusals and one unknown: what a send and the searches after it leave."""
    note("refused", "refused", "unknown")
    gateway.on_send = answer
    gateway.found = Unknown()
    if isinstance(answer, RefundFact | Rejected | NotRun) and not getattr(answer, "alert", False):
        gateway.found = ()
    builders.work(builders.refund(builders.payment_at("fake")))

    assert list(Breaker.objects.values_list("refusals", "unknowns")) == [counted]


def test_refunds_when_their_provider_is_paused(gateway: FakeGateway) -> None:
    paused = builders.refund(builders.payment_at("fake"))
    free = builders.refund(builders.payment())
    Refund.objects.update(next_at=Now() - timedelta(hours=1))
    before = Refund.objects.get(pk=paused.pk).next_at
    note(*["refused"] * 3)

    assert [lease.refund_id for lease in operations.claim_due(limit=10)] == [free.pk]
    assert Refund.objects.get(pk=paused.pk).next_at == before


def test_refund_when_another_is_the_probe(gateway: FakeGateway) -> None:
    first = builders.refund(builders.payment_at("fake"))
    note(*["refused"] * 3)
    let_pass(timedelta(minutes=2))

    assert breaker.may_call(gateway="fake")

    builders.work(first)

    assert (gateway.sent, builders.attempt(first).state) == ([], "ready")
    assert Refund.objects.get().lease_token is None
