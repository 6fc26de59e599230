"""Promises about states: attempts, statuses, and the history that leads to them."""

from refunds.audit.engine import Promise

_HOLDING = "('ready', 'sent', 'unknown', 'accepted', 'succeeded')"
_EDGES = (
    "('>pending', 'pending>processing', 'pending>failed', 'processing>completed', 'processing>failed', "
    "'failed>processing', 'failed>completed', 'completed>failed')"
)
_KEY = "'rf_' || REPLACE(CAST(r.id AS text), '-', '') || '_' || CAST(a.number AS text)"


def _said(name: str) -> str:
    """What the stored body says, as text: a body that was tampered with may hold anything, and must not stop the audit."""
    return f"COALESCE(CAST(a.body ->> '{name}' AS text), '')"


HISTORY = (
    Promise(
        "one_attempt_holds_money",
        "At most one attempt of a refund can pay or has paid.",
        "The same refund may be paid twice.",
        f"""
        SELECT refund_id FROM refunds_refundattempt WHERE state IN {_HOLDING} GROUP BY refund_id HAVING COUNT(*) > 1
        """,
    ),
    Promise(
        "provider_refund_once",
        "A provider's refund belongs to one attempt.",
        "One refund of the provider is counted twice.",
        """
        SELECT channel, provider_id FROM refunds_refundattempt WHERE provider_id IS NOT NULL
        GROUP BY channel, provider_id HAVING COUNT(*) > 1
        """,
    ),
    Promise(
        "completed_has_one_success",
        "A refund is completed exactly when one of its attempts succeeded and stayed so.",
        "The patient is told a wrong state.",
        """
        SELECT r.id FROM refunds_refund r
        LEFT JOIN refunds_refundattempt a ON a.refund_id = r.id AND a.state = 'succeeded'
        GROUP BY r.id, r.status HAVING COUNT(a.id) <> CASE r.status WHEN 'completed' THEN 1 ELSE 0 END
        """,
    ),
    Promise(
        "pending_was_never_sent",
        "Nothing of a pending refund was ever sent.",
        "Somebody may treat money on its way as not sent.",
        """
        SELECT r.id FROM refunds_refund r JOIN refunds_refundattempt a ON a.refund_id = r.id
        WHERE r.status = 'pending' AND (a.sends > 0 OR a.state <> 'ready')
        """,
    ),
    Promise(
        "processing_has_a_live_attempt",
        "A refund in work has an attempt that can still pay.",
        "Nobody works on it and nobody is told.",
        """
        SELECT r.id FROM refunds_refund r WHERE r.status = 'processing' AND NOT EXISTS (
            SELECT 1 FROM refunds_refundattempt a
            WHERE a.refund_id = r.id AND a.state IN ('ready', 'sent', 'unknown', 'accepted'))
        """,
    ),
    Promise(
        "attempt_after_a_no",
        "A new attempt is made only after the one before it was rejected or returned.",
        "Two attempts of a refund may both pay.",
        """
        SELECT a.refund_id FROM refunds_refundattempt a
        JOIN refunds_refundattempt later ON later.refund_id = a.refund_id AND later.number > a.number
        WHERE a.state IN ('ready', 'sent', 'unknown')
            -- Proof may bring a rejected one back to life while every later one was rejected too.
            OR a.state IN ('accepted', 'succeeded') AND later.state NOT IN ('rejected', 'returned')
        """,
    ),
    Promise(
        "attempts_are_gapless",
        "Every refund has attempts, numbered from one without a gap.",
        "A try to pay is missing; it may have paid.",
        """
        SELECT r.id FROM refunds_refund r LEFT JOIN refunds_refundattempt a ON a.refund_id = r.id
        GROUP BY r.id HAVING COUNT(a.id) = 0 OR MIN(a.number) <> 1 OR MAX(a.number) <> COUNT(a.id)
        """,
    ),
    Promise(
        "key_and_body_match",
        "The key and the stored body of an attempt say what its refund says.",
        "The provider was asked for something else than was granted.",
        f"""
        SELECT a.id FROM refunds_refundattempt a
        JOIN refunds_refund r ON r.id = a.refund_id JOIN refunds_payment p ON p.id = r.payment_id
        WHERE a.key <> {_KEY} OR {_said("key")} <> a.key OR {_said("payment")} <> p.provider_id
            OR {_said("amount")} <> CAST(r.amount AS text) OR {_said("currency")} <> r.currency
        """,
    ),
    Promise(
        "nothing_resent_after_a_day",
        "Nothing is sent again more than 24 hours after its first send.",
        "The provider may have forgotten the key and pay twice.",
        "SELECT id FROM refunds_refundattempt WHERE last_sent_at > first_sent_at + interval '24 hours'",
        sqlite="SELECT id FROM refunds_refundattempt WHERE julianday(last_sent_at) - julianday(first_sent_at) > 1",
    ),
    Promise(
        "hand_payments_carry_evidence",
        "What people paid by hand has a receipt and who confirmed it.",
        "Cash or a transfer cannot be proven.",
        """
        SELECT a.id FROM refunds_refundattempt a
        WHERE a.channel IN ('cash', 'bank_transfer', 'insurance_window') AND a.state IN ('succeeded', 'returned')
            AND (a.reference = '' OR COALESCE(a.evidence ->> 'confirmed_by', '') = '')
        """,
    ),
    Promise(
        "failed_has_a_reason",
        "A failed refund has a reason.",
        "Nobody knows what to do with it.",
        "SELECT id FROM refunds_refund WHERE status = 'failed' AND reason_code = ''",
    ),
    Promise(
        "one_refund_a_cause_and_payment",
        "One deed refunds one payment once.",
        "A double click paid twice.",
        "SELECT cause, payment_id FROM refunds_refund GROUP BY cause, payment_id HAVING COUNT(*) > 1",
    ),
    Promise(
        "refund_last_event_is_status",
        "The last event of a refund is its status, and the events are gapless.",
        "The history was tampered with or a step was not written down.",
        """
        SELECT r.id FROM refunds_refund r JOIN refunds_refundevent e ON e.refund_id = r.id
        GROUP BY r.id, r.status
        HAVING COUNT(*) <> MAX(e.sequence) OR MIN(e.sequence) <> 1 OR r.status <> (
            SELECT newest.to_status FROM refunds_refundevent newest
            WHERE newest.refund_id = r.id ORDER BY newest.sequence DESC LIMIT 1)
        UNION
        SELECT r.id FROM refunds_refund r
        WHERE NOT EXISTS (SELECT 1 FROM refunds_refundevent e WHERE e.refund_id = r.id)
        """,
    ),
    Promise(
        "refund_legal_edges_only",
        "Every step of a refund follows the last one and is a legal one.",
        "A status was skipped or invented.",
        f"""
        SELECT e.refund_id FROM refunds_refundevent e
        LEFT JOIN refunds_refundevent prior ON prior.refund_id = e.refund_id AND prior.sequence = e.sequence - 1
        WHERE e.from_status <> COALESCE(prior.to_status, '') OR (e.from_status || '>' || e.to_status) NOT IN {_EDGES}
        """,
    ),
    Promise(
        "completed_left_only_if_returned",
        "A refund leaves Completed only because the bank sent the money back.",
        "A paid refund was taken up again.",
        """
        SELECT e.refund_id FROM refunds_refundevent e WHERE e.from_status = 'completed'
        GROUP BY e.refund_id HAVING COUNT(*) > (
            SELECT COUNT(*) FROM refunds_refundattempt a WHERE a.refund_id = e.refund_id AND a.state = 'returned')
        """,
    ),
)
