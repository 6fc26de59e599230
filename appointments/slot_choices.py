"""Many slots, one booking: the quote of a move beside each time, from facts that are loaded once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from appointments.actor import Actor
from appointments.facts import booking_facts
from appointments.models import Appointment, Slot
from appointments.quoting import move_as_owed, reschedule_request
from policies.queries import terms_of
from policies.rules.facts import Target
from policies.rules.quote import RescheduleQuote
from policies.rules.rescheduling import quote_reschedule


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """A slot that can be had, and what moving to it would cost."""

    slot: Slot
    quote: RescheduleQuote


def slot_choices(*, appointment: Appointment, slots: Iterable[Slot], actor: Actor, now: datetime) -> list[SlotChoice]:
    """Return the slots that the rules allow, in their order, each with its quote.

    `slots` are free ones (`queries.free_slots`). One query for them and one for the payments, however many there are.
    """
    terms = terms_of(appointment.chain.terms)
    booking = booking_facts(appointment)
    request = move_as_owed(reschedule_request(actor=actor, for_hospital=False, override=False), appointment=appointment)
    choices = []
    for slot in slots:
        target = Target(slot.starts_at, str(slot.doctor_id), slot.price, available=True)
        quote = quote_reschedule(terms, booking, target, request, now)
        if quote.allowed:
            choices.append(SlotChoice(slot, quote))
    return choices
