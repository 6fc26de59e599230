"""Quotes for real appointments, with the token that holds them. Reads only; the use cases decide anew under lock."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from appointments import tokens
from appointments.actor import Actor
from appointments.errors import NotPermittedError, PercentageImpossibleError
from appointments.facts import booking_facts, open_case, seen_from, target_facts
from appointments.models import Appointment, Slot
from appointments.offers import CancellationOffer, RescheduleOffer
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, Booking, CancellationRequest, RescheduleRequest
from policies.rules.records import digest
from policies.rules.rescheduling import quote_reschedule

_WHOLE = Decimal(100)


def cancellation_request(*, actor: Actor, for_hospital: bool, override_percent: Decimal | None) -> CancellationRequest:
    """Return the request in the rules' words.

    Raises NotPermittedError for an override without the right to it, PercentageImpossibleError beyond 0 to 100.
    """
    if override_percent is not None:
        if not actor.may_override_percentage:
            raise NotPermittedError
        if not override_percent.is_finite() or not 0 <= override_percent <= _WHOLE:
            raise PercentageImpossibleError
    if for_hospital and actor.kind is ActorKind.PATIENT:
        raise NotPermittedError
    return CancellationRequest(actor.kind, for_hospital=for_hospital, override_percent=override_percent)


def reschedule_request(*, actor: Actor, for_hospital: bool, override: bool) -> RescheduleRequest:
    """Return the request in the rules' words. Raises NotPermittedError for an override without the right to it."""
    if override and not actor.may_override_reschedule_rules:
        raise NotPermittedError
    if for_hospital and actor.kind is ActorKind.PATIENT:
        raise NotPermittedError
    return RescheduleRequest(actor.kind, for_hospital=for_hospital, override=override)


def request_as_owed(request: CancellationRequest, *, appointment: Appointment) -> CancellationRequest:
    """Return the request as the rules judge it: whoever cancels what the clinic has called off gets everything back."""
    if request.is_override or open_case(appointment) is None:
        return request
    return replace(request, actor=ActorKind.SYSTEM)


def move_as_owed(request: RescheduleRequest, *, appointment: Appointment) -> RescheduleRequest:
    """Return the request as the rules judge it: whoever moves what the clinic has called off moves it for the clinic, free."""
    if request.override or open_case(appointment) is None:
        return request
    return replace(request, actor=ActorKind.SYSTEM)


def booking_seen_by(appointment: Appointment, *, actor: Actor) -> Booking:
    """Return the facts about an appointment as they stand for this actor."""
    return seen_from(booking_facts(appointment), appointment=appointment, entrance_of=actor.entrance_of)


def offer_cancellation(
    *, appointment: Appointment, actor: Actor, request: CancellationRequest, now: datetime
) -> CancellationOffer:
    """Quote the cancellation of an appointment read with `queries.with_everything`, for this actor, now."""
    request = request_as_owed(request, appointment=appointment)
    quote = quote_cancellation(
        terms_of(appointment.chain.terms), booking_seen_by(appointment, actor=actor), request, now
    )
    token = tokens.sign_quote(_cancellation_binding(appointment, actor, request), quoted_at=now, digest=digest(quote))
    return CancellationOffer(appointment, quote, now, now + tokens.lifetime(), token)


def offer_reschedule(
    *, appointment: Appointment, slot: Slot, actor: Actor, request: RescheduleRequest, now: datetime
) -> RescheduleOffer:
    """Quote the move of an appointment to a slot, for this actor, now."""
    request = move_as_owed(request, appointment=appointment)
    target = target_facts(slot, appointment=appointment, now=now)
    quote = quote_reschedule(
        terms_of(appointment.chain.terms), booking_seen_by(appointment, actor=actor), target, request, now
    )
    token = tokens.sign_quote(
        _reschedule_binding(appointment, actor, request, slot), quoted_at=now, digest=digest(quote)
    )
    return RescheduleOffer(appointment, slot, quote, now, now + tokens.lifetime(), token)


def held_cancellation_offer(
    *, appointment: Appointment, actor: Actor, request: CancellationRequest, token: str, now: datetime
) -> CancellationOffer | None:
    """Return the offer a token still holds, with the figures shown then, or None: stale, altered or changed since."""
    request = request_as_owed(request, appointment=appointment)
    held = tokens.read_quote(token, _cancellation_binding(appointment, actor, request), now=now)
    if held is None:
        return None
    terms = terms_of(appointment.chain.terms)
    quote = quote_cancellation(terms, booking_seen_by(appointment, actor=actor), request, held.quoted_at)
    if not quote.allowed or digest(quote) != held.digest:
        return None
    return CancellationOffer(appointment, quote, held.quoted_at, held.quoted_at + tokens.lifetime(), token)


def held_reschedule_offer(
    *, appointment: Appointment, slot: Slot, actor: Actor, request: RescheduleRequest, token: str, now: datetime
) -> RescheduleOffer | None:
    """Return the offer a token still holds, or None. Whether the slot can be had is judged now."""
    request = move_as_owed(request, appointment=appointment)
    held = tokens.read_quote(token, _reschedule_binding(appointment, actor, request, slot), now=now)
    if held is None or slot.starts_at <= now:
        return None
    target = target_facts(slot, appointment=appointment, now=now)
    terms = terms_of(appointment.chain.terms)
    quote = quote_reschedule(terms, booking_seen_by(appointment, actor=actor), target, request, held.quoted_at)
    if not quote.allowed or digest(quote) != held.digest:
        return None
    return RescheduleOffer(appointment, slot, quote, held.quoted_at, held.quoted_at + tokens.lifetime(), token)


def _cancellation_binding(appointment: Appointment, actor: Actor, request: CancellationRequest) -> tokens.QuoteBinding:
    """Return what a cancellation token is bound to."""
    asked = (str(request.for_hospital), str(request.override_percent))
    return tokens.QuoteBinding("cancel", appointment, actor, asked)


def _reschedule_binding(
    appointment: Appointment, actor: Actor, request: RescheduleRequest, slot: Slot
) -> tokens.QuoteBinding:
    """Return what a reschedule token is bound to."""
    asked = (str(request.for_hospital), str(request.override), str(slot.pk))
    return tokens.QuoteBinding("reschedule", appointment, actor, asked)
