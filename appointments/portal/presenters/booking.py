"""What the pages of booking show."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from appointments import queries
from appointments.facts import booking_facts
from appointments.models import Appointment, Chain, Channel, MessageKind, Patient, Slot
from appointments.portal.booking_steps import Times
from appointments.portal.presenters.changing import Choice, Day
from appointments.portal.presenters.common import SummaryRow, contact_of, money, page_about
from appointments.portal.presenters.overview import refund_words
from appointments.portal.presenters.picture import refund_picture
from appointments.portal.presenters.told import told_of
from appointments.usecases.hold import Shown
from appointments.usecases.hold_online import longer_hold
from appointments.usecases.pay import amount_due
from appointments.wording.formats import (
    format_clock,
    format_day,
    format_held_until,
    format_moment,
    format_money,
    format_short,
    zone_name,
)
from appointments.wording.terms import policy_words
from policies.models import PolicyVersion
from policies.rules.facts import Paid, PaymentMethod
from refunds import queries as refund_queries

#: More free times than this on one day are not shown before a specialty or a doctor is chosen: nobody finds theirs.
MOST_UNSORTED = 24


def times_page(times: Times, *, problem: str, now: datetime) -> dict[str, Any]:
    """Return what the page of free times shows: by the centre's days, with the price beside each."""
    centre = times.centre
    days = _days(times)
    too_many = days and len(days[0].slots) > MOST_UNSORTED and not times.is_narrowed
    return {
        "centre": centre,
        "filter": times.form,
        "days": [] if too_many else days,
        "specialties": times.form.specialties if too_many else [],
        "zone": zone_name(times.slots[0].starts_at if times.slots else now, centre=centre),
        "more_from": times.more_from,
        "is_overview": times.is_overview,
        "soon": [soon_words(slot, now=now) for slot in times.soon],
        "problem": problem,
        **contact_of([centre]),
    }


def _days(times: Times) -> list[Day]:
    centre = times.centre
    names_doctor = not times.form.cleaned_data.get("doctor")
    days: list[Day] = []
    for label, of_day in groupby(times.slots, key=lambda slot: format_day(slot.starts_at, centre=centre)):
        choices = [_choice(slot, names_doctor=names_doctor) for slot in of_day]
        days.append(Day(label, open=not days, slots=choices))
    return days


def soon_words(slot: Slot, *, now: datetime) -> str:
    """Say from when a time that was given back can be booked."""
    centre = slot.doctor.centre
    words = _("%(when)s with %(doctor)s can be booked from %(moment)s")
    if slot.list_turn_at is not None:
        words = _("%(when)s with %(doctor)s goes to the waiting list at %(moment)s, then it is free for everybody")
    return words % {
        "when": format_moment(slot.starts_at, centre=centre),
        "doctor": slot.doctor.name,
        "moment": format_held_until(slot.bookable_from or now, centre=centre, now=now),
    }


def _choice(slot: Slot, *, names_doctor: bool) -> Choice:
    centre = slot.doctor.centre
    price = format_money(slot.price, currency=centre.currency, centre=centre) if slot.price else _("Nothing to pay")
    notes = [slot.doctor.name, slot.doctor.specialty, price] if names_doctor else [price]
    return Choice(slot.pk, format_clock(slot.starts_at, centre=centre), notes, checked=False)


def check_page(
    slot: Slot, patient: Patient, channel: Channel, terms: PolicyVersion, *, now: datetime
) -> dict[str, Any]:
    """Return what is shown before a time is held: what it would be, its price, and its terms in words and as a picture."""
    would_be = Appointment(
        slot=slot,
        status=Appointment.Status.CONFIRMED,
        chain=Chain(
            patient=patient,
            channel=channel,
            terms=terms,
            currency=slot.doctor.centre.currency,
            booked_at=now,
            held=slot.price,
        ),
    )
    whole = Paid("", slot.price, PaymentMethod.CARD, 0, now)
    booking = replace(booking_facts(would_be, payments=()), held=slot.price, payments=(whole,) if slot.price else ())
    return page_about(
        would_be,
        slot=slot,
        shown=Shown(slot.price, terms.pk),
        rows=[*_facts(would_be), SummaryRow(_("Price"), money(slot.price, would_be), kind="total")],
        policy=policy_words(would_be),
        picture=refund_picture(would_be, booking, now=now),
        start_day=format_short(slot.starts_at, centre=would_be.centre),
        start_time=format_clock(slot.starts_at, centre=would_be.centre),
        price=money(slot.price, would_be),
        needs_approval=slot.doctor.requires_approval,
    )


def holds_page(holds: Iterable[Appointment], *, now: datetime) -> dict[str, Any]:
    """Return the times that are held already, each with the page that pays it or lets it go."""
    listed = list(holds)
    return {
        "holds": [
            {
                "reference": one.reference,
                "doctor": one.slot.doctor.name,
                "when": format_moment(one.slot.starts_at, centre=one.centre),
                "until": format_held_until(one.hold_expires_at or now, centre=one.centre, now=now),
            }
            for one in listed
        ],
        **contact_of(one.centre for one in listed),
    }


def pay_page(draft: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what is owed for a time that is held, what credit there is for it, and until when it is held."""
    due = amount_due(draft)
    paid = draft.slot.price - due
    balance = refund_queries.credit_balance(holder=draft.chain.patient.credit_holder, currency=draft.chain.currency)
    credit = max(min(due, balance), 0)
    rows = [SummaryRow(_("Price"), money(draft.slot.price, draft), kind="amount")]
    if paid:
        rows.append(SummaryRow(_("Paid already"), money(paid, draft), kind="deduction"))
    rows.append(SummaryRow(_("To pay now"), money(due, draft), kind="total"))
    return page_about(
        draft,
        rows=rows,
        due=money(due, draft),
        hold=draft,
        held_until=format_held_until(draft.hold_expires_at or now, centre=draft.centre, now=now),
        may_hold_longer=longer_hold(draft) is not None,
        credit=money(credit, draft) if credit else "",
        credit_covers=credit == due,
        left_after_credit=money(due - credit, draft),
    )


def booked_page(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what the page says that tells of the booking: reference, and what happens next."""
    waits = appointment.status == Appointment.Status.PENDING_APPROVAL
    payments = queries.payments_by_source([appointment])[appointment.chain.source]
    return page_about(
        appointment,
        waits_for_approval=waits,
        rows=_facts(appointment),
        paid=money(appointment.chain.held, appointment) if appointment.chain.held else "",
        steps=_next_steps(appointment, waits=waits, free_until=refund_words(appointment, payments, now=now)),
        told=told_of(appointment, MessageKind.BOOKED, MessageKind.SUBMITTED),
    )


def _next_steps(appointment: Appointment, *, waits: bool, free_until: str) -> list[dict[str, Any]]:
    centre = appointment.centre
    answer_by = format_moment(appointment.approval_due_at, centre=centre) if appointment.approval_due_at else ""
    approval = {
        "title": _("The doctor approves it"),
        "when": _("By %(moment)s") % {"moment": answer_by},
        "text": _("We write to you as soon as that is done. If it is not, you get everything back."),
        "state": "current",
        "is_here": True,
    }
    change = {
        "title": _("You can change or cancel it here"),
        "when": "",
        "text": free_until,
        "state": "todo" if waits else "current",
        "is_here": not waits,
    }
    visit = {
        "title": _("Your appointment"),
        "when": format_moment(appointment.slot.starts_at, centre=centre),
        "text": ", ".join(filter(None, [centre.name, centre.address])),
        "state": "todo",
        "is_here": False,
    }
    return [approval, change, visit] if waits else [change, visit]


def _facts(appointment: Appointment) -> list[SummaryRow]:
    slot, centre = appointment.slot, appointment.centre
    start, end = format_moment(slot.starts_at, centre=centre), format_clock(slot.ends_at, centre=centre)
    rows = [
        SummaryRow(
            _("When"),
            _("%(start)s to %(end)s") % {"start": start, "end": end},
            zone_name(slot.starts_at, centre=centre),
        ),
        SummaryRow(_("Who"), slot.doctor.name, slot.doctor.specialty),
        SummaryRow(_("Where"), centre.name, centre.address),
        SummaryRow(_("Patient"), appointment.chain.patient.name),
    ]
    if appointment.chain.visit_reason:
        rows.append(SummaryRow(_("What it is about"), appointment.chain.visit_reason))
    return rows
