"""Promises about the waiting list: whoever waits first is asked first, and what is offered is nobody else's."""

from refunds.audit import Promise

WAITING = (
    Promise(
        "offer_holds_its_time",
        "The time of every open offer is held by the offer's own draft, for the patient who waits.",
        "A time is offered to one patient and sold to another.",
        """
        SELECT o.id FROM appointments_slotoffer o
        JOIN appointments_waitingentry w ON w.id = o.entry_id
        JOIN appointments_appointment a ON a.id = o.draft_id
        JOIN appointments_chain c ON c.id = a.chain_id
        WHERE o.state IN ('offered', 'taken')
            AND (a.status <> 'draft' OR a.slot_id <> o.slot_id OR c.patient_id <> w.patient_id
                OR COALESCE(a.replaces_id, 0) <> COALESCE(w.appointment_id, 0))
        """,
    ),
    Promise(
        "offer_booked_was_booked",
        "Exactly the offers that are booked led to a booking.",
        "A patient was told of a time that they do not have, or has one that the list knows nothing of.",
        """
        SELECT o.id FROM appointments_slotoffer o WHERE (o.state = 'booked') <> EXISTS (
            SELECT 1 FROM appointments_appointmentevent e
            WHERE e.appointment_id = o.draft_id AND e.to_status IN ('confirmed', 'pending_approval'))
        """,
    ),
    Promise(
        "offers_end",
        "No offer has been over for more than fifteen minutes without its time going on.",
        "Times are blocked that others wait for; the workers do not run.",
        "SELECT id FROM appointments_slotoffer WHERE state = 'offered' AND until < %(overdue)s",
    ),
    Promise(
        "list_is_asked",
        "The waiting list is asked about a time that was given back no more than fifteen minutes after its turn.",
        "Those who wait lose their first word, and a free time stood empty; the workers do not run.",
        "SELECT id FROM appointments_slot WHERE list_turn_at < %(overdue)s",
    ),
)
