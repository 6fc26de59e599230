"""May it be moved, what does moving cost, and what stands for the new appointment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from policies.rules.cancellation import in_cooling_off, tier_percent
from policies.rules.facts import RESCHEDULABLE, ActorKind, Booking, RescheduleRequest, Status, Target
from policies.rules.instants import instant
from policies.rules.money import Allocation, RefundWay, allocate
from policies.rules.quote import Line, LineCode, Refusal, RescheduleQuote
from policies.rules.terms import PriceDifference, RescheduleTerms, Terms


@dataclass(frozen=True, slots=True)
class _Cost:
    """What moving costs, in minor units: the fee, the price difference, and the parts of it charged or returned."""

    fee: int
    difference: int
    charged: int
    returned: int

    @property
    def net(self) -> int:
        return self.fee + self.charged - self.returned


def quote_reschedule(
    terms: Terms, booking: Booking, target: Target, request: RescheduleRequest, now: datetime
) -> RescheduleQuote:
    """Return what moving this booking to the target now would cost this actor, or why it may not be done."""
    now = instant(now)
    rules = terms.reschedule
    refusal = _refusal(rules, booking, target, request, now)
    if refusal:
        return RescheduleQuote(allowed=False, refusal=refusal)
    cost = _cost(rules, booking, target, request)
    as_credit = rules.price_difference is PriceDifference.CHARGE and not request.is_hospital_initiated
    allocations = _allocate_back(max(-cost.net, 0), booking, as_credit=as_credit)
    credit = sum(part.amount for part in allocations if part.way is RefundWay.CREDIT)
    refund = max(-cost.net, 0) - credit
    reschedules = booking.reschedules + (0 if request.is_hospital_initiated else 1)
    return RescheduleQuote(
        allowed=True,
        refusal=None,
        fee=cost.fee,
        difference=cost.difference,
        due=max(cost.net, 0),
        refund=refund,
        credit=credit,
        held_after=booking.held + cost.charged - cost.returned,
        allocations=allocations,
        reschedules=reschedules,
        reschedules_left=max(rules.max_reschedules - reschedules, 0),
        percent_cap=_percent_cap(terms, booking, request, now),
        lines=_lines(cost, booking, refund=refund, credit=credit),
    )


def refusal_to_move(  # noqa: PLR0911 one line a refusal, in the order of the rules
    rules: RescheduleTerms, booking: Booking, request: RescheduleRequest, now: datetime
) -> Refusal | None:
    """Return why this booking may not be moved at all, whatever the slot, or None if it may."""
    if booking.status not in RESCHEDULABLE:
        return Refusal.NOT_RESCHEDULABLE
    if request.actor is ActorKind.PATIENT and not booking.channel.self_service:
        return Refusal.USE_CHANNEL
    left = booking.starts_at - now
    if left <= timedelta(0) and not request.is_hospital_initiated:
        return Refusal.APPOINTMENT_STARTED
    if request.passes_limits:
        return None
    if booking.reschedules >= rules.max_reschedules:
        return Refusal.MAX_RESCHEDULES
    if left < rules.window:
        return Refusal.WINDOW_CLOSED
    return None


def _refusal(
    rules: RescheduleTerms, booking: Booking, target: Target, request: RescheduleRequest, now: datetime
) -> Refusal | None:
    whatever_the_slot = refusal_to_move(rules, booking, request, now)
    if whatever_the_slot:
        return whatever_the_slot
    if rules.same_doctor_required and target.doctor != booking.doctor and not request.passes_limits:
        return Refusal.SAME_DOCTOR_REQUIRED
    if target.starts_at <= now:
        return Refusal.SLOT_IN_PAST
    if target.starts_at == booking.starts_at and target.doctor == booking.doctor:
        return Refusal.SAME_SLOT
    if not target.available:
        return Refusal.SLOT_UNAVAILABLE
    return None


def _cost(rules: RescheduleTerms, booking: Booking, target: Target, request: RescheduleRequest) -> _Cost:
    """Return fee and difference; the difference is against what was paid, and 0 where nothing was."""
    insured = booking.left_of_insurer
    nothing_paid = booking.held == 0 and insured == 0
    difference = 0 if nothing_paid else max(target.price - insured, 0) - booking.held
    if request.is_hospital_initiated:
        return _Cost(fee=0, difference=difference, charged=0, returned=max(-difference, 0))
    fee = rules.fee if booking.reschedules >= rules.free_reschedules else 0
    if rules.price_difference is PriceDifference.FIXED_FEE:
        return _Cost(fee=fee, difference=difference, charged=0, returned=0)
    charged = max(difference, 0) if rules.price_difference is PriceDifference.CHARGE else 0
    return _Cost(fee=fee, difference=difference, charged=charged, returned=max(-difference, 0))


def _allocate_back(amount: int, booking: Booking, *, as_credit: bool) -> tuple[Allocation, ...]:
    parts = allocate(amount, booking.payments)
    if not as_credit:
        return parts
    return tuple(Allocation(part.payment, part.amount, RefundWay.CREDIT) for part in parts)


def _percent_cap(terms: Terms, booking: Booking, request: RescheduleRequest, now: datetime) -> Decimal | None:
    """Return the cap the chain notes: the lowest tier that stood at any patient-side move.

    None stands inside the cooling-off period, nor before the appointment is confirmed: 100 % comes back then.
    """
    rules = terms.cancellation
    no_tier_stands = (
        not terms.reschedule.keep_tier
        or request.is_hospital_initiated
        or booking.status is not Status.CONFIRMED
        or in_cooling_off(rules, booking, now)
    )
    return booking.percent_cap if no_tier_stands else tier_percent(rules, booking, now)


def _lines(cost: _Cost, booking: Booking, *, refund: int, credit: int) -> tuple[Line, ...]:
    """Explain the money: what is charged (positive) and what comes back (negative), then what that makes."""
    lines = [Line(LineCode.HELD, booking.held)]
    lines.append(Line(LineCode.RESCHEDULE_FEE, cost.fee))
    if cost.charged:
        lines.append(Line(LineCode.DIFFERENCE_CHARGED, cost.charged))
    elif cost.returned:
        lines.append(Line(LineCode.DIFFERENCE_RETURNED, -cost.returned))
    elif cost.difference > 0:
        lines.append(Line(LineCode.DIFFERENCE_WAIVED, 0, {"difference": str(cost.difference)}))
    elif cost.difference < 0:
        lines.append(Line(LineCode.DIFFERENCE_KEPT, 0, {"difference": str(cost.difference)}))
    if refund:
        lines.append(Line(LineCode.REFUND, refund))
    if credit:
        lines.append(Line(LineCode.CREDIT, credit))
    if not refund and not credit:
        lines.append(Line(LineCode.DUE, max(cost.net, 0)))
    return tuple(lines)
