"""Refund against time for one appointment: every step as the quote of that time would say it."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.models import Appointment
from appointments.portal.presenters.common import money
from appointments.wording.formats import format_clock, format_moment, format_short
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, Booking, CancellationRequest
from policies.rules.instants import TICK
from policies.rules.money import percent_text
from policies.rules.quote import CancellationQuote

_MOST_STEPS = 24


@dataclass(frozen=True, slots=True)
class Point:
    """One step, as templates/parts/refund_picture.svg.html takes it."""

    percent: str
    amount: str
    when: str
    tick_day: str = ""
    tick_time: str = ""
    now: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: from its first instant until `ends` (None: the start), and what the rules say then."""

    begins: datetime
    ends: datetime | None
    quote: CancellationQuote


def refund_picture(appointment: Appointment, booking: Booking, *, now: datetime) -> list[Point]:
    """Return what comes back from the first booking until the start, one point for each amount.

    Empty where there is nothing to see: nothing was paid, not confirmed yet, started, or the channel decides.
    """
    has_started = now >= booking.starts_at
    if appointment.status != Appointment.Status.CONFIRMED or not booking.held or has_started:
        return []
    steps = _steps(appointment, booking, first=min(booking.booked_at, now))
    points = [_point(step, number, appointment) for number, step in enumerate(steps)]
    here = max((number for number, step in enumerate(steps) if step.begins <= now), default=0)
    points[here] = replace(points[here], now=True)
    return points if len(points) > 1 else []


def _steps(appointment: Appointment, booking: Booking, *, first: datetime) -> list[_Step]:
    """Return the steps from a moment until the start; neighbours that give the same are one."""
    terms, request = terms_of(appointment.chain.terms), CancellationRequest(ActorKind.PATIENT)
    steps: list[_Step] = []
    moment = first
    while moment < booking.starts_at and len(steps) < _MOST_STEPS:
        quote = quote_cancellation(terms, booking, request, moment)
        ends = quote.changes_at if quote.changes_at and quote.changes_at < booking.starts_at else None
        last = steps[-1].quote if steps else None
        if last and (last.allowed, last.percent, last.refund) == (quote.allowed, quote.percent, quote.refund):
            steps[-1] = replace(steps[-1], ends=ends)
        else:
            steps.append(_Step(moment, ends, quote))
        moment = ends + TICK if ends else booking.starts_at
    return steps


def _point(step: _Step, number: int, appointment: Appointment) -> Point:
    centre, quote = appointment.centre, step.quote
    if not quote.allowed:
        when = _("after that, not online")
    elif step.ends is None:
        when = _("after that, until the start")
    else:
        pattern = _("after that, until %(end)s") if number else _("until %(end)s")
        when = pattern % {"end": format_moment(step.ends, centre=centre)}
    begins = step.begins.replace(microsecond=0)
    return Point(
        percent=percent_text(quote.percent),
        amount=money(quote.refund, appointment),
        when=when,
        tick_day=format_short(begins, centre=centre) if number else "",
        tick_time=format_clock(begins, centre=centre) if number else "",
    )
