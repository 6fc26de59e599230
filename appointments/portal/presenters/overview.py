"""The list of appointments, and one appointment with everything about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appointments import queries
from appointments.facts import booking_facts, is_run_out, open_case
from appointments.late.queries import newest_request
from appointments.models import Appointment, AppointmentEvent, EventKind, LateState
from appointments.portal.presenters.away import note_of
from appointments.portal.presenters.cancelling import cancelled_page
from appointments.portal.presenters.common import (
    Heading,
    SummaryRow,
    contact_of,
    heading_of,
    lines_as_rows,
    money,
    page_about,
    ways_as_rows,
)
from appointments.portal.presenters.messages import lost_of, messages_of
from appointments.portal.presenters.picture import refund_picture
from appointments.portal.presenters.tracking import refund_links
from appointments.portal.presenters.waiting import entry_card, may_wait
from appointments.usecases.pay import amount_due
from appointments.waiting.line import entry_to_move, unanswered_offer
from appointments.wording.deeds import Reader, by_whom
from appointments.wording.formats import format_clock, format_moment, format_short
from appointments.wording.refusals import refusal_words
from appointments.wording.terms import policy_words
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, Booking, CancellationRequest, RescheduleRequest
from policies.rules.quote import CancellationQuote, Refusal
from policies.rules.rescheduling import refusal_to_move
from refunds import queries as refund_queries
from refunds.models import Payment

_AS_PATIENT = CancellationRequest(ActorKind.PATIENT)


@dataclass(frozen=True, slots=True)
class Card:
    """One appointment in the list. `refund_words` says what cancelling gives back and until when; empty when it is over."""

    heading: Heading
    tag: str
    status: str
    refund_words: str = ""


def list_page(upcoming: list[Appointment], past: list[Appointment], *, now: datetime) -> dict[str, Any]:
    """Return what page 1 shows. One query for all payments."""
    payments = queries.payments_by_source(upcoming)
    return {
        "upcoming": [_card(one, payments[one.chain.source], now=now) for one in upcoming],
        "past": [_card(one, None, now=now) for one in past],
        "lost": lost_of([*upcoming, *past]),
        **contact_of(one.centre for one in [*upcoming, *past]),
    }


def detail_page(appointment: Appointment, *, reader: Reader, now: datetime) -> dict[str, Any]:
    """Return what page 2 shows, whatever state the appointment is in."""
    if appointment.status == Appointment.Status.CANCELLED:
        page = cancelled_page(appointment, reader=reader, now=now) | {"facts": _facts(appointment, None)}
    else:
        booking = booking_facts(appointment)
        successor = queries.successor(appointment)
        page = page_about(
            appointment,
            facts=_facts(appointment, None if successor else booking),
            refund_links=refund_links(refund_queries.refunds_of(source=appointment.chain.source), appointment),
            **(note_of(appointment) or _what_comes_back(appointment, booking, now=now)),
            **_waiting_move(appointment, now=now),
            **_waits_for_earlier(appointment, now=now),
            successor=heading_of(successor) if successor else None,
        )
    late = newest_request(appointment)
    return page | {
        "late": late,
        "late_words": str(LateState(late.state).label) if late else "",
        "tag": status_words(appointment, now=now),
        "policy": policy_words(appointment),
        "history": [_history_row(event, reader) for event in queries.history(appointment)],
        "is_to_come": _is_to_come(appointment, now=now),
        "may_pay": may_be_paid_here(appointment, now=now),
        "lost": lost_of([appointment]),
        "sent": messages_of(appointment),
    }


def status_words(appointment: Appointment, *, now: datetime) -> str:
    """Return the state as patients call it."""
    if open_case(appointment):
        return _("Cannot take place")
    if appointment.status == Appointment.Status.DRAFT and unanswered_offer(appointment):
        return _("Offered to you")
    is_over = appointment.slot.ends_at <= now
    if is_over and appointment.status in (Appointment.Status.CONFIRMED, Appointment.Status.PENDING_APPROVAL):
        return _("Past")
    return str(Appointment.Status(appointment.status).label)


def may_be_paid_here(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether this is a first booking that is held and paid on these pages; other channels take the money themselves."""
    is_held = appointment.status == Appointment.Status.DRAFT and not is_run_out(appointment, now=now)
    return is_held and appointment.replaces_id is None and appointment.chain.channel.is_website


def _is_to_come(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether it belongs in a calendar."""
    stands = appointment.status in (Appointment.Status.CONFIRMED, Appointment.Status.PENDING_APPROVAL)
    return stands and appointment.slot.ends_at > now


def _card(appointment: Appointment, payments: Iterable[Payment] | None, *, now: datetime) -> Card:
    words = "" if payments is None else refund_words(appointment, payments, now=now)
    # The colour of something that waits for the patient, where their doctor is away.
    status = "pending" if open_case(appointment) else appointment.status
    return Card(heading_of(appointment), status_words(appointment, now=now), status, words)


def refund_words(appointment: Appointment, payments: Iterable[Payment], *, now: datetime) -> str:
    """Say the last moment for what comes back now."""
    if case := open_case(appointment):
        until = format_moment(case.answer_by, centre=appointment.centre)
        return _("Your doctor is away. Choose another time, or your money back, by %(until)s") % {"until": until}
    booking = booking_facts(appointment, payments=payments)
    quote = quote_cancellation(terms_of(appointment.chain.terms), booking, _AS_PATIENT, now)
    if not quote.allowed or not booking.held:
        return ""
    about = {"amount": money(quote.refund, appointment), "until": _until(quote, appointment)}
    if not quote.refund:
        return _("Cancelling now gives nothing back")
    if quote.refund == booking.held:
        return _("Cancel by %(until)s and you get everything back (%(amount)s)") % about
    return _("Cancel by %(until)s and you get back %(amount)s") % about


def _until(quote: CancellationQuote, appointment: Appointment) -> str:
    return format_moment(quote.changes_at or appointment.slot.starts_at, centre=appointment.centre)


def _facts(appointment: Appointment, booking: Booking | None) -> list[SummaryRow]:
    """Return when, who and where; with `booking` also what was paid: for one that was cancelled or moved the receipt says so."""
    slot, centre = appointment.slot, appointment.centre
    rows = [
        SummaryRow(
            _("When"),
            _("%(start)s to %(end)s")
            % {"start": format_moment(slot.starts_at, centre=centre), "end": format_clock(slot.ends_at, centre=centre)},
            heading_of(appointment).zone,
        ),
        SummaryRow(_("Who"), slot.doctor.name, slot.doctor.specialty),
        SummaryRow(_("Where"), centre.name, centre.address),
        SummaryRow(_("Patient"), appointment.chain.patient.name),
    ]
    if booking:
        rows.append(SummaryRow(_("You paid"), money(booking.held, appointment)))
    if booking and booking.left_of_insurer:
        rows.append(SummaryRow(_("Your insurer paid"), money(booking.left_of_insurer, appointment)))
    if appointment.chain.visit_reason:
        rows.append(SummaryRow(_("What it is about"), appointment.chain.visit_reason))
    rows.append(SummaryRow(_("Reference"), appointment.reference, "", "ref"))
    return rows


def _what_comes_back(appointment: Appointment, booking: Booking, *, now: datetime) -> dict[str, Any]:
    """Return what cancelling gives back now and until when, the picture, and whether it can be cancelled or moved."""
    if not appointment.is_live:
        return {}
    terms = terms_of(appointment.chain.terms)
    quote = quote_cancellation(terms, booking, _AS_PATIENT, now)
    move_refusal = refusal_to_move(terms.reschedule, booking, RescheduleRequest(ActorKind.PATIENT), now)
    has_started = quote.refusal is Refusal.APPOINTMENT_STARTED
    return {
        "quote": quote,
        "refund": money(quote.refund, appointment),
        "refund_rows": [
            *lines_as_rows(quote.lines, appointment),
            *ways_as_rows(quote.allocations, appointment, now=now),
        ],
        "until": format_moment(quote.changes_at, centre=appointment.centre) if quote.changes_at else "",
        "why_not": ""
        if quote.allowed
        else refusal_words(quote.refusal or Refusal.NOT_CANCELLABLE, appointment=appointment, booking=booking),
        "may_move": move_refusal is None,
        "has_started": has_started,
        "is_confirmed": appointment.status == Appointment.Status.CONFIRMED,
        "picture": refund_picture(appointment, booking, now=now),
        "start_day": format_short(appointment.slot.starts_at, centre=appointment.centre),
        "start_time": format_clock(appointment.slot.starts_at, centre=appointment.centre),
        "hold_until": _hold_until(appointment),
    }


def _hold_until(appointment: Appointment) -> str:
    if appointment.status != Appointment.Status.DRAFT or appointment.hold_expires_at is None:
        return ""
    return format_moment(appointment.hold_expires_at, centre=appointment.centre)


def _waiting_move(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    draft = queries.waiting_move(appointment, now=now) if appointment.is_live else None
    if draft is None:
        return {}
    return {
        "waiting": heading_of(draft),
        "is_offered": unanswered_offer(draft) is not None,
        "due": money(amount_due(draft), draft),
        "waiting_until": _hold_until(draft),
    }


def _waits_for_earlier(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return the entry that waits to move this appointment, or whether one can be made."""
    if not may_wait(appointment) or appointment.slot.starts_at <= now:
        return {}
    entry = entry_to_move(appointment)
    return {"entry": entry_card(entry), "may_wait": True} if entry else {"may_wait": True}


def _history_row(event: AppointmentEvent, reader: Reader) -> SummaryRow:
    centre = event.appointment.centre
    at = format_moment(event.at, centre=centre)
    words = {
        EventKind.HELD: _("Time held"),
        EventKind.EXTENDED: _("Time held longer"),
        EventKind.OFFER_TAKEN: _("Offered time taken"),
        EventKind.PAID: _("Payment received"),
        EventKind.SUBMITTED: _("Sent to the doctor for approval"),
        EventKind.CONFIRMED: _("Booked"),
        EventKind.CANCELLED: _("Cancelled"),
        EventKind.RESCHEDULED: _("Moved to another time"),
        EventKind.CHECKED_IN: _("You arrived"),
        EventKind.COMPLETED: _("The appointment took place"),
        EventKind.NO_SHOW: _("Marked as missed"),
        EventKind.DOCTOR_AWAY: _("Your doctor is away, other times offered"),
    }[EventKind(event.kind)]
    told_by_whom = event.kind in (EventKind.CANCELLED, EventKind.RESCHEDULED)
    return SummaryRow(at, f"{words} {by_whom(event, reader=reader)}" if told_by_whom else words)
