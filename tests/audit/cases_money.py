"""How each promise about captured, owed and paid money is broken."""

from datetime import timedelta

from refunds.models import LedgerEntry, Refund
from tests.audit import scenes
from tests.audit.tampering import NEW_KEY, Tampering, copied

_ENTRY = "refunds_ledgerentry"
_PAYMENT = "refunds_payment"

BOOKS = (
    Tampering(
        code="refunds_within_captured",
        scene=scenes.pending,
        sql=(f"UPDATE {_PAYMENT} SET amount = amount - 1",),
        guards=("refunds_payment_money_is_a_fact", "refunds_payment_reserved_within_captured"),
        offenders=("{payment}",),
    ),
    Tampering(
        code="refunds_within_captured",
        scene=scenes.pending,
        sql=(copied(Refund, "1 = 1", id=f"'{NEW_KEY}'", cause="'x'", amount="1"),),
        guards=("refunds_refund_within_reserved",),
        offenders=("{payment}",),
    ),
    Tampering(
        code="reserved_is_its_sum",
        scene=scenes.pending,
        sql=(f"UPDATE {_PAYMENT} SET reserved = reserved - 1",),
        guards=("refunds_payment_reserves_its_refunds",),
        offenders=("{payment}",),
    ),
    Tampering(
        code="reserved_is_its_sum",
        scene=scenes.booked,
        sql=(f"UPDATE {_PAYMENT} SET reserved = 1",),
        offenders=("{payment}",),
    ),
    Tampering(
        code="currencies_equal",
        scene=scenes.booked,
        sql=(f"UPDATE {_PAYMENT} SET currency = 'EUR'",),
        guards=("refunds_payment_money_is_a_fact",),
        offenders=("{payment}",),
    ),
    Tampering(
        code="currencies_equal",
        scene=scenes.pending,
        sql=("UPDATE refunds_refund SET currency = 'EUR'",),
        guards=("refunds_refund_money_is_fixed",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="entry_moves_money",
        scene=scenes.booked,
        sql=(f"UPDATE {_ENTRY} SET amount = 0",),
        guards=("refunds_ledgerentry_append_only", "refunds_ledger_amount_positive"),
        offenders=("{entry_capture}",),
    ),
    Tampering(
        code="entry_moves_money",
        scene=scenes.booked,
        sql=(f"UPDATE {_ENTRY} SET debit = credit",),
        guards=("refunds_ledgerentry_append_only", "refunds_ledger_two_accounts"),
        offenders=("{entry_capture}",),
    ),
    Tampering(
        code="entry_uses_its_accounts",
        scene=scenes.booked,
        sql=(f"UPDATE {_ENTRY} SET credit = 'external'",),
        guards=("refunds_ledgerentry_append_only",),
        offenders=("{entry_capture}",),
    ),
    Tampering(
        code="entry_uses_its_accounts",
        scene=scenes.booked,
        sql=(f"UPDATE {_ENTRY} SET debit = 'patient_credit'",),
        guards=("refunds_ledgerentry_append_only", "refunds_ledger_credit_has_holder"),
        offenders=("{entry_capture}",),
    ),
    Tampering(
        code="paid_entry_is_of_its_attempt",
        scene=scenes.completed,
        sql=(f"UPDATE {_ENTRY} SET key = 'paid:x' WHERE kind = 'paid'",),
        guards=("refunds_ledgerentry_append_only",),
        offenders=("{entry_paid}",),
    ),
    Tampering(
        code="paid_entry_is_of_its_attempt",
        scene=scenes.completed,
        sql=(f"UPDATE {_ENTRY} SET credit = 'insurer_payable' WHERE kind = 'paid'",),
        guards=("refunds_ledgerentry_append_only",),
        offenders=("{entry_paid}",),
    ),
    Tampering(
        code="paid_checkout_has_its_payment",
        scene=scenes.booked,
        sql=("UPDATE refunds_checkout SET state = 'expired'",),
        guards=("refunds_checkout_legal_edges",),
        offenders=("{checkout}",),
    ),
    Tampering(
        code="one_capture_entry",
        scene=scenes.booked,
        sql=(f"DELETE FROM {_ENTRY}",),
        guards=("refunds_ledgerentry_no_delete",),
        offenders=("{payment}",),
    ),
    Tampering(
        code="one_grant_entry",
        scene=scenes.pending,
        sql=(f"UPDATE {_ENTRY} SET amount = 1 WHERE kind = 'grant'",),
        guards=("refunds_ledgerentry_append_only",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="paid_is_completed",
        scene=scenes.completed,
        sql=(copied(LedgerEntry, "kind = 'paid'", key="'paid:again'"),),
        offenders=("{refund}",),
    ),
    Tampering(
        code="payable_is_owed",
        scene=scenes.completed,
        sql=(copied(LedgerEntry, "kind = 'grant'", key="'grant:again'"),),
        offenders=("INR 100000 0",),
    ),
    Tampering(
        code="outside_is_booked",
        scene=scenes.booked,
        sql=(f"UPDATE {_PAYMENT} SET refunded_elsewhere = 1",),
        offenders=("{payment}",),
    ),
    Tampering(
        code="credit_not_negative",
        scene=scenes.booked,
        sql=(copied(LedgerEntry, "1 = 1", key="'again'", debit="'patient_credit'", holder="'{holder}'"),),
        offenders=("{holder} INR",),
    ),
)

WORK = (
    Tampering(
        code="open_work_is_scheduled",
        scene=scenes.processing,
        sql=("UPDATE refunds_refund SET next_at = NULL",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="nothing_is_overdue",
        scene=scenes.processing,
        sql=("UPDATE refunds_refund SET next_at = '2026-11-02 08:00:00+00:00'",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="no_stale_webhook",
        scene=scenes.webhook,
        sql=("UPDATE refunds_gatewayevent SET received_at = '2026-11-02 08:00:00+00:00'",),
        guards=("refunds_gatewayevent_kept_as_it_came",),
        offenders=("{webhook}",),
    ),
    Tampering(
        code="checkouts_are_asked",
        scene=scenes.booked,
        sql=("UPDATE refunds_checkout SET next_at = '2026-11-02 08:00:00+00:00'",),
        offenders=("{checkout}",),
    ),
    Tampering(
        code="unusable_money_goes_back",
        scene=scenes.late,
        sql=(f"UPDATE {_PAYMENT} SET reserved = reserved - 1, captured_at = '2026-11-02 08:00:00+00:00'",),
        guards=("refunds_payment_reserves_its_refunds",),
        offenders=("{payment}",),
        after=timedelta(minutes=17),
    ),
)
