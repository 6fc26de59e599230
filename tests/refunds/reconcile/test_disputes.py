"""Payers who ask their bank for the money back."""

import pytest
from django.db import IntegrityError, connection, transaction

from refunds import operations, queries
from refunds.gateways.base import DisputeFactState, Unknown
from refunds.models import Dispute, Incident, Refund, Way
from refunds.reconcile.disputes import take_in_dispute
from tests.refunds import builders
from tests.refunds.reconcile.account import Account, dispute

pytestmark = pytest.mark.usefixtures("promises")


def take_in(state: DisputeFactState = "open", *, payment: str = "pay_1") -> Dispute | None:
    return take_in_dispute(gateway="fake", fact=dispute(state, payment=payment), now=builders.NOW)


def state_of(refund: Refund) -> tuple[str, str, str]:
    fresh = Refund.objects.get(pk=refund.pk)
    return fresh.status, fresh.reason_code, builders.attempt(fresh).state


def told() -> list[str]:
    return [one.details["state"] for one in Incident.objects.filter(kind="dispute").order_by("pk")]


def test_dispute_when_a_refund_waits(account: Account) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    found = take_in()

    assert state_of(refund) == ("failed", "disputed", "rejected")
    assert (str(found), told()) == ("fake:dp_1", ["open"])
    assert list(queries.open_disputes()) == [found]


def test_dispute_when_told_twice(account: Account) -> None:
    builders.payment_at("fake")

    assert take_in() == take_in()
    assert (Dispute.objects.count(), told()) == (1, ["open"])


def test_dispute_when_a_refund_goes_another_way(account: Account) -> None:
    refund = builders.refund(builders.payment_at("fake"), way=Way.CASH)
    take_in()

    assert state_of(refund) == ("pending", "", "ready")


def test_dispute_when_of_somebody_else(account: Account) -> None:
    assert take_in(payment="pay_of_others") is None
    assert Dispute.objects.count() == 0


def test_refund_when_granted_under_a_dispute(account: Account) -> None:
    payment = builders.payment_at("fake")
    take_in()
    refund = builders.refund(payment)
    builders.work(refund)

    assert (state_of(refund), account.sent) == (("failed", "disputed", "rejected"), [])


def test_refund_when_a_person_decides_to_pay(account: Account) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    take_in()
    operations.retry(refund_id=refund.pk, actor="staff:1", now=builders.NOW)
    take_in()
    builders.work(refund)

    assert (state_of(refund), len(account.sent)) == (("processing", "", "accepted"), 1)


def test_refund_when_its_send_is_unknown(account: Account) -> None:
    account.on_send = Unknown()
    refund = builders.refund(builders.payment_at("fake"))
    builders.work(refund)
    take_in()
    builders.work(refund)

    assert (state_of(refund), len(account.sent)) == (("failed", "disputed", "unknown"), 1)


@pytest.mark.parametrize("end", ["won", "lost"])
def test_dispute_when_it_ends(account: Account, end: DisputeFactState) -> None:
    payment = builders.payment_at("fake")
    take_in()
    take_in(end)
    take_in()  # old news
    refund = builders.refund(payment)
    builders.work(refund)

    assert (Dispute.objects.get().state, told()) == (end, ["open", end])
    assert len(account.sent) == 1


def test_dispute_when_deleted(account: Account) -> None:
    builders.payment_at("fake")
    take_in()

    with (
        pytest.raises(IntegrityError, match="refunds_dispute_no_delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM refunds_dispute")
    assert Dispute.objects.count() == 1
