"""Promises about doctors who are suddenly away."""

from refunds.audit import Promise

LEAVES = (
    Promise(
        "leave_has_its_cases",
        "A started leave has a case for each patient it was confirmed for, with the money that was shown.",
        "Somebody was forgotten, or gets another amount than was previewed.",
        """
        SELECT l.id FROM appointments_emergencyleave l LEFT JOIN (
            SELECT leave_id, COUNT(*) AS people, SUM(refund) AS refund, SUM(insured) AS insured
            FROM appointments_leavecase WHERE NOT was_draft GROUP BY leave_id
        ) c ON c.leave_id = l.id
        WHERE l.started_at IS NOT NULL AND (l.people <> COALESCE(c.people, 0)
            OR l.refund <> COALESCE(c.refund, 0) OR l.insured <> COALESCE(c.insured, 0))
        """,
    ),
    Promise(
        "leave_cases_go_on",
        "No case of a leave is open for more than fifteen minutes after its answer was due, or once its appointment is over.",
        "Patients wait for money or an answer that will not come; the workers do not run.",
        """
        SELECT a.reference FROM appointments_leavecase c JOIN appointments_appointment a ON a.id = c.appointment_id
        WHERE c.state IN ('planned', 'offered') AND (c.answer_by < %(overdue)s
            OR a.status IN ('completed', 'no_show', 'cancelled', 'rescheduled'))
        """,
    ),
    Promise(
        "ended_case_holds_no_time",
        "A case that has ended holds no time for its patient.",
        "Times stay empty that others could have.",
        """
        SELECT a.slot_id FROM appointments_leavealternative a JOIN appointments_leavecase c ON c.id = a.case_id
        WHERE a.is_held AND c.state NOT IN ('planned', 'offered')
        """,
    ),
    Promise(
        "called_off_gives_all_back",
        "Whoever was cancelled because of a leave got back everything that was shown.",
        "A patient pays for a doctor who was not there.",
        """
        SELECT a.reference FROM appointments_leavecase c
        JOIN appointments_appointment a ON a.id = c.appointment_id
        JOIN appointments_appointmentevent e ON e.appointment_id = a.id AND e.kind = 'cancelled'
        WHERE c.state IN ('lapsed', 'called_off') AND NOT c.was_draft
            AND CAST(e.quote ->> 'refund' AS bigint) + CAST(e.quote ->> 'insured' AS bigint) <> c.refund + c.insured
        """,
    ),
)
