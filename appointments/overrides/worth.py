"""What an override is worth: what the patient's terms leave them, beside what the exception does. Minor units."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from appointments.actor import Actor
from appointments.errors import NotAllowedError, SecondPersonNeededError
from appointments.facts import booking_facts, target_facts
from appointments.models import Appointment, Slot
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, CancellationRequest, RescheduleRequest
from policies.rules.quote import CancellationQuote, RescheduleQuote
from policies.rules.rescheduling import quote_reschedule


@dataclass(frozen=True, slots=True)
class Worth:
    """What the terms leave the patient, what the override does, and the allowed quote it is done by."""

    by_rules: int
    by_override: int
    quote: CancellationQuote | RescheduleQuote

    @property
    def difference(self) -> int:
        """What the patient gets more than by the terms; below 0: less."""
        return self.by_override - self.by_rules

    @property
    def figures(self) -> str:
        """What was shown, to be compared with what holds later."""
        due = self.quote.due if isinstance(self.quote, RescheduleQuote) else 0
        return f"{self.by_rules}/{self.by_override}/{due}"


def worth_of_cancelling(appointment: Appointment, *, percent: Decimal, now: datetime) -> Worth:
    """Compare a cancellation at this percentage with the terms. Raises NotAllowedError where it cannot be cancelled."""
    request = CancellationRequest(ActorKind.STAFF, override_percent=percent)
    quote = quote_cancellation(terms_of(appointment.chain.terms), booking_facts(appointment), request, now)
    if not quote.allowed:
        raise NotAllowedError(quote)
    return Worth(_by_the_terms(appointment, now=now), quote.refund, quote)


def worth_of_moving(appointment: Appointment, *, slot: Slot, now: datetime) -> Worth:
    """Compare a move past the rules with the terms.

    Where the terms allow the move nothing differs. Where they refuse it, the money that goes on standing for the new time
    is set against what a cancellation would leave. Raises NotAllowedError where not even an override moves it there.
    """
    terms, booking = terms_of(appointment.chain.terms), booking_facts(appointment)
    target = target_facts(slot, appointment=appointment, now=now)
    quote = quote_reschedule(terms, booking, target, RescheduleRequest(ActorKind.STAFF, override=True), now)
    if not quote.allowed:
        raise NotAllowedError(quote)
    held = appointment.chain.held
    plain = quote_reschedule(terms, booking, target, RescheduleRequest(ActorKind.STAFF), now)
    by_rules = held if plain.allowed else _by_the_terms(appointment, now=now)
    return Worth(by_rules, held, quote)


def needs_second_person(worth: Worth, *, appointment: Appointment) -> bool:
    """Tell whether this differs from the terms, either way, by more than one person may decide at the centre."""
    return abs(worth.difference) > appointment.centre.override_limit


def refuse_one_person(worth: Worth, *, appointment: Appointment, actor: Actor) -> None:
    """Raise SecondPersonNeededError unless one person may decide this, or a second one does."""
    if actor.approves is None and needs_second_person(worth, appointment=appointment):
        raise SecondPersonNeededError(by_rules=worth.by_rules, by_override=worth.by_override)


def _by_the_terms(appointment: Appointment, *, now: datetime) -> int:
    """Return what comes back when staff cancel because the patient asked."""
    request = CancellationRequest(ActorKind.STAFF)
    quote = quote_cancellation(terms_of(appointment.chain.terms), booking_facts(appointment), request, now)
    return quote.refund if quote.allowed else 0
