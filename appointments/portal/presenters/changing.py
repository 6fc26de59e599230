"""What the pages of moving an appointment show."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import queries
from appointments.facts import booking_facts
from appointments.late.queries import newest_request
from appointments.models import Appointment, EventKind, MessageKind, Slot
from appointments.offers import RescheduleOffer
from appointments.portal.answers import ChangeAnswers
from appointments.portal.presenters.common import (
    SummaryRow,
    heading_of,
    lines_as_rows,
    money,
    page_about,
    ways_as_rows,
)
from appointments.portal.presenters.told import told_of
from appointments.portal.presenters.tracking import refund_links
from appointments.portal.reasons import is_required
from appointments.slot_choices import SlotChoice
from appointments.usecases.hold_online import longer_hold
from appointments.usecases.late_request import MAY_BE_ASKED_ABOUT
from appointments.usecases.pay import amount_due
from appointments.wording.formats import (
    format_clock,
    format_day,
    format_held_until,
    format_moment,
    zone_name,
)
from appointments.wording.refusals import refusal_words
from policies.queries import terms_of
from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import Line, LineCode, Refusal, RescheduleQuote
from policies.rules.records import lines_from_record
from refunds import queries as refund_queries


@dataclass(frozen=True, slots=True)
class Choice:
    """One time to choose; `notes` say its price and what moving to it costs."""

    value: int
    time: str
    notes: list[str]
    checked: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day of free times, as templates/parts/slot_days.html takes it."""

    label: str
    open: bool
    slots: list[Choice] = field(default_factory=list)


def days_of(choices: Iterable[SlotChoice], appointment: Appointment, *, chosen: int | None) -> list[Day]:
    """Return the choices by the centre's days; the first day, or the chosen one, is unfolded."""
    centre = appointment.centre
    listed = list(choices)
    names_doctor = len({choice.slot.doctor_id for choice in listed} | {appointment.slot.doctor_id}) > 1
    days = []
    for label, of_day in groupby(listed, key=lambda choice: format_day(choice.slot.starts_at, centre=centre)):
        slots = [_choice(choice, appointment, chosen=chosen, names_doctor=names_doctor) for choice in of_day]
        days.append(Day(label, any(slot.checked for slot in slots), slots))
    if days and not any(day.open for day in days):
        days[0] = Day(days[0].label, open=True, slots=days[0].slots)
    return days


def choose_page(appointment: Appointment, days: list[Day], *, problem: str, now: datetime) -> dict[str, Any]:
    """Return what page 7 shows beside its filter."""
    rules = terms_of(appointment.chain.terms).reschedule
    waiting = queries.waiting_move(appointment, now=now)
    return page_about(
        appointment,
        days=days,
        problem=problem,
        first_slot=days[0].slots[0].value if days else None,
        zone=zone_name(appointment.slot.starts_at, centre=appointment.centre),
        changes_used=appointment.chain.reschedules,
        changes_most=rules.max_reschedules,
        waiting=heading_of(waiting) if waiting else None,
    )


def refused_page(appointment: Appointment, refusal: Refusal) -> dict[str, Any]:
    """Return what page 11 shows for a move: why not, until when it was possible, and what else can be done."""
    booking = booking_facts(appointment)
    why = refusal_words(refusal, appointment=appointment, booking=booking, slot=appointment.slot)
    return page_about(
        appointment,
        why=why,
        may_ask=refusal in MAY_BE_ASKED_ABOUT,
        late=newest_request(appointment),
        may_cancel=refusal is Refusal.MAX_RESCHEDULES,
    )


def check_page(offer: RescheduleOffer, answers: ChangeAnswers, *, now: datetime) -> dict[str, Any]:
    """Return what page 8 shows: old and new beside each other, what it costs, and until when that is held."""
    appointment, quote, slot = offer.appointment, offer.quote, offer.slot
    return page_about(
        appointment,
        offer=offer,
        slot=slot,
        new_doctor=slot.doctor.name,
        new_when=format_moment(slot.starts_at, centre=appointment.centre),
        old_price=money(appointment.slot.price, appointment),
        new_price=money(slot.price, appointment),
        rows=[*money_rows(quote, appointment, now=offer.quoted_at), count_row(appointment, quote)],
        reason_rows=_reason_rows(appointment, answers),
        due=money(quote.due, appointment),
        comes_back=money(quote.refund + quote.credit, appointment),
        held_until=format_held_until(offer.valid_until, centre=appointment.centre, now=now),
        before=_before_words(answers.before, appointment) if answers.before else "",
        now_words=_before_words([quote.due, quote.refund, quote.credit], appointment),
        needs_approval=slot.doctor.requires_approval,
    )


def pay_page(draft: Appointment, old: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what page 8b shows: what is owed, for what, and until when the new time is held."""
    record = (draft.pending_move or {})["quote"]
    return page_about(
        old,
        new_when=format_moment(draft.slot.starts_at, centre=draft.centre),
        new_doctor=draft.slot.doctor.name,
        rows=lines_as_rows(lines_from_record(record), old),
        due=money(amount_due(draft), draft),
        hold=draft,
        may_hold_longer=longer_hold(draft) is not None,
        held_until=format_held_until(draft.hold_expires_at or now, centre=draft.centre, now=now),
    )


def changed_page(old: Appointment, new: Appointment) -> dict[str, Any]:
    """Return what page 9 shows: the new appointment, the old one as gone, and the money that moved."""
    event = queries.event_of(old, EventKind.RESCHEDULED)
    assert event is not None  # a moved appointment has this event: both are written in one transaction
    record = event.quote or {"lines": [], "allocations": []}
    parts = [Allocation(part["payment"], part["amount"], RefundWay(part["way"])) for part in record["allocations"]]
    refunds = refund_queries.refunds_for(cause=f"move:{event.pk}")
    return page_about(
        new,
        old=heading_of(old),
        rows=[*_cost_rows(lines_from_record(record), old), *ways_as_rows(parts, old, now=event.at, decided=event)],
        refund_links=refund_links(refunds, old),
        waits_for_approval=new.status == Appointment.Status.PENDING_APPROVAL,
        told=told_of(old, MessageKind.RESCHEDULED),
    )


def _cost_rows(lines: Iterable[Line], old: Appointment) -> list[SummaryRow]:
    """Return the receipt of a move that is done: what was to pay has been paid."""
    lines = list(lines)
    rows = lines_as_rows(lines, old)
    if rows and lines[-1].code is LineCode.DUE:
        rows[-1] = replace(rows[-1], key=_("Paid for this change"))
    return rows


def _choice(choice: SlotChoice, appointment: Appointment, *, chosen: int | None, names_doctor: bool) -> Choice:
    slot, quote = choice.slot, choice.quote
    notes = [slot.doctor.name] if names_doctor else []
    notes.append(money(slot.price, appointment))
    notes.extend(_cost_notes(quote, appointment))
    return Choice(slot.pk, format_clock(slot.starts_at, centre=appointment.centre), notes, slot.pk == chosen)


def _cost_notes(quote: RescheduleQuote, appointment: Appointment) -> list[str]:
    """Return price difference and fee in a few words, and what that makes when both are there."""
    notes = []
    charged = quote.due or quote.fee or quote.refund or quote.credit
    if quote.fee:
        notes.append(_("Change fee %(amount)s") % {"amount": money(quote.fee, appointment)})
    if quote.due and quote.due != quote.fee:
        notes.append(_("You pay %(amount)s") % {"amount": money(quote.due, appointment)})
    if quote.refund:
        notes.append(_("%(amount)s back") % {"amount": money(quote.refund, appointment)})
    if quote.credit:
        notes.append(_("%(amount)s as credit") % {"amount": money(quote.credit, appointment)})
    if not charged:
        notes.append(_("Nothing to pay"))
    return notes


def money_rows(quote: RescheduleQuote, appointment: Appointment, *, now: datetime) -> list[SummaryRow]:
    return [*lines_as_rows(quote.lines, appointment), *ways_as_rows(quote.allocations, appointment, now=now)]


def count_row(appointment: Appointment, quote: RescheduleQuote) -> SummaryRow:
    most = terms_of(appointment.chain.terms).reschedule.max_reschedules
    return SummaryRow(_("Changes used"), _("%(used)d of %(most)d") % {"used": quote.reschedules, "most": most})


def _reason_rows(appointment: Appointment, answers: ChangeAnswers) -> list[SummaryRow]:
    if not is_required(appointment):
        return []
    reason = answers.reason
    url = reverse("portal:change_reason", args=[appointment.reference])
    return [SummaryRow(_("Reason"), queries.reason_label(reason.code), reason.text, "", url, _("Change your reason"))]


def _before_words(shown: list[int], appointment: Appointment) -> str:
    due, refund, credit = shown
    if due:
        return _("%(amount)s to pay") % {"amount": money(due, appointment)}
    if refund:
        return _("%(amount)s back") % {"amount": money(refund, appointment)}
    if credit:
        return _("%(amount)s as credit") % {"amount": money(credit, appointment)}
    return _("Nothing to pay")


def slot_words(slot: Slot, refusal: Refusal, appointment: Appointment) -> str:
    """Return why a chosen slot cannot be had, as a sentence that says what to do."""
    return refusal_words(refusal, appointment=appointment, booking=booking_facts(appointment), slot=slot)
