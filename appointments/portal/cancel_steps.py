"""The order of the cancel journey, and the offer that is held along it."""

from datetime import datetime

from django.http import HttpRequest

from appointments.actor import Actor
from appointments.facts import open_case
from appointments.models import Appointment
from appointments.offers import CancellationOffer
from appointments.portal.answers import CancelAnswers
from appointments.quoting import cancellation_request, held_cancellation_offer, offer_cancellation

_MOST_DIGITS = 15


def current_offer(
    appointment: Appointment, *, actor: Actor, answers: CancelAnswers, now: datetime
) -> CancellationOffer:
    """Return the offer that was shown, while it is held, else the one of now."""
    request = cancellation_request(actor=actor, for_hospital=False, override_percent=None)
    held = None
    if answers.token:
        held = held_cancellation_offer(
            appointment=appointment, actor=actor, request=request, token=answers.token, now=now
        )
    return held or offer_cancellation(appointment=appointment, actor=actor, request=request, now=now)


def step_before_check(appointment: Appointment, answers: CancelAnswers) -> str:
    """Return the name of the page that must come first: the offer, the reason, the risk, that nothing comes back; "" if none.

    A patient whose doctor is away is asked what to do instead.
    """
    if open_case(appointment):
        return "portal:away"
    if answers.shown is None:
        return "portal:cancel"
    if not answers.has_reason:
        return "portal:cancel_reason"
    if appointment.slot.doctor.delay_is_risky and not answers.knows_of_delay:
        return "portal:cancel_delay"
    if answers.shown == 0 and appointment.chain.held > 0 and not answers.knows_of_no_refund:
        return "portal:cancel_no_refund"
    return ""


def shown_amount(request: HttpRequest, *, default: int | None) -> int | None:
    """Return the refund that the page sent says it showed, in minor units. It words a page and decides nothing.

    Two tabs may have shown different figures; the session knows only the last one.
    """
    sent = request.POST.get("shown", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= _MOST_DIGITS else default
