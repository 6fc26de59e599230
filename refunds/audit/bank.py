"""Promises about bank transfers: what stands in a bank's file, who let it go, and what was made outside."""

from refunds.audit.engine import Promise

BANK = (
    Promise(
        "refund_in_one_file",
        "A refund stands in at most one bank file that may pay it or has paid it.",
        "The bank may pay it twice.",
        """
        SELECT refund_id FROM refunds_bankbatchrow WHERE state IN ('listed', 'paid')
        GROUP BY refund_id HAVING COUNT(*) > 1
        """,
    ),
    Promise(
        "file_is_its_rows",
        "The total of a bank file is the sum of its rows, and each row says what its refund says.",
        "The bank pays another amount than was granted.",
        """
        SELECT b.id FROM refunds_bankbatch b LEFT JOIN refunds_bankbatchrow w ON w.batch_id = b.id
        GROUP BY b.id, b.amount HAVING COALESCE(SUM(w.amount), 0) <> b.amount
        UNION
        SELECT w.batch_id FROM refunds_bankbatchrow w JOIN refunds_bankbatch b ON b.id = w.batch_id
        JOIN refunds_refund r ON r.id = w.refund_id JOIN refunds_refundattempt a ON a.id = w.attempt_id
        JOIN refunds_refundpayee p ON p.id = w.payee_id
        WHERE w.amount <> r.amount OR r.currency <> b.currency OR a.refund_id <> r.id OR p.refund_id <> r.id
        """,
    ),
    Promise(
        "file_is_as_made",
        "A bank file still has the bytes that it was made with.",
        "Somebody changed where the money goes after the file was checked.",
        """
        SELECT id FROM refunds_bankbatch
        WHERE encode(sha256(convert_to(sealed, 'UTF8')), 'hex') <> sealed_sha256
        """,
        sqlite="SELECT id FROM refunds_bankbatch WHERE SHA256(sealed) <> sealed_sha256",
    ),
    Promise(
        "file_row_is_what_happened",
        "What a row of a bank file says became of it is what became of its refund and its file.",
        "The bank paid a refund that still counts as owed, or the other way round.",
        """
        SELECT w.id FROM refunds_bankbatchrow w
        JOIN refunds_bankbatch b ON b.id = w.batch_id JOIN refunds_refundattempt a ON a.id = w.attempt_id
        WHERE CASE w.state
            WHEN 'listed' THEN b.state IN ('made', 'released') AND a.state = 'ready'
            WHEN 'paid' THEN b.state = 'executed' AND a.state = 'succeeded'
                AND COALESCE(a.evidence ->> 'sha256', '') = b.sha256 AND a.reference = w.end_to_end_id
            WHEN 'returned' THEN b.state IN ('released', 'executed') AND a.state IN ('rejected', 'returned')
            WHEN 'void' THEN b.state = 'void'
            END IS NOT TRUE
        """,
    ),
    Promise(
        "file_has_four_eyes",
        "A bank file was released by somebody else than who made it, where the house wants that.",
        "One person alone could pay themselves.",
        "SELECT id FROM refunds_bankbatch WHERE four_eyes AND released_by = made_by",
    ),
    Promise(
        "nothing_on_hold_is_paid",
        "No transfer was put into a bank file while it was on hold.",
        "Money went to an account that nobody had made sure of.",
        """
        SELECT w.id FROM refunds_bankbatchrow w
        JOIN refunds_bankbatch b ON b.id = w.batch_id JOIN refunds_refundpayee p ON p.id = w.payee_id
        LEFT JOIN refunds_holdrelease h ON h.payee_id = p.id
        WHERE p.holds_until > b.made_at AND (h.id IS NULL OR h.released_at > b.made_at)
        """,
    ),
    Promise(
        "outside_rows_are_booked",
        "Each refund made outside stands in the ledger and on its payment with what was booked of it.",
        "A refund made in the provider's dashboard is missing from the books, or counted twice.",
        """
        SELECT o.provider_id FROM refunds_outsiderefund o
        LEFT JOIN refunds_ledgerentry e ON e.key = 'outside:' || o.gateway || ':' || o.provider_id
        WHERE COALESCE(e.amount, 0) <> o.booked OR e.payment_id <> o.payment_id
        UNION
        SELECT CAST(p.id AS text) FROM refunds_payment p LEFT JOIN refunds_outsiderefund o ON o.payment_id = p.id
        GROUP BY p.id, p.refunded_elsewhere HAVING COALESCE(SUM(o.booked), 0) <> p.refunded_elsewhere
        """,
    ),
)
