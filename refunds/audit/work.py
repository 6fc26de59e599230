"""Promises about work: what is due is done, and what came in is worked off."""

from refunds.audit.engine import Promise

WORK = (
    Promise(
        "open_work_is_scheduled",
        "Every refund that a machine pays and that is not over has a time when a worker looks again, or an incident for a person.",
        "It is forgotten.",
        """
        SELECT r.id FROM refunds_refund r JOIN refunds_refundattempt a ON a.refund_id = r.id
        WHERE r.next_at IS NULL AND r.status <> 'completed'
            AND a.channel NOT IN ('cash', 'bank_transfer', 'insurance_window', 'credit')
            AND a.state IN ('ready', 'sent', 'unknown', 'accepted')
            -- The provider knows it as other money: nothing is sent, nobody asks again, a person looks.
            AND NOT (r.status = 'failed' AND EXISTS (SELECT 1 FROM refunds_incident i
                WHERE i.refund_id = r.id AND i.kind IN ('mismatch', 'second_refund')))
        """,
    ),
    Promise(
        "nothing_is_overdue",
        "No refund has been due for more than fifteen minutes, unless its provider is paused, which is an incident of its own.",
        "The workers do not run, or one refund stops them.",
        """
        SELECT r.id FROM refunds_refund r JOIN refunds_payment p ON p.id = r.payment_id
        WHERE r.next_at < %(overdue)s AND NOT EXISTS (
            SELECT 1 FROM refunds_breaker b WHERE b.gateway = p.gateway AND b.paused_until IS NOT NULL)
        """,
    ),
    Promise(
        "no_stale_webhook",
        "No stored webhook waits for more than fifteen minutes after its time.",
        "News of a provider is not read.",
        "SELECT id FROM refunds_gatewayevent WHERE state = 'new' AND COALESCE(next_at, received_at) < %(overdue)s",
    ),
    Promise(
        "checkouts_are_asked",
        "No provider has been due to be asked about a checkout for more than fifteen minutes.",
        "Somebody paid, never came back to the page, and is not booked.",
        "SELECT id FROM refunds_checkout WHERE next_at < %(overdue)s",
    ),
    Promise(
        "unusable_money_goes_back",
        "Money that came too late, twice or in another amount has been granted back whole within fifteen minutes.",
        "The hospital keeps what is not its own.",
        """
        SELECT id FROM refunds_payment
        WHERE NOT usable AND reserved + refunded_elsewhere < amount AND captured_at < %(overdue)s
        """,
    ),
)
