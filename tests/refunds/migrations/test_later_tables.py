"""What the database refuses in the tables around refunds: asks for money, news of providers, bank files, links, holds."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from refunds.bank import holds, links
from refunds.bank.payees import Hold, give_bank_details
from refunds.models import (
    BankBatch,
    BankBatchRow,
    Breaker,
    Checkout,
    Dispute,
    GatewayEvent,
    HoldReason,
    HoldRelease,
    OutsideRefund,
    PayoutLink,
    RefundAttempt,
    RefundPayee,
)
from tests.refunds import builders
from tests.refunds.bank.accounts import INDIA, OTHER, give, payable, transfer
from tests.refunds.bank.files import bring_back, execute, make, released

pytestmark = pytest.mark.django_db
_ROWS = (BankBatch, BankBatchRow, Breaker, Checkout, Dispute, GatewayEvent, HoldRelease, OutsideRefund, PayoutLink)
_KEPT = (*_ROWS, RefundAttempt, RefundPayee)


@pytest.fixture(autouse=True)
def _house(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]
    settings.BANK_FOUR_EYES = True


def refused(sql: str, guard: str) -> bool:
    """Whether the database refuses it by this guard, and nothing has changed."""
    before = [list(model._default_manager.order_by("pk").values()) for model in _KEPT]
    with pytest.raises(IntegrityError, match=guard), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return before == [list(model._default_manager.order_by("pk").values()) for model in _KEPT]


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("DELETE FROM refunds_checkout", "refunds_checkout_no_delete"),
        ("UPDATE refunds_checkout SET amount = 1", "refunds_checkout_ask_is_fixed"),
        ("UPDATE refunds_checkout SET cause = 'x'", "refunds_checkout_ask_is_fixed"),
        ("UPDATE refunds_checkout SET expires_at = created_at", "refunds_checkout_ask_is_fixed"),
        ("UPDATE refunds_checkout SET state = 'open' WHERE state = 'paid'", "refunds_checkout_legal_edges"),
        ("UPDATE refunds_checkout SET state = 'expired' WHERE state = 'paid'", "refunds_checkout_legal_edges"),
        ("UPDATE refunds_checkout SET state = 'paid' WHERE state = 'open'", "refunds_checkout_paid_by_a_payment"),
        ("UPDATE refunds_payment SET checkout_id = NULL", "refunds_payment_money_is_a_fact"),
        ("UPDATE refunds_payment SET purpose = 'reschedule'", "refunds_payment_money_is_a_fact"),
    ],
)
def test_checkout_when_tampered_with(sql: str, guard: str) -> None:
    builders.payment()
    builders.checkout(cause="hold:2")

    assert refused(sql, guard)


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("DELETE FROM refunds_gatewayevent", "refunds_gatewayevent_no_delete"),
        ("UPDATE refunds_gatewayevent SET event_id = 'x'", "refunds_gatewayevent_kept_as_it_came"),
        ("UPDATE refunds_gatewayevent SET headers = '{\"a\": 1}'", "refunds_gatewayevent_kept_as_it_came"),
        ("UPDATE refunds_gatewayevent SET state = 'new'", "refunds_gatewayevent_legal_edges"),
        ("DELETE FROM refunds_dispute", "refunds_dispute_no_delete"),
        ("UPDATE refunds_dispute SET amount = 1", "refunds_dispute_facts_are_fixed"),
        ("UPDATE refunds_dispute SET state = 'open'", "refunds_dispute_legal_edges"),
        ("DELETE FROM refunds_outsiderefund", "refunds_outsiderefund_no_delete"),
        ("UPDATE refunds_outsiderefund SET booked = 0", "refunds_outsiderefund_append_only"),
        ("UPDATE refunds_breaker SET paused_until = '2999-01-01 00:00:00+00:00'", "refunds_breaker_pause_has_begun"),
    ],
)
def test_news_of_a_provider_when_tampered_with(sql: str, guard: str) -> None:
    payment = builders.payment()
    told = {"gateway": "sandbox", "provider_id": "x", "amount": 5, "currency": "INR", "payment": payment}
    Dispute.objects.create(**told, state="won", found_at=builders.NOW, changed_at=builders.NOW)
    OutsideRefund.objects.create(**told, booked=5, found_at=builders.NOW)
    GatewayEvent.objects.create(gateway="sandbox", event_id="1", body=b"{}", received_at=builders.NOW, state="done")
    Breaker.objects.create(gateway="sandbox")

    assert refused(sql, guard)


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("DELETE FROM refunds_bankbatch", "refunds_bankbatch_no_delete"),
        ("UPDATE refunds_bankbatch SET sealed = 'x'", "refunds_bankbatch_file_is_fixed"),
        ("UPDATE refunds_bankbatch SET sealed_sha256 = 'x'", "refunds_bankbatch_file_is_fixed"),
        ("UPDATE refunds_bankbatch SET four_eyes = NOT four_eyes", "refunds_bankbatch_file_is_fixed"),
        ("UPDATE refunds_bankbatch SET state = 'made'", "refunds_bankbatch_legal_edges"),
        ("UPDATE refunds_bankbatch SET released_by = 'staff:9'", "refunds_bankbatch_signed_once"),
        ("UPDATE refunds_bankbatch SET state = 'executed'", "refunds_batch_closed_by_somebody"),
        ("DELETE FROM refunds_bankbatchrow", "refunds_bankbatchrow_no_delete"),
        ("UPDATE refunds_bankbatchrow SET payee_id = payee_id + 1", "refunds_bankbatchrow_row_is_fixed"),
        ("UPDATE refunds_bankbatchrow SET amount = 1", "refunds_bankbatchrow_row_is_fixed"),
        ("UPDATE refunds_refundpayee SET sealed = 'x'", "refunds_refundpayee_given_is_fixed"),
        ("UPDATE refunds_refundpayee SET holds_until = given_at", "refunds_refundpayee_given_is_fixed"),
        ("UPDATE refunds_refundpayee SET replaced_at = given_at", "refunds_refundpayee_replaced_once"),
        ("DELETE FROM refunds_refundpayee", "refunds_refundpayee_no_delete"),
    ],
)
def test_bank_file_when_tampered_with(sql: str, guard: str) -> None:
    payable()
    released()

    assert refused(sql, guard)


def test_bank_file_when_released_by_its_maker() -> None:
    payable()
    make(actor="staff:1")

    sql = "UPDATE refunds_bankbatch SET state = 'released', released_by = 'staff:1', released_at = made_at"
    assert refused(sql, "refunds_batch_four_eyes")


def test_bank_file_when_closed_twice() -> None:
    payable()
    execute(released())

    assert refused("UPDATE refunds_bankbatch SET evidence = 'x'", "refunds_bankbatch_signed_once")
    assert refused("UPDATE refunds_bankbatchrow SET state = 'listed'", "refunds_bankbatchrow_legal_edges")
    assert refused("UPDATE refunds_refundattempt SET reference = 'x'", "refunds_refundattempt_proof_stays")
    assert refused("UPDATE refunds_refundattempt SET evidence = '{}'", "refunds_refundattempt_proof_stays")


_ADD = """
    INSERT INTO refunds_bankbatchrow (id, batch_id, refund_id, attempt_id, payee_id, end_to_end_id, amount, state)
    SELECT 900, {batch}, p.refund_id, a.id, p.id, 'x', {amount}, 'listed'
    FROM refunds_refundpayee p JOIN refunds_refundattempt a ON a.refund_id = p.refund_id
    WHERE a.state = 'ready' AND p.number = {number} AND p.refund_id NOT IN (SELECT refund_id FROM refunds_bankbatchrow)
"""


@pytest.mark.parametrize(
    ("amount", "number", "is_released"), [("75000", 2, True), ("1", 2, False), ("75000", 1, False), ("75000", 2, False)]
)
def test_bank_file_when_a_row_is_added(amount: str, number: int, is_released: bool) -> None:  # noqa: FBT001
    payable()
    if is_released:
        released()
    else:
        make()
    late = payable(cause="cancel:2")
    give(late, OTHER)  # the second details are on hold

    sql = _ADD.format(batch="(SELECT id FROM refunds_bankbatch)", amount=amount, number=number)
    assert refused(sql, "refunds_bankbatchrow_fits_its_file")


def test_payee_when_brought_back() -> None:
    refund = payable()
    released()
    bring_back()
    give(refund, OTHER)

    assert refused(
        "UPDATE refunds_refundpayee SET replaced_at = NULL WHERE number = 1", "refunds_refundpayee_replaced_once"
    )


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("DELETE FROM refunds_payoutlink", "refunds_payoutlink_no_delete"),
        (
            "UPDATE refunds_payoutlink SET expires_at = '2999-01-01 00:00:00+00:00'",
            "refunds_payoutlink_issued_is_fixed",
        ),
        ("UPDATE refunds_payoutlink SET digest = 'x'", "refunds_payoutlink_issued_is_fixed"),
        ("UPDATE refunds_payoutlink SET revoked_at = NULL", "refunds_payoutlink_never_opens_again"),
        ("UPDATE refunds_payoutlink SET wrong_answers = 0", "refunds_payoutlink_never_opens_again"),
        ("DELETE FROM refunds_holdrelease", "refunds_holdrelease_no_delete"),
        ("UPDATE refunds_holdrelease SET released_by = 'staff:9'", "refunds_holdrelease_append_only"),
    ],
)
def test_link_and_release_when_tampered_with(sql: str, guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "_rules", [])
    refund = transfer()
    links.issue_link(refund_id=refund.pk, actor="mail", now=builders.NOW)
    links.note_wrong_answer(link=PayoutLink.objects.get(), now=builders.NOW)
    links.revoke_links_of_sources(sources=[refund.payment.source], now=builders.NOW)
    hold = Hold(until=builders.NOW + timedelta(days=3), reason=HoldReason.CONTACT)
    give_bank_details(refund_id=refund.pk, details=INDIA, actor="patient:1", now=builders.NOW, hold=hold)
    holds.release_hold(refund_id=refund.pk, reason="Called", actor="staff:2", now=builders.NOW)

    assert refused(sql, guard)
