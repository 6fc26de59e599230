"""A worker's turn, and everything that can go wrong in it."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from refunds import operations
from refunds.gateways.base import KeyReused, NotRun, Rejected, Unknown
from refunds.models import AttemptState, Incident, Refund, RefundAttempt
from refunds.operations.process import Step, take
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")
DAY = timedelta(days=1)


@pytest.fixture
def refund(gateway: FakeGateway) -> Refund:
    """Granted, with the provider that does what the test says."""
    return builders.refund(builders.payment_at("fake"))


def age_the_key() -> None:
    RefundAttempt.objects.update(first_sent_at=Now() - DAY)


def state_of(refund: Refund) -> tuple[str, str]:
    return Refund.objects.get(pk=refund.pk).status, builders.attempt(refund).state


def test_send_when_accepted(refund: Refund, gateway: FakeGateway) -> None:
    after = builders.work(refund)

    attempt = builders.attempt(refund)
    assert state_of(refund) == ("processing", "accepted")
    assert (attempt.sends, attempt.provider_id) == (1, "re_1")
    assert [request.key for request in gateway.sent] == [attempt.key]
    assert after.lease_token is None
    assert after.next_at is not None


def test_send_when_done_at_once(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = fact("succeeded", reference="ARN1")
    after = builders.work(refund)

    assert state_of(refund) == ("completed", "succeeded")
    assert (after.settled_at, builders.attempt(refund).reference) == (builders.NOW, "ARN1")


def test_send_when_rejected(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("closed_card", "The card is closed.")
    after = builders.work(refund)

    assert state_of(refund) == ("failed", "rejected")
    assert (after.reason_code, after.reason_text, after.next_at) == ("closed_card", "The card is closed.", None)


def test_send_when_rejected_because_an_earlier_send_did_it(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("already_refunded")
    gateway.found = (fact("succeeded"),)
    builders.work(refund)

    assert state_of(refund) == ("completed", "succeeded")


def test_send_when_rejected_and_the_search_fails(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("already_refunded")
    gateway.found = Unknown()
    builders.work(refund)

    assert state_of(refund) == ("processing", "unknown")


@pytest.mark.parametrize("error", [Unknown(), TimeoutError(), TypeError("bytes")])
def test_send_when_no_clear_answer(refund: Refund, gateway: FakeGateway, error: Exception) -> None:
    gateway.on_send = error
    after = builders.work(refund)

    assert state_of(refund) == ("processing", "unknown")
    assert after.next_at is not None


def test_unknown_when_found(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    gateway.found = (fact("succeeded"),)
    builders.work(refund)

    assert state_of(refund) == ("completed", "succeeded")
    assert len(gateway.sent) == 1


def test_unknown_when_not_found(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    gateway.on_send = fact("succeeded")
    builders.work(refund)

    assert state_of(refund) == ("completed", "succeeded")
    assert gateway.sent[0] == gateway.sent[1]
    assert builders.attempt(refund).sends == 2


def test_unknown_when_it_stays_so_five_times(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    for _ in range(5):
        builders.work(refund)

    assert state_of(refund) == ("processing", "unknown")
    assert len({request.key for request in gateway.sent}) == 1


def test_unknown_when_the_search_fails(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    gateway.found = TimeoutError()
    builders.work(refund)

    assert state_of(refund) == ("processing", "unknown")
    assert len(gateway.sent) == 1


def test_unknown_when_the_key_is_old(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    age_the_key()
    after = builders.work(refund)

    assert state_of(refund) == ("failed", "unknown")
    assert after.reason_code == "outcome_unknown"
    assert after.next_at is not None
    assert len(gateway.sent) == 1


def test_unknown_when_proof_comes_after_three_days(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    age_the_key()
    builders.work(refund)
    gateway.found = (fact("succeeded"),)
    after = builders.work(refund, now=builders.NOW + 3 * DAY)

    assert state_of(refund) == ("completed", "succeeded")
    assert after.reason_code == ""


def test_unknown_when_given_up_and_still_not_found(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    age_the_key()
    builders.work(refund)
    RefundAttempt.objects.update(first_sent_at=Now())
    builders.work(refund)

    assert state_of(refund) == ("failed", "unknown")
    assert len(gateway.sent) == 1


def test_worker_when_it_dies_between_write_ahead_and_call(refund: Refund, gateway: FakeGateway) -> None:
    work = take(lease=builders.lease(refund), now=builders.NOW)
    assert work is not None
    assert (work.step, work.first) == (Step.SEND, True)
    assert state_of(refund) == ("processing", "sent")

    builders.work(refund)
    assert state_of(refund) == ("processing", "accepted")
    assert (len(gateway.sent), builders.attempt(refund).sends) == (1, 2)


def test_worker_when_it_dies_after_the_call(refund: Refund, gateway: FakeGateway) -> None:
    take(lease=builders.lease(refund), now=builders.NOW)
    gateway.found = (fact("pending"),)
    builders.work(refund)

    assert state_of(refund) == ("processing", "accepted")
    assert gateway.sent == []


def test_worker_when_it_died_a_day_ago_before_the_call(refund: Refund, gateway: FakeGateway) -> None:
    take(lease=builders.lease(refund), now=builders.NOW)
    age_the_key()
    builders.work(refund)

    assert state_of(refund) == ("failed", "unknown")
    assert gateway.sent == []


def test_worker_when_its_lease_was_lost(refund: Refund, gateway: FakeGateway) -> None:
    late = builders.lease(refund)
    builders.lease(refund)
    operations.process_refund(lease=late, now=builders.NOW)

    assert state_of(refund) == ("pending", "ready")
    assert gateway.sent == []
    assert Refund.objects.get().lease_token is not None


def test_worker_when_its_lease_is_lost_during_the_search(
    refund: Refund, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    lease = builders.lease(refund)

    def slow_search(*_: object) -> tuple[()]:
        builders.lease(refund)
        return ()

    monkeypatch.setattr(gateway, "find_refunds", slow_search)
    operations.process_refund(lease=lease, now=builders.NOW)

    assert len(gateway.sent) == 1
    assert state_of(refund) == ("processing", "unknown")


def test_send_when_a_webhook_was_faster(refund: Refund, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> None:
        told = fact("succeeded")
        operations.apply_outcome(attempt_id=builders.attempt(refund).pk, fact=told, now=builders.NOW, actor="hook")
        raise TimeoutError

    monkeypatch.setattr(gateway, "create_refund", slow)
    builders.work(refund)

    assert state_of(refund) == ("completed", "succeeded")


def test_rejection_when_a_webhook_was_faster(
    refund: Refund, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.on_send = Rejected("already_refunded")

    def slow(*_: object) -> tuple[()]:
        told = fact("succeeded")
        operations.apply_outcome(attempt_id=builders.attempt(refund).pk, fact=told, now=builders.NOW, actor="hook")
        return ()

    monkeypatch.setattr(gateway, "find_refunds", slow)
    builders.work(refund)

    assert state_of(refund) == ("completed", "succeeded")


def test_send_when_it_did_not_run(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = NotRun(retry_after=timedelta(minutes=3))
    after = builders.work(refund)

    attempt = builders.attempt(refund)
    assert (attempt.state, attempt.first_sent_at, attempt.sends) == (AttemptState.SENT, None, 1)
    assert after.next_at == builders.NOW + timedelta(minutes=3)
    assert Incident.objects.count() == 0


def test_send_when_our_key_is_refused(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = NotRun(alert=True)
    builders.work(refund)
    gateway.found = NotRun(alert=True)
    builders.work(refund)

    assert state_of(refund) == ("processing", "unknown")
    assert [incident.kind for incident in Incident.objects.all()] == ["gateway_refused_us"]
    assert str(Incident.objects.get()) == "gateway_refused_us"


def test_send_when_it_did_not_run_for_two_days(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = NotRun()
    builders.work(refund)
    age = RefundAttempt.objects.get()
    gateway.on_send = fact("succeeded")
    builders.work(refund, now=builders.NOW + 2 * DAY)

    assert age.first_sent_at is None
    assert state_of(refund) == ("completed", "succeeded")


def test_second_send_when_it_did_not_run(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    gateway.on_send = NotRun()
    builders.work(refund)

    assert builders.attempt(refund).first_sent_at is not None
    assert state_of(refund) == ("processing", "sent")


def test_send_when_the_key_was_used_for_another_body(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = KeyReused()
    builders.work(refund)

    assert state_of(refund) == ("processing", "unknown")
    assert [incident.kind for incident in Incident.objects.all()] == ["key_reused"]
