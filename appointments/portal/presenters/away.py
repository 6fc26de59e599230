"""What the pages show that ask a patient of an absent doctor what to do instead."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appointments.facts import booking_facts, open_case
from appointments.models import Appointment
from appointments.portal.forms import MONEY
from appointments.portal.presenters.common import lines_as_rows, money, page_about, ways_as_rows
from appointments.wording.alternatives import OtherTime, other_times
from appointments.wording.formats import format_moment
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, CancellationRequest


def choices_of(appointment: Appointment, *, now: datetime) -> list[tuple[str, str]]:
    """Return what can be chosen: a time by its slot's number, or the money."""
    times = [(str(time.slot.pk), f"{time.when}, {time.doctor}. {time.money}") for time in _times(appointment, now=now)]
    return [*times, (MONEY, _money_words(appointment))]


def choose_page(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what the page shows beside the choices: until when, and what happens without an answer."""
    return page_about(appointment, **note_of(appointment), has_times=bool(_times(appointment, now=now)))


def check_page(appointment: Appointment, choice: str, *, now: datetime) -> dict[str, Any]:
    """Return what the check shows: the new time beside the old one, or the money line by line."""
    page = page_about(appointment, choice=choice, **note_of(appointment))
    if choice != MONEY:
        [time] = [one for one in _times(appointment, now=now) if str(one.slot.pk) == choice]
        return page | {"time": time}
    request = CancellationRequest(ActorKind.SYSTEM)
    quote = quote_cancellation(terms_of(appointment.chain.terms), booking_facts(appointment), request, now)
    rows = [*lines_as_rows(quote.lines, appointment), *ways_as_rows(quote.allocations, appointment, now=now)]
    return page | {"rows": rows, "refund": money(quote.refund, appointment)}


def note_of(appointment: Appointment) -> dict[str, Any]:
    """Return until when the patient can answer and what goes back without one; nothing where nothing is asked."""
    case = open_case(appointment)
    if case is None:
        return {}
    left = booking_facts(appointment).left_of_patient
    return {
        "answer_by": format_moment(case.answer_by, centre=appointment.centre),
        "everything": money(left, appointment) if left else "",
    }


def _times(appointment: Appointment, *, now: datetime) -> list[OtherTime]:
    case = open_case(appointment)
    if case is None:
        return []
    case.appointment = appointment
    return other_times(case, now=now)


def _money_words(appointment: Appointment) -> str:
    left = booking_facts(appointment).left_of_patient
    if not left:
        return _("None of these. Cancel my appointment")
    return _("Cancel, and get everything back (%(amount)s)") % {"amount": money(left, appointment)}
