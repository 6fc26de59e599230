"""Promises about slots, statuses and their history."""

from refunds.audit import Promise

_EDGES = (
    "('>draft', 'draft>pending_approval', 'draft>confirmed', 'draft>cancelled', "
    "'pending_approval>confirmed', 'pending_approval>cancelled', 'pending_approval>rescheduled', "
    "'confirmed>cancelled', 'confirmed>rescheduled', 'confirmed>checked_in', 'confirmed>no_show', "
    "'checked_in>completed')"
)
_KINDS = (
    "('held>draft', 'submitted>pending_approval', 'confirmed>confirmed', 'cancelled>cancelled', "
    "'rescheduled>rescheduled', 'checked_in>checked_in', 'completed>completed', 'no_show>no_show')"
)

#: What is noted of an appointment without moving it.
_NOTES = "('extended', 'offer_taken', 'paid', 'doctor_away', 'links_revoked')"

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
        "appointment_last_event_is_status",
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
        "appointment_legal_edges_only",
        "Every step of an appointment follows the last one and is a legal one.",
        "A status was skipped, undone or invented.",
        f"""
        SELECT e.appointment_id, e.sequence FROM appointments_appointmentevent e
        LEFT JOIN appointments_appointmentevent prior
            ON prior.appointment_id = e.appointment_id AND prior.sequence = e.sequence - 1
        WHERE e.from_status <> COALESCE(prior.to_status, '')
            OR e.kind IN {_NOTES} AND e.from_status <> e.to_status
            OR e.kind NOT IN {_NOTES} AND ((e.from_status || '>' || e.to_status) NOT IN {_EDGES}
                OR (e.kind || '>' || e.to_status) NOT IN {_KINDS})
        """,
    ),
    Promise(
        "chain_has_one_appointment",
        "A chain has one first booking and one appointment that stands or was the last, each made from one of the same chain.",
        "A patient has two appointments for one payment.",
        """
        SELECT c.id FROM appointments_chain c LEFT JOIN appointments_appointment a ON a.chain_id = c.id
        GROUP BY c.id HAVING SUM(CASE WHEN a.replaces_id IS NULL THEN 1 ELSE 0 END) <> 1 OR COUNT(a.id) = 0
            OR SUM(CASE WHEN a.status IN ('cancelled', 'rescheduled') THEN 0
                WHEN a.status = 'draft' AND a.replaces_id IS NOT NULL THEN 0 ELSE 1 END) > 1
        UNION
        SELECT a.chain_id FROM appointments_appointment a JOIN appointments_appointment old ON old.id = a.replaces_id
        WHERE old.chain_id <> a.chain_id
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
        "deeds_are_told",
        "Every cancellation and every move of a booking has its message to the patient.",
        "Somebody comes to a closed door.",
        """
        SELECT e.id FROM appointments_appointmentevent e
        WHERE e.kind IN ('cancelled', 'rescheduled') AND e.from_status <> 'draft'
            AND NOT EXISTS (SELECT 1 FROM appointments_outboxmessage m WHERE m.event_id = e.id)
        """,
    ),
    Promise(
        "terms_were_in_force",
        "Every chain was booked under terms that were published and in force.",
        "A patient is judged by rules that nobody announced.",
        """
        SELECT c.id FROM appointments_chain c JOIN policies_policyversion v ON v.id = c.terms_id
        WHERE v.status <> 'published' OR v.effective_from > c.booked_at
        """,
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
    Promise(
        "override_by_two",
        "Every override that was approved was decided by somebody else than who asked, and its deed was done by that person.",
        "One person gave away what needs two.",
        """
        SELECT a.reference FROM appointments_overriderequest o
        JOIN appointments_appointment a ON a.id = o.appointment_id
        LEFT JOIN appointments_appointmentevent e ON e.id = o.event_id
        WHERE o.state = 'approved' AND (o.decided_by_id IS NULL OR o.decided_by_id = o.asked_by_id
            OR e.id IS NULL OR e.actor_user_id IS NULL OR e.actor_user_id <> o.decided_by_id)
        """,
    ),
    Promise(
        "cancellation_has_its_certificate",
        "Every cancellation that was told has one certificate, about the same appointment; nothing else has one.",
        "A patient has no proof in hand, or one that proves something else.",
        """
        SELECT a.reference FROM appointments_appointmentevent e
        JOIN appointments_appointment a ON a.id = e.appointment_id
        LEFT JOIN appointments_certificate c ON c.event_id = e.id
        WHERE (e.kind = 'cancelled' AND (e.from_status <> 'draft' OR CAST(e.quote ->> 'refund' AS bigint) > 0))
                <> (c.id IS NOT NULL)
            OR c.id IS NOT NULL AND COALESCE(c.facts ->> 'reference', '') <> a.reference
        """,
    ),
)
