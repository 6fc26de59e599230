"""Rows → the facts the rules need. Whoever acts on them has locked the rows first."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from appointments import queries
from appointments.models import Appointment, Channel, LeaveAlternative, LeaveCase, Slot
from policies.rules.facts import Booking, ChannelFacts, Paid, PaymentMethod, Status, Target
from refunds.models import Payment


def booking_facts(appointment: Appointment, *, payments: Iterable[Payment] | None = None) -> Booking:
    """Return the facts about an appointment and its chain's money; one query, for the payments, unless they are given.

    A draft that waits to replace another holds nothing: the money stands for the one it would replace. What the provider gave back without
    us stands for nothing any more, even before the chain has followed.
    """
    chain = appointment.chain
    owns_money = not appointment.holds_a_move
    if payments is None and owns_money:
        payments = queries.payments_of_chain(source=chain.source)
    elif not owns_money:
        payments = ()
    paid = payment_facts(payments or ())
    left = sum(payment.left for payment in paid if not payment.is_insurance)
    return Booking(
        status=Status(appointment.status),
        starts_at=appointment.slot.starts_at,
        booked_at=chain.booked_at,
        doctor=str(appointment.slot.doctor_id),
        reschedules=chain.reschedules,
        held=min(chain.held, left) if owns_money else 0,
        percent_cap=chain.percent_cap,
        payments=paid,
        channel=channel_facts(chain.channel),
    )


def payment_facts(payments: Iterable[Payment]) -> tuple[Paid, ...]:
    """Return what was paid and how much of it has been promised back or went back elsewhere."""
    return tuple(
        Paid(
            id=str(payment.pk),
            amount=payment.amount,
            method=PaymentMethod(payment.method),
            refunded=payment.reserved + payment.refunded_elsewhere,
            captured_at=payment.captured_at,
        )
        for payment in payments
    )


def seen_from(booking: Booking, *, appointment: Appointment, entrance_of: frozenset[int]) -> Booking:
    """Return the facts as somebody sees them who stands at the own entrance of these channels (by pk).

    A channel that takes no cancellation on the hospital's pages sends patients to its own entrance. A partner that is
    this entrance is where they were sent: for it the channel takes cancellations; deadline and fee stay.
    """
    if appointment.chain.channel_id not in entrance_of:
        return booking
    return replace(booking, channel=replace(booking.channel, self_service=True))


def channel_facts(channel: Channel) -> ChannelFacts:
    """Return what the booking channel allows."""
    deadline = channel.deadline_hours
    return ChannelFacts(
        self_service=channel.self_service,
        deadline=None if deadline is None else timedelta(seconds=float(deadline * 3600)),
        handling_fee=channel.handling_fee,
    )


def target_facts(slot: Slot, *, appointment: Appointment, now: datetime) -> Target:
    """Return the facts about a slot to move to.

    A slot that this appointment's own waiting replacement holds is free for it, and so is one whose hold has run out.
    """
    rivals = (
        other
        for other in Appointment.objects.filter(slot=slot).exclude(
            status__in=[Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED]
        )
        if other.replaces_id != appointment.pk and not may_be_ended(other, now=now)
    )
    return Target(
        starts_at=slot.starts_at,
        doctor=str(slot.doctor_id),
        price=slot.price,
        available=is_offered(slot, now=now, to=appointment) and next(rivals, None) is None,
    )


def is_offered(slot: Slot, *, now: datetime, to: Appointment | None = None) -> bool:
    """Tell whether the doctor offers the slot now, taken or not, to somebody new or to the patient of this appointment.

    What is held for a patient of an absent doctor is offered to nobody else, nor what the waiting list is still asked about.
    """
    if slot.is_withdrawn or (slot.bookable_from is not None and slot.bookable_from > now):
        return False
    if slot.list_turn_at is not None and slot.list_turn_at > now - queries.LIST_HAS_FIRST:
        return False
    kept = LeaveAlternative.objects.filter(slot=slot, is_held=True, held_until__gt=now)
    return not (kept.exclude(case__appointment=to) if to else kept).exists()


def open_case(appointment: Appointment) -> LeaveCase | None:
    """Return the case of the emergency leave in which the patient is still to be told or to answer, or None."""
    case: LeaveCase | None = getattr(appointment, "leave_case", None)
    return case if case and case.is_open else None


def is_run_out(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether this is a draft whose hold is over; nothing more can be paid for it."""
    return (
        appointment.status == Appointment.Status.DRAFT
        and appointment.hold_expires_at is not None
        and appointment.hold_expires_at <= now
    )


def may_be_ended(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the next task, or whoever wants the slot, will end this draft: its hold is over and no money waits.

    What was paid in time books the draft, even when word of it comes after the hold.
    """
    return is_run_out(appointment, now=now) and not queries.has_payment_to_apply(appointment)
