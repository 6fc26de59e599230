"""Promises about work: what is due is done, and what came in is worked off."""

from refunds.audit.engine import Promise

WORK = (
    Promise(
        "open_work_is_scheduled",
        "Every refund that a machine pays and that is not over has a time when a worker looks again.",
        "It is forgotten.",
        """
        SELECT r.id FROM refunds_refund r JOIN refunds_refundattempt a ON a.refund_id = r.id
        WHERE r.next_at IS NULL AND r.status <> 'completed'
            AND a.channel NOT IN ('cash', 'bank_transfer', 'insurance_window', 'credit')
            AND a.state IN ('ready', 'sent', 'unknown', 'accepted')
        """,
    ),
    Promise(
        "nothing_is_overdue",
        "No refund has been due for more than fifteen minutes.",
        "The workers do not run, or one refund stops them.",
        "SELECT id FROM refunds_refund WHERE next_at < %(overdue)s",
    ),
    Promise(
        "no_stale_webhook",
        "No stored webhook waits for more than fifteen minutes after its time.",
        "News of a provider is not read.",
        "SELECT id FROM refunds_gatewayevent WHERE state = 'new' AND COALESCE(next_at, received_at) < %(overdue)s",
    ),
    Promise(
        "unusable_money_goes_back",
        "Money that came too late, twice or in another amount has been granted back within fifteen minutes.",
        "The hospital keeps what is not its own.",
        """
        SELECT id FROM refunds_payment
        WHERE NOT usable AND reserved = 0 AND refunded_elsewhere = 0 AND captured_at < %(overdue)s
        """,
    ),
)
