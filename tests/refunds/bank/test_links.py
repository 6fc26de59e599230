"""Links by which patients say how to be paid."""

from datetime import timedelta

import pytest

from refunds.bank import links, queries
from refunds.models import PayoutLink, Refund
from tests.refunds import builders
from tests.refunds.bank.accounts import A_DAY, transfer

pytestmark = pytest.mark.usefixtures("promises")


def issue(refund: Refund) -> str:
    return links.issue_link(refund_id=refund.pk, actor="system", now=builders.NOW)


def found(token: str, *, after: timedelta = timedelta(0)) -> PayoutLink | None:
    return queries.usable_link(digest=links.digest_of(token), now=builders.NOW + after)


def test_link_when_issued() -> None:
    refund = transfer()
    token = issue(refund)
    link = PayoutLink.objects.get()

    assert len(token) == 43
    assert token not in str(PayoutLink.objects.values())
    assert found(token) == link
    assert link.refund == refund


def test_link_when_issued_twice() -> None:
    refund = transfer()

    assert issue(refund) != issue(refund)


def test_link_when_token_is_unknown() -> None:
    issue(transfer())

    assert found("0" * 43) is None


def test_link_when_token_is_the_digest() -> None:
    issue(transfer())

    assert found(PayoutLink.objects.get().digest) is None


@pytest.mark.parametrize(("days", "works"), [(13.99, True), (14, False)])
def test_link_when_it_runs_out(days: float, works: bool) -> None:  # noqa: FBT001
    token = issue(transfer())

    assert (found(token, after=A_DAY * days) is not None) is works


def test_link_when_revoked() -> None:
    refund = transfer()
    token = issue(refund)

    sources = [refund.payment.source]
    assert links.revoke_links_of_sources(sources=["chain:other"], now=builders.NOW) == set()
    assert links.revoke_links_of_sources(sources=sources, now=builders.NOW) == {refund.pk}
    assert links.revoke_links_of_sources(sources=sources, now=builders.NOW) == set()
    assert found(token) is None


@pytest.mark.parametrize(("answers", "works"), [(4, True), (5, False)])
def test_link_when_answered_wrong(answers: int, works: bool) -> None:  # noqa: FBT001
    token = issue(transfer())
    for _ in range(answers):
        links.note_wrong_answer(link=PayoutLink.objects.get(), now=builders.NOW)

    assert (found(token) is not None) is works
