"""Promises about slots, statuses and their history."""

from refunds.audit import Promise

_EDGES = (
    "('>draft', 'draft>draft', 'draft>pending_approval', 'draft>confirmed', 'draft>cancelled', "
    "'pending_approval>confirmed', 'pending_approval>cancelled', 'pending_approval>rescheduled', "
    "'confirmed>cancelled', 'confirmed>rescheduled', 'confirmed>checked_in', 'confirmed>no_show', "
    "'checked_in>completed')"
)

STATES = (
    Promise(
        "slot_taken_once",
        "A slot has at most one appointment that was not cancelled or moved.",
        "Two patients will stand at one door.",
        """
        SELECT slot_id FROM appointments_appointment WHERE status NOT IN ('cancelled', 'rescheduled')
        GROUP BY slot_id HAVING COUNT(*) > 1
        """,
    ),
    Promise(
        "moved_has_one_successor",
        "A moved appointment has exactly one successor, and only a moved one has a successor that stands.",
        "A patient has two appointments for one payment, or none.",
        """
        SELECT old.reference FROM appointments_appointment old
        LEFT JOIN appointments_appointment successor ON successor.replaces_id = old.id
            AND NOT (successor.status = 'cancelled' AND NOT EXISTS (
                SELECT 1 FROM appointments_appointmentevent e
                WHERE e.appointment_id = successor.id AND e.to_status IN ('confirmed', 'pending_approval')))
            AND successor.status <> 'draft'
        GROUP BY old.id, old.reference, old.status
        HAVING COUNT(successor.id) <> CASE old.status WHEN 'rescheduled' THEN 1 ELSE 0 END
        """,
    ),
    Promise(
        "last_event_is_status",
        "The last event of an appointment is its status, and the events are gapless.",
        "The history was tampered with or a step was not written down.",
        """
        SELECT a.reference FROM appointments_appointment a
        LEFT JOIN appointments_appointmentevent e ON e.appointment_id = a.id
        GROUP BY a.id, a.reference, a.status
        HAVING COUNT(e.id) = 0 OR COUNT(e.id) <> MAX(e.sequence) OR a.status <> (
            SELECT newest.to_status FROM appointments_appointmentevent newest
            WHERE newest.appointment_id = a.id ORDER BY newest.sequence DESC LIMIT 1)
        """,
    ),
    Promise(
        "legal_edges_only",
        "Every step of an appointment follows the last one and is a legal one.",
        "A status was skipped, undone or invented.",
        f"""
        SELECT e.appointment_id, e.sequence FROM appointments_appointmentevent e
        LEFT JOIN appointments_appointmentevent prior
            ON prior.appointment_id = e.appointment_id AND prior.sequence = e.sequence - 1
        WHERE e.kind <> 'paid' AND (
            (e.from_status <> COALESCE(prior.to_status, '')) OR (e.from_status || '>' || e.to_status) NOT IN {_EDGES})
        """,
    ),
    Promise(
        "chain_counts_its_moves",
        "A chain counts each move a patient made, and none the hospital made.",
        "A patient is charged or refused by a wrong count.",
        """
        SELECT c.id FROM appointments_chain c WHERE c.reschedules <> (
            SELECT COUNT(*) FROM appointments_appointmentevent e
            JOIN appointments_appointment a ON a.id = e.appointment_id
            WHERE a.chain_id = c.id AND e.kind = 'rescheduled' AND NOT e.for_hospital)
        """,
    ),
    Promise(
        "every_deed_has_an_actor",
        "Every event names who did it.",
        "Nobody can answer for it.",
        "SELECT id FROM appointments_appointmentevent WHERE actor_kind = '' OR actor_label = ''",
    ),
    Promise(
        "holds_end",
        "No hold has been over for more than fifteen minutes.",
        "Slots are blocked; the workers do not run.",
        "SELECT reference FROM appointments_appointment WHERE status = 'draft' AND hold_expires_at < %(overdue)s",
    ),
    Promise(
        "approvals_end",
        "No approval has been overdue for more than fifteen minutes.",
        "Patients wait for an answer that will not come; the workers do not run.",
        """
        SELECT reference FROM appointments_appointment
        WHERE status = 'pending_approval' AND approval_due_at < %(overdue)s
        """,
    ),
    Promise(
        "messages_go_out",
        "No message has been due for more than fifteen minutes.",
        "Patients have no proof in hand; the workers or the mail server do not run.",
        "SELECT id FROM appointments_outboxmessage WHERE state = 'waiting' AND next_at < %(overdue)s",
    ),
)
