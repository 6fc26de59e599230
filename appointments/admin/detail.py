"""What the detail page of an appointment shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import queries
from appointments.admin.deeds import LINKS, PAY, deeds_for, may_do
from appointments.admin.desk import Desk
from appointments.admin.pages.wait import waiting_move_of
from appointments.admin.scope import visible_appointments
from appointments.models import Appointment, AppointmentEvent, EventKind
from appointments.overrides.queries import waiting_override
from appointments.reasons import DOCTOR_AWAY, WAITING_LIST
from appointments.usecases.pay import amount_due
from appointments.usecases.revoke_links import count_live_links
from appointments.wording.explain import Row, explain_lines
from appointments.wording.formats import zone_name
from policies.rules.records import lines_from_record
from refunds import queries as refund_queries

#: The colours of the tags, by status.
TAGS: dict[str, str] = {
    Appointment.Status.DRAFT: "warning",
    Appointment.Status.PENDING_APPROVAL: "warning",
    Appointment.Status.CONFIRMED: "success",
    Appointment.Status.CHECKED_IN: "info",
    Appointment.Status.COMPLETED: "default",
    Appointment.Status.NO_SHOW: "danger",
    Appointment.Status.CANCELLED: "danger",
    Appointment.Status.RESCHEDULED: "default",
}
_REFUND_TAGS = {"completed": "success", "failed": "danger", "processing": "info", "pending": "warning"}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the timeline."""

    what: str
    when: str
    who: str
    for_hospital: bool
    reason: str
    words: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Money:
    """One payment or refund as a row. `address` leads to the refund desk for who may go there."""

    when: str
    amount: str
    how: str
    note: str
    tag: str = ""
    tag_colour: str = ""
    address: str = ""


def detail_of(desk: Desk) -> dict[str, Any]:
    """Return the context of the page. A doctor sees neither payments nor how to reach the patient, and nothing of colleagues."""
    appointment = desk.appointment
    context: dict[str, Any] = {
        "tag": appointment.get_status_display(),
        "tag_colour": TAGS[appointment.status],
        "deeds": deeds_for(appointment, user=desk.user, now=desk.now),
        "steps": _steps(desk),
        "waiting": None if desk.is_doctor else _waiting_move(desk),
        "override": _waiting_override(desk),
        "earlier": waiting_move_of(desk),
        "predecessor": _if_visible(desk, appointment.replaces),
        "successor": _if_visible(desk, queries.successor(appointment)),
        "held_until": _until(desk, appointment.hold_expires_at, Appointment.Status.DRAFT),
        "links": _live_links(desk),
        "approval_due": _until(desk, appointment.approval_due_at, Appointment.Status.PENDING_APPROVAL),
    }
    context["facts"] = _facts(desk)
    if not desk.is_doctor:
        held = 0 if appointment.holds_a_move else appointment.chain.held
        context["money_facts"] = [
            (_("Price"), desk.money(appointment.slot.price)),
            (_("Held for it"), desk.money(held)),
        ]
        context["payments"] = _payments(desk)
        context["refunds"] = _refunds(desk)
    return context


def _if_visible(desk: Desk, other: Appointment | None) -> Appointment | None:
    """Return the appointment of the same booking if this account may open it: a move may lead to another doctor."""
    return other if other and visible_appointments(desk.user).filter(pk=other.pk).exists() else None


def _facts(desk: Desk) -> list[tuple[str, str]]:
    """Return what is booked, in pairs of name and value. A doctor needs no phone numbers and no terms."""
    appointment, chain = desk.appointment, desk.appointment.chain
    patient, doctor, starts_at = chain.patient, appointment.slot.doctor, appointment.slot.starts_at
    zone = zone_name(starts_at, centre=appointment.centre)
    born = format_date(patient.birth_date, "long", locale=appointment.centre.locale) if patient.birth_date else ""
    facts = [
        (_("When"), f"{desk.moment(starts_at)}, {zone}"),
        (_("Doctor"), f"{doctor.name}, {doctor.specialty}"),
        (_("Centre"), appointment.centre.name),
        (_("Patient"), patient.name),
        (_("Born"), born),
        (_("What it is about"), chain.visit_reason),
    ]
    if not desk.is_doctor:
        facts += [
            (_("Phone"), patient.phone),
            (_("E-mail"), patient.email),
            (_("Booked with"), chain.channel.name),
            (_("Terms"), str(chain.terms)),
            (_("First booked"), desk.moment(chain.booked_at)),
            (_("Moved"), ngettext("%(n)d time", "%(n)d times", chain.reschedules) % {"n": chain.reschedules}),
        ]
    return facts


def _until(desk: Desk, moment: datetime | None, status: str) -> str:
    """Return until when the appointment waits in this status, in words; nothing in another status."""
    return desk.moment(moment) if moment and desk.appointment.status == status else ""


def _waiting_move(desk: Desk) -> dict[str, Any] | None:
    draft = queries.waiting_move(desk.appointment, now=desk.now)
    if draft is None:
        return None
    may_take = may_do(PAY, user=desk.user)
    return {
        "appointment": draft,
        "address": desk.address(draft),
        "when": desk.moment(draft.slot.starts_at),
        "doctor": draft.slot.doctor,
        "due": desk.money(amount_due(draft)),
        "until": desk.moment(draft.hold_expires_at) if draft.hold_expires_at else "",
        "pay_address": reverse("admin:appointments_appointment_pay", args=[draft.pk]) if may_take else "",
    }


def _waiting_override(desk: Desk) -> str:
    """Return the address of the override that waits for a second person, for whoever may see it; else nothing."""
    if not desk.user.has_perm("appointments.view_overriderequest"):
        return ""
    request = waiting_override(desk.appointment)
    return reverse("admin:appointments_overriderequest_change", args=[request.pk]) if request else ""


def _live_links(desk: Desk) -> int:
    """Return how many links in messages open the booking, for whoever may take them back; else 0."""
    if not may_do(LINKS, user=desk.user):
        return 0
    return count_live_links(chain_id=desk.appointment.chain_id)


def _steps(desk: Desk) -> list[Step]:
    events = list(queries.history(desk.appointment))
    labels = {code: _reason_words(code) for code in {event.reason_code for event in events} if code}
    if desk.is_doctor:
        events = [event for event in events if event.kind != EventKind.PAID]
    return [_step(desk, event, labels) for event in reversed(events)]


def _step(desk: Desk, event: AppointmentEvent, labels: dict[str, str]) -> Step:
    centre = desk.appointment.centre
    rows: Sequence[Row] = ()
    if event.quote and not desk.is_doctor:
        rows = explain_lines(lines_from_record(event.quote), currency=desk.appointment.chain.currency, centre=centre)
    return Step(
        what=event.get_kind_display(),
        when=desk.moment(event.at),
        who=event.actor_label,
        for_hospital=event.for_hospital and event.actor_kind == "staff",
        reason=labels.get(event.reason_code, ""),
        words=event.reason_text,
        rows=rows,
    )


def _reason_words(code: str) -> str:
    """Return the words of a reason, also of those that jobs of the system give."""
    by_system = {
        "hold_ran_out": _("The hold ran out"),
        "approval_timed_out": _("Nobody approved it in time"),
        DOCTOR_AWAY: _("The doctor is away"),
        WAITING_LIST: _("An earlier time from the waiting list"),
    }
    return by_system.get(code) or queries.reason_label(code)


def _payments(desk: Desk) -> list[Money]:
    payments = refund_queries.payments_of(source=desk.appointment.chain.source)
    return [
        Money(
            when=desk.moment(payment.captured_at),
            amount=desk.money(payment.amount),
            how=payment.get_method_display(),
            note=_("Receipt %(number)s") % {"number": payment.reference} if payment.reference else "",
        )
        for payment in payments
    ]


def _refunds(desk: Desk) -> list[Money]:
    may_open = desk.user.has_perm("refunds.view_refund")
    return [
        Money(
            when=desk.moment(refund.granted_at),
            amount=desk.money(refund.amount),
            how=refund.get_way_display(),
            note=refund.reason_text,
            tag=refund.get_status_display(),
            tag_colour=_REFUND_TAGS[refund.status],
            address=reverse("admin:refunds_refund_change", args=[refund.pk]) if may_open else "",
        )
        for refund in refund_queries.refunds_of(source=desk.appointment.chain.source)
    ]
