"""Promises that tie appointments to the money of their chains."""

from refunds.audit import Promise

_NOTED = "EXISTS (SELECT 1 FROM appointments_appointmentevent n WHERE n.payment = p.id)"

MONEY = (
    Promise(
        "deed_has_its_refunds",
        "What a cancellation or a move promised back stands as refunds, to the cent.",
        "A patient was promised money that nobody will send, or gets more than promised.",
        """
        SELECT a.reference, e.kind FROM appointments_appointmentevent e
        JOIN appointments_appointment a ON a.id = e.appointment_id
        WHERE e.kind IN ('cancelled', 'rescheduled') AND COALESCE(CAST(e.quote ->> 'refund' AS bigint), 0)
            + COALESCE(CAST(e.quote ->> 'insured' AS bigint), 0) + COALESCE(CAST(e.quote ->> 'credit' AS bigint), 0)
            <> COALESCE((
                SELECT SUM(r.amount) FROM refunds_refund r
                WHERE r.cause IN ('cancel:' || UUID_TEXT(e.id), 'move:' || UUID_TEXT(e.id))), 0)
        """,
    ),
    Promise(
        "deed_has_its_quote",
        "Every cancellation and every move keeps the quote it was decided by.",
        "Nobody can say why a patient got what they got.",
        """
        SELECT id FROM appointments_appointmentevent
        WHERE kind IN ('cancelled', 'rescheduled') AND (quote ->> 'refund') IS NULL
        """,
    ),
    Promise(
        "refund_has_its_deed",
        "Every refund for a cancellation, a move or late money points to what caused it, in the same chain.",
        "Money goes back that no deed explains.",
        """
        SELECT r.id FROM refunds_refund r JOIN refunds_payment p ON p.id = r.payment_id
        LEFT JOIN (
            -- As text, so that SQLite may look a cause up instead of reading all of them for each refund.
            SELECT CAST('cancel:' || UUID_TEXT(e.id) AS text) AS cause, 'chain:' || UUID_TEXT(a.chain_id) AS source
            FROM appointments_appointmentevent e JOIN appointments_appointment a ON a.id = e.appointment_id
            WHERE e.kind = 'cancelled'
            UNION ALL
            SELECT CAST('move:' || UUID_TEXT(e.id) AS text), 'chain:' || UUID_TEXT(a.chain_id)
            FROM appointments_appointmentevent e JOIN appointments_appointment a ON a.id = e.appointment_id
            WHERE e.kind = 'rescheduled'
        ) deed ON deed.cause = r.cause
        WHERE (SUBSTR(r.cause, 1, 7) = 'cancel:' OR SUBSTR(r.cause, 1, 5) = 'move:')
                AND COALESCE(deed.source, '') <> p.source
            OR SUBSTR(r.cause, 1, 5) = 'late:' AND r.cause <> 'late:' || UUID_TEXT(p.id)
            OR SUBSTR(r.cause, 1, 7) = 'payout:' AND (r.cause <> 'payout:' || UUID_TEXT(p.id) OR p.method <> 'credit')
        """,
    ),
    Promise(
        "held_is_what_payments_say",
        "What a live chain holds, with the fees it paid, is what is left of the payments noted for it.",
        "The next quote of this chain is wrong.",
        f"""
        SELECT c.id, c.held FROM appointments_chain c
        WHERE EXISTS (SELECT 1 FROM appointments_appointment a WHERE a.chain_id = c.id
                AND a.status IN ('draft', 'pending_approval', 'confirmed') AND a.replaces_id IS NULL
                OR a.chain_id = c.id AND a.status IN ('pending_approval', 'confirmed'))
            AND c.held + COALESCE((
                SELECT SUM(CAST(e.quote ->> 'fee' AS bigint)) FROM appointments_appointmentevent e
                JOIN appointments_appointment a ON a.id = e.appointment_id
                WHERE a.chain_id = c.id AND e.kind = 'rescheduled'), 0)
            <> COALESCE((
                SELECT SUM(p.amount - p.reserved - p.refunded_elsewhere) FROM refunds_payment p
                WHERE p.source = 'chain:' || UUID_TEXT(c.id) AND p.method <> 'insurance' AND p.usable AND {_NOTED}), 0)
        """,
    ),
    Promise(
        "held_is_what_the_ledger_says",
        "What a live chain holds, with the fees it paid, stands in the ledger as patients' funds of its noted payments.",
        "The books and the booking tell different amounts.",
        f"""
        SELECT c.id, c.held FROM appointments_chain c
        WHERE EXISTS (SELECT 1 FROM appointments_appointment a WHERE a.chain_id = c.id
                AND a.status IN ('draft', 'pending_approval', 'confirmed') AND a.replaces_id IS NULL
                OR a.chain_id = c.id AND a.status IN ('pending_approval', 'confirmed'))
            AND c.held + COALESCE((
                SELECT SUM(CAST(e.quote ->> 'fee' AS bigint)) FROM appointments_appointmentevent e
                JOIN appointments_appointment a ON a.id = e.appointment_id
                WHERE a.chain_id = c.id AND e.kind = 'rescheduled'), 0)
            <> COALESCE((
                SELECT SUM(CASE WHEN l.credit = 'patient_funds' THEN l.amount WHEN l.debit = 'patient_funds' THEN -l.amount
                    ELSE 0 END)
                FROM refunds_ledgerentry l JOIN refunds_payment p ON p.id = l.payment_id
                WHERE p.source = 'chain:' || UUID_TEXT(c.id) AND p.method <> 'insurance' AND p.usable AND {_NOTED}), 0)
        """,
    ),
    Promise(
        "hold_was_released_by_another",
        "Who lets a refund on hold be paid neither changed the patient's contact details nor asked for the refund.",
        "Somebody may have sent a patient's money to themselves.",
        """
        SELECT h.id FROM refunds_holdrelease h
        JOIN refunds_refundpayee y ON y.id = h.payee_id JOIN refunds_refund r ON r.id = y.refund_id
        JOIN refunds_payment p ON p.id = r.payment_id
        WHERE EXISTS (SELECT 1 FROM appointments_contactchange g JOIN appointments_chain c ON c.patient_id = g.patient_id
                WHERE p.source = 'chain:' || UUID_TEXT(c.id) AND g.at <= h.released_at
                AND h.released_by = 'staff:' || CAST(g.actor_user_id AS text))
            OR EXISTS (SELECT 1 FROM appointments_appointmentevent e
                WHERE r.cause IN ('cancel:' || UUID_TEXT(e.id), 'move:' || UUID_TEXT(e.id))
                AND h.released_by = 'staff:' || CAST(e.actor_user_id AS text))
        """,
    ),
    Promise(
        "contact_is_what_was_recorded",
        "A patient is reached where the last recorded change of contact details says.",
        "Somebody changed a patient's address without a trace, and mails with links go there.",
        """
        SELECT p.id FROM appointments_patient p
        WHERE p.email <> COALESCE((SELECT g.after ->> 'email' FROM appointments_contactchange g WHERE g.patient_id = p.id
                AND g.after ->> 'email' IS NOT NULL ORDER BY g.at DESC, g.id DESC LIMIT 1), p.email)
            OR p.phone <> COALESCE((SELECT g.after ->> 'phone' FROM appointments_contactchange g WHERE g.patient_id = p.id
                AND g.after ->> 'phone' IS NOT NULL ORDER BY g.at DESC, g.id DESC LIMIT 1), p.phone)
        """,
    ),
    Promise(
        "ended_chain_holds_nothing",
        "A chain whose appointments were all cancelled holds no money.",
        "Money counts as held for a consultation that will never be.",
        """
        SELECT c.id, c.held FROM appointments_chain c WHERE c.held <> 0 AND NOT EXISTS (
            SELECT 1 FROM appointments_appointment a
            WHERE a.chain_id = c.id AND a.status NOT IN ('cancelled', 'rescheduled'))
        """,
    ),
    Promise(
        "noted_payment_is_the_chains",
        "Each payment that an event took note of is there, and was made for that chain in its currency.",
        "An appointment was booked with money that never came, or with somebody else's.",
        """
        SELECT e.id FROM appointments_appointmentevent e
        JOIN appointments_appointment a ON a.id = e.appointment_id JOIN appointments_chain c ON c.id = a.chain_id
        LEFT JOIN refunds_payment p ON p.id = e.payment
        WHERE e.kind = 'paid'
            AND (p.id IS NULL OR p.source <> 'chain:' || UUID_TEXT(c.id) OR p.currency <> c.currency)
            OR (e.kind = 'paid') <> (e.payment IS NOT NULL)
        """,
    ),
    Promise(
        "payments_are_noted",
        "No payment for an appointment has waited for more than fifteen minutes to be taken note of.",
        "Somebody paid and is not booked.",
        f"""
        SELECT p.id FROM refunds_payment p
        WHERE SUBSTR(p.cause, 1, 4) = 'pay:' AND p.captured_at < %(overdue)s AND NOT {_NOTED}
        """,
    ),
)
