"""Promises about amounts: what was captured, granted, reserved, paid, and what the ledger says of it."""

from refunds.audit.engine import Promise

_PAID_OF_REFUND = """
    SELECT refund_id, SUM(CASE kind WHEN 'paid' THEN amount WHEN 'returned' THEN -amount ELSE 0 END) AS paid
    FROM refunds_ledgerentry WHERE refund_id IS NOT NULL GROUP BY refund_id
"""
_ACCOUNTS = (
    "('capture:clearing>patient_funds', 'capture:patient_credit>patient_funds', 'grant:patient_funds>refunds_payable', "
    "'paid:refunds_payable>clearing', 'paid:refunds_payable>patient_credit', 'paid:refunds_payable>insurer_payable', "
    "'returned:clearing>refunds_payable', 'returned:patient_credit>refunds_payable', "
    "'returned:insurer_payable>refunds_payable')"
)
_PAID_FROM = (
    "CASE a.channel WHEN 'credit' THEN 'patient_credit' WHEN 'insurance_window' THEN 'insurer_payable' "
    "ELSE 'clearing' END"
)

BOOKS = (
    Promise(
        "refunds_within_captured",
        "What is refunded, here and elsewhere, is never more than was captured.",
        "Somebody got more than they paid.",
        """
        SELECT p.id FROM refunds_payment p LEFT JOIN refunds_refund r ON r.payment_id = p.id
        GROUP BY p.id, p.amount, p.refunded_elsewhere
        HAVING COALESCE(SUM(r.amount), 0) + p.refunded_elsewhere > p.amount
        """,
    ),
    Promise(
        "reserved_is_its_sum",
        "What a payment has reserved is the sum of its refunds.",
        "The next refund of this payment is judged by a wrong remainder.",
        """
        SELECT p.id FROM refunds_payment p LEFT JOIN refunds_refund r ON r.payment_id = p.id
        GROUP BY p.id, p.reserved HAVING COALESCE(SUM(r.amount), 0) <> p.reserved
        """,
    ),
    Promise(
        "currencies_equal",
        "A refund and its ledger entries are in the payment's currency.",
        "Amounts of two currencies were added.",
        """
        SELECT r.id FROM refunds_refund r JOIN refunds_payment p ON p.id = r.payment_id WHERE r.currency <> p.currency
        UNION
        SELECT e.refund_id FROM refunds_ledgerentry e JOIN refunds_refund r ON r.id = e.refund_id
        WHERE e.currency <> r.currency
        UNION
        SELECT e.payment_id FROM refunds_ledgerentry e JOIN refunds_payment p ON p.id = e.payment_id
        WHERE e.currency <> p.currency
        """,
    ),
    Promise(
        "entry_moves_money",
        "Each ledger entry moves a positive amount from one account to another.",
        "The books do not balance.",
        "SELECT id FROM refunds_ledgerentry WHERE amount <= 0 OR debit = credit",
    ),
    Promise(
        "entry_uses_its_accounts",
        "Each kind of ledger entry moves money between its own accounts, and credit is always somebody's.",
        "Money stands in an account where nobody looks for it.",
        f"""
        SELECT id FROM refunds_ledgerentry
        WHERE (kind || ':' || debit || '>' || credit) NOT IN {_ACCOUNTS}
                AND NOT (kind = 'outside' AND 'external' IN (debit, credit))
            OR ('patient_credit' IN (debit, credit)) <> (holder <> '')
        """,
    ),
    Promise(
        "paid_entry_is_of_its_attempt",
        "What the ledger says was paid or came back was, by an attempt of that refund and through its channel.",
        "The books say that somebody was paid by cash who was paid by card.",
        f"""
        SELECT e.id FROM refunds_ledgerentry e
        LEFT JOIN refunds_refundattempt a ON a.refund_id = e.refund_id AND e.key = e.kind || ':' || a.key
        WHERE e.kind IN ('paid', 'returned') AND (a.id IS NULL OR a.state NOT IN ('succeeded', 'returned')
            OR CASE e.kind WHEN 'paid' THEN e.credit ELSE e.debit END <> {_PAID_FROM})
        """,
    ),
    Promise(
        "paid_checkout_has_its_payment",
        "An ask for money is paid exactly when one payment of it counts.",
        "Somebody paid and is asked again, or did not pay and is told so.",
        """
        SELECT c.id FROM refunds_checkout c LEFT JOIN refunds_payment p ON p.checkout_id = c.id AND p.usable
        GROUP BY c.id, c.state HAVING COUNT(p.id) <> CASE c.state WHEN 'paid' THEN 1 ELSE 0 END
        """,
    ),
    Promise(
        "one_capture_entry",
        "Each payment stands in the ledger once, with its amount.",
        "Money came in that the books do not know, or know twice.",
        """
        SELECT p.id FROM refunds_payment p
        LEFT JOIN refunds_ledgerentry e ON e.payment_id = p.id AND e.kind = 'capture'
        GROUP BY p.id, p.amount HAVING COUNT(e.id) <> 1 OR SUM(e.amount) <> p.amount
        """,
    ),
    Promise(
        "one_grant_entry",
        "Each refund was granted in the ledger once, with its amount.",
        "A debt is missing from the books, or stands there twice.",
        """
        SELECT r.id FROM refunds_refund r
        LEFT JOIN refunds_ledgerentry e ON e.refund_id = r.id AND e.kind = 'grant'
        GROUP BY r.id, r.amount HAVING COUNT(e.id) <> 1 OR SUM(e.amount) <> r.amount
        """,
    ),
    Promise(
        "paid_is_completed",
        "The ledger has paid exactly the completed refunds, each once.",
        "A refund counts as paid that was not, or was paid twice.",
        f"""
        SELECT r.id FROM refunds_refund r LEFT JOIN ({_PAID_OF_REFUND}) paid ON paid.refund_id = r.id
        WHERE COALESCE(paid.paid, 0) <> CASE r.status WHEN 'completed' THEN r.amount ELSE 0 END
        """,
    ),
    Promise(
        "payable_is_owed",
        "What the ledger says is payable is the sum of the refunds that are not completed, in each currency.",
        "The hospital owes more or less than its books say.",
        """
        SELECT currency, SUM(payable), SUM(owed) FROM (
            SELECT currency, CASE WHEN credit = 'refunds_payable' THEN amount ELSE -amount END AS payable, 0 AS owed
            FROM refunds_ledgerentry WHERE credit = 'refunds_payable' OR debit = 'refunds_payable'
            UNION ALL
            SELECT currency, 0, amount FROM refunds_refund WHERE status <> 'completed'
        ) sides GROUP BY currency HAVING SUM(payable) <> SUM(owed)
        """,
    ),
    Promise(
        "outside_is_booked",
        "What was refunded outside stands in the ledger with its amount.",
        "A refund made in the provider's dashboard is missing from the books.",
        """
        SELECT p.id FROM refunds_payment p
        LEFT JOIN refunds_ledgerentry e ON e.payment_id = p.id AND e.kind = 'outside'
        GROUP BY p.id, p.refunded_elsewhere HAVING COALESCE(SUM(e.amount), 0) <> p.refunded_elsewhere
        """,
    ),
    Promise(
        "credit_not_negative",
        "Nobody's credit is below zero.",
        "Credit was spent twice.",
        """
        SELECT holder, currency FROM refunds_ledgerentry WHERE holder <> ''
        GROUP BY holder, currency
        HAVING SUM(CASE WHEN credit = 'patient_credit' THEN amount WHEN debit = 'patient_credit' THEN -amount ELSE 0 END) < 0
        """,
    ),
)
