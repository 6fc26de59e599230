"""How each promise about the states and the history of refunds is broken."""

from refunds.models import Refund, RefundAttempt
from tests.audit import scenes
from tests.audit.tampering import NEW_KEY, Tampering, copied

_ATTEMPT = "refunds_refundattempt"
_EVENT = "refunds_refundevent"
_SECOND = copied(RefundAttempt, "1 = 1", number="2", key="'x'", provider_id="NULL")

HISTORY = (
    Tampering(
        code="one_attempt_holds_money",
        scene=scenes.processing,
        sql=(_SECOND,),
        guards=("refunds_attempt_one_holds_money",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="provider_refund_once",
        scene=scenes.processing,
        sql=(copied(RefundAttempt, "1 = 1", number="2", key="'x'", state="'rejected'"),),
        guards=("refunds_attempt_provider_id_unique",),
        offenders=("sandbox {provider_id}",),
    ),
    Tampering(
        code="completed_has_one_success",
        scene=scenes.completed,
        sql=(f"UPDATE {_ATTEMPT} SET state = 'returned'",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="pending_was_never_sent",
        scene=scenes.pending,
        sql=(f"UPDATE {_ATTEMPT} SET sends = 1",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="processing_has_a_live_attempt",
        scene=scenes.processing,
        sql=(f"UPDATE {_ATTEMPT} SET state = 'rejected'",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="attempt_after_a_no",
        scene=scenes.failed,
        sql=(_SECOND, f"UPDATE {_ATTEMPT} SET state = 'unknown' WHERE number = 1"),
        guards=("refunds_refundattempt_legal_edges",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="attempts_are_gapless",
        scene=scenes.pending,
        sql=(f"UPDATE {_ATTEMPT} SET number = 2",),
        guards=("refunds_refundattempt_request_is_fixed",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="attempts_are_gapless",
        scene=scenes.pending,
        sql=(f"DELETE FROM {_ATTEMPT}",),
        guards=("refunds_refundattempt_no_delete",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="key_and_body_match",
        scene=scenes.pending,
        sql=(f"UPDATE {_ATTEMPT} SET key = 'x'",),
        guards=("refunds_refundattempt_request_is_fixed",),
        offenders=("{attempt}",),
    ),
    Tampering(
        code="key_and_body_match",
        scene=scenes.pending,
        sql=(f"""UPDATE {_ATTEMPT} SET body = '{{{{"amount": "a million"}}}}'""",),
        guards=("refunds_refundattempt_request_is_fixed",),
        offenders=("{attempt}",),
    ),
    Tampering(
        code="nothing_resent_after_a_day",
        scene=scenes.processing,
        sql=(
            (
                f"UPDATE {_ATTEMPT} SET first_sent_at = '2026-11-02 09:00:00+00:00',"
                " last_sent_at = '2026-11-03 09:00:01+00:00'"
            ),
        ),
        offenders=("{attempt}",),
    ),
    Tampering(
        code="hand_payments_carry_evidence",
        scene=scenes.paid_out_in_cash,
        sql=(f"UPDATE {_ATTEMPT} SET reference = ''",),
        guards=("refunds_refundattempt_proof_stays",),
        offenders=("{attempt}",),
    ),
    Tampering(
        code="hand_payments_carry_evidence",
        scene=scenes.paid_out_in_cash,
        sql=(f"UPDATE {_ATTEMPT} SET evidence = '{{{{}}}}'",),
        guards=("refunds_refundattempt_proof_stays",),
        offenders=("{attempt}",),
    ),
    Tampering(
        code="failed_has_a_reason",
        scene=scenes.failed,
        sql=("UPDATE refunds_refund SET reason_code = ''",),
        guards=("refunds_refund_failed_has_reason",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="one_refund_a_cause_and_payment",
        scene=scenes.pending,
        sql=(copied(Refund, "1 = 1", id=f"'{NEW_KEY}'"),),
        guards=("refunds_refund_within_reserved", "refunds_refund_one_per_cause_and_payment"),
        offenders=("{cause} {payment}",),
    ),
    Tampering(
        code="refund_last_event_is_status",
        scene=scenes.completed,
        sql=(f"DELETE FROM {_EVENT} WHERE id = {{step}}",),
        guards=("refunds_refundevent_no_delete",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="refund_last_event_is_status",
        scene=scenes.pending,
        sql=(f"DELETE FROM {_EVENT}",),
        guards=("refunds_refundevent_no_delete",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="refund_last_event_is_status",
        scene=scenes.completed,
        sql=("UPDATE refunds_refund SET status = 'pending', settled_at = NULL",),
        guards=("refunds_refund_legal_edges",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="refund_legal_edges_only",
        scene=scenes.completed,
        sql=(f"UPDATE {_EVENT} SET from_status = 'pending' WHERE id = {{step}}",),
        guards=("refunds_refundevent_append_only",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="completed_left_only_if_returned",
        scene=scenes.returned,
        sql=(f"UPDATE {_ATTEMPT} SET state = 'rejected'",),
        guards=("refunds_refundattempt_legal_edges",),
        offenders=("{refund}",),
    ),
)
