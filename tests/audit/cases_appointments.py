"""How each promise about appointments, and about the money of their chains, is broken."""

from datetime import timedelta

from tests.audit import bank_scenes, scenes
from tests.audit.override_scenes import override_approved
from tests.audit.tampering import Tampering

_EVENT = "appointments_appointmentevent"
_APPOINTMENT = "appointments_appointment"
_CHAIN = "appointments_chain"

STATES = (
    Tampering(
        code="slot_taken_once",
        scene=scenes.booked_twice,
        sql=(f"UPDATE {_APPOINTMENT} SET slot_id = {{slot}} WHERE id = {{other}}",),
        guards=("appointment_keeps_its_place", "appointment_slot_taken_once"),
        offenders=("{slot}",),
    ),
    Tampering(
        code="moved_has_one_successor",
        scene=scenes.moved,
        sql=(f"UPDATE {_APPOINTMENT} SET replaces_id = NULL WHERE id = {{new}}",),
        guards=("appointment_keeps_its_place",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="appointment_last_event_is_status",
        scene=scenes.booked,
        sql=(f"UPDATE {_APPOINTMENT} SET status = 'checked_in'",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="appointment_last_event_is_status",
        scene=scenes.pending,
        sql=(f"UPDATE {_APPOINTMENT} SET status = 'confirmed'",),
        guards=("appointment_follows_its_edges", "appointment_terminal_is_final"),
        offenders=("{reference}",),
    ),
    Tampering(
        code="appointment_last_event_is_status",
        scene=scenes.draft,
        sql=(f"DELETE FROM {_EVENT}",),
        guards=("event_is_never_deleted",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="override_by_two",
        scene=override_approved,
        sql=("UPDATE appointments_overriderequest SET decided_by_id = asked_by_id",),
        guards=("override_decided_once", "override_decided_by_another"),
        offenders=("{reference}",),
    ),
    Tampering(
        code="appointment_legal_edges_only",
        scene=scenes.booked,
        sql=(f"UPDATE {_EVENT} SET from_status = 'cancelled' WHERE kind = 'confirmed'",),
        guards=("event_is_never_changed",),
        offenders=("{appointment} 3",),
    ),
    Tampering(
        code="appointment_legal_edges_only",
        scene=scenes.booked,
        sql=(f"UPDATE {_EVENT} SET kind = 'submitted' WHERE kind = 'confirmed'",),
        guards=("event_is_never_changed",),
        offenders=("{appointment} 3",),
    ),
    Tampering(
        code="chain_has_one_appointment",
        scene=scenes.moved,
        sql=(f"UPDATE {_APPOINTMENT} SET replaces_id = NULL WHERE id = {{new}}",),
        guards=("appointment_keeps_its_place",),
        offenders=("{chain}",),
    ),
    Tampering(
        code="chain_counts_its_moves",
        scene=scenes.moved,
        sql=(f"UPDATE {_CHAIN} SET reschedules = 0",),
        offenders=("{chain}",),
    ),
    Tampering(
        code="every_deed_has_an_actor",
        scene=scenes.pending,
        sql=(f"UPDATE {_EVENT} SET actor_label = '' WHERE kind = 'cancelled'",),
        guards=("event_is_never_changed",),
        offenders=("{event_cancelled}",),
    ),
    Tampering(
        code="deeds_are_told",
        scene=scenes.pending,
        sql=("DELETE FROM appointments_outboxmessage WHERE kind = 'cancelled'",),
        offenders=("{event_cancelled}",),
    ),
    Tampering(
        code="cancellation_has_its_certificate",
        scene=scenes.pending,
        sql=("DELETE FROM appointments_certificate",),
        guards=("certificate_is_never_deleted",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="cancellation_has_its_certificate",
        scene=scenes.pending,
        sql=("""UPDATE appointments_certificate SET facts = '{{"reference": "3467-9CD3"}}'""",),
        guards=("certificate_is_never_changed",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="cancellation_has_its_certificate",
        scene=scenes.pending,
        sql=(f"UPDATE appointments_certificate SET event_id = (SELECT id FROM {_EVENT} WHERE kind = 'confirmed')",),
        guards=("certificate_is_never_changed",),
        offenders=("{reference}", "{reference}"),
    ),
    Tampering(
        code="terms_were_in_force",
        scene=scenes.booked_with_other_terms,
        sql=(f"UPDATE {_CHAIN} SET terms_id = {{draft_terms}}",),
        guards=("chain_keeps_its_terms",),
        offenders=("{chain}",),
    ),
    Tampering(
        code="holds_end",
        scene=scenes.draft,
        sql=(f"UPDATE {_APPOINTMENT} SET hold_expires_at = '2026-11-02 08:00:00+00:00'",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="approvals_end",
        scene=scenes.waiting_for_approval,
        sql=(f"UPDATE {_APPOINTMENT} SET approval_due_at = '2026-11-02 08:00:00+00:00'",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="messages_go_out",
        scene=scenes.booked,
        sql=("UPDATE appointments_outboxmessage SET next_at = '2026-11-02 08:00:00+00:00'",),
        offenders=("{message}",),
    ),
)

MONEY = (
    Tampering(
        code="deed_has_its_refunds",
        scene=scenes.pending,
        sql=(f"""UPDATE {_EVENT} SET quote = '{{{{"refund": 99999}}}}' WHERE kind = 'cancelled'""",),
        guards=("event_is_never_changed",),
        offenders=("{reference} cancelled",),
    ),
    Tampering(
        code="deed_has_its_refunds",
        scene=scenes.draft_cancelled,
        sql=(f"""UPDATE {_EVENT} SET quote = '{{{{"refund": 1}}}}' WHERE kind = 'cancelled'""",),
        guards=("event_is_never_changed",),
        offenders=("{reference} cancelled",),
    ),
    Tampering(
        code="deed_has_its_quote",
        scene=scenes.pending,
        sql=(f"UPDATE {_EVENT} SET quote = NULL WHERE kind = 'cancelled'",),
        guards=("event_is_never_changed",),
        offenders=("{event_cancelled}",),
    ),
    Tampering(
        code="refund_has_its_deed",
        scene=scenes.pending,
        sql=("UPDATE refunds_refund SET cause = 'cancel:'",),
        guards=("refunds_refund_money_is_fixed",),
        offenders=("{refund}",),
    ),
    Tampering(
        code="refund_has_its_deed",
        scene=scenes.late,
        sql=("UPDATE refunds_refund SET cause = 'late:'",),
        guards=("refunds_refund_money_is_fixed",),
        offenders=("{refund}",),
        after=timedelta(minutes=17),
    ),
    Tampering(
        code="held_is_what_payments_say",
        scene=scenes.booked,
        sql=(f"UPDATE {_CHAIN} SET held = 99999",),
        offenders=("{chain} 99999",),
    ),
    Tampering(
        code="held_is_what_the_ledger_says",
        scene=scenes.booked,
        sql=("UPDATE refunds_ledgerentry SET amount = 1 WHERE kind = 'capture'",),
        guards=("refunds_ledgerentry_append_only",),
        offenders=("{chain} {held}",),
    ),
    Tampering(
        code="contact_is_what_was_recorded",
        scene=scenes.contact_changed,
        sql=("UPDATE appointments_patient SET email = 'thief@example.org'",),
        offenders=("{patient}",),
    ),
    Tampering(
        code="contact_is_what_was_recorded",
        scene=scenes.contact_changed,
        sql=('UPDATE appointments_contactchange SET after = \'{{"email": "thief@example.org"}}\'',),
        guards=("contact_change_is_never_changed",),
        offenders=("{patient}",),
    ),
    Tampering(
        code="hold_was_released_by_another",
        scene=bank_scenes.released_hold,
        sql=("UPDATE refunds_holdrelease SET released_by = 'staff:{changed_by}'",),
        guards=("refunds_holdrelease_append_only",),
        offenders=("{release}",),
    ),
    Tampering(
        code="ended_chain_holds_nothing",
        scene=scenes.pending,
        sql=(f"UPDATE {_CHAIN} SET held = 1",),
        offenders=("{chain} 1",),
    ),
    Tampering(
        code="noted_payment_is_the_chains",
        scene=scenes.booked,
        sql=("UPDATE refunds_payment SET source = 'chain:1'",),
        guards=("refunds_payment_money_is_a_fact",),
        offenders=("{event_paid}",),
    ),
    Tampering(
        code="noted_payment_is_the_chains",
        scene=scenes.booked,
        sql=(f"UPDATE {_EVENT} SET payment = NULL",),
        guards=("event_is_never_changed",),
        offenders=("{event_paid}",),
    ),
    Tampering(
        code="payments_are_noted",
        scene=scenes.paid_but_not_booked,
        sql=("UPDATE refunds_payment SET captured_at = '2026-11-02 08:00:00+00:00'",),
        offenders=("{payment}",),
    ),
)
