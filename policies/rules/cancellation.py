"""May it be cancelled, how much comes back, to where, and until when does that hold."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from policies.rules.facts import CANCELLABLE, ActorKind, Booking, CancellationRequest, Status
from policies.rules.instants import TICK, instant
from policies.rules.money import allocate, allocate_insured, percent_of, percent_text
from policies.rules.quote import CancellationQuote, CancellationRule, Line, LineCode, Refusal
from policies.rules.terms import CancellationTerms, Terms, Tier

_HUNDRED = Decimal(100)
_NOTHING = Decimal(0)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The rule that decides, and its money in minor units."""

    rule: CancellationRule
    percent: Decimal
    held: int
    gross: int
    fee: int = 0
    tier: Tier | None = None

    @property
    def refund(self) -> int:
        return self.gross - self.fee


def quote_cancellation(
    terms: Terms, booking: Booking, request: CancellationRequest, now: datetime
) -> CancellationQuote:
    """Return what cancelling this booking now would give back to this actor, or why it may not be done."""
    now = instant(now)
    rules = terms.cancellation
    reason_required = request.actor in rules.reason_required or request.is_override
    refusal = _refusal(rules, booking, request, now)
    if refusal:
        return CancellationQuote(allowed=False, refusal=refusal, reason_required=reason_required)
    verdict = _judge(rules, booking, request, now)
    insured = allocate_insured(booking.payments)
    return CancellationQuote(
        allowed=True,
        refusal=None,
        reason_required=reason_required,
        rule=verdict.rule,
        percent=verdict.percent,
        held=verdict.held,
        gross=verdict.gross,
        fee=verdict.fee,
        refund=verdict.refund,
        insured=booking.left_of_insurer,
        allocations=allocate(verdict.refund, booking.payments) + insured,
        changes_at=_changes_at(rules, booking, request, now, verdict),
        lines=_lines(rules, booking, verdict),
    )


def refund_when_cancelled(terms: Terms, booking: Booking, request: CancellationRequest, now: datetime) -> int | None:
    """Return only what comes back of the patient's money, in minor units, or None where cancelling is refused.

    It is the `refund` of `quote_cancellation`, without what explains it: for many bookings at once.
    """
    now = instant(now)
    if _refusal(terms.cancellation, booking, request, now):
        return None
    return _judge(terms.cancellation, booking, request, now).refund


def in_cooling_off(rules: CancellationTerms, booking: Booking, now: datetime) -> bool:
    """Tell whether the cooling-off period, counted from the first booking of the chain, still runs."""
    return rules.cooling_off > timedelta(0) and now - booking.booked_at <= rules.cooling_off


def tier_percent(rules: CancellationTerms, booking: Booking, now: datetime) -> Decimal:
    """Return the percentage of the tier reached now, not above the chain's cap."""
    tier = rules.tier_reached(booking.starts_at - now)
    percent = tier.percent if tier else _NOTHING
    return percent if booking.percent_cap is None else min(percent, booking.percent_cap)


def last_moment_notice(rules: CancellationTerms, booking: Booking) -> timedelta:
    """Return how long before the start a patient may still cancel: the larger of policy window and channel deadline."""
    return max(rules.window, booking.channel.deadline or timedelta(0))


def _refusal(rules: CancellationTerms, booking: Booking, request: CancellationRequest, now: datetime) -> Refusal | None:
    if booking.status not in CANCELLABLE:
        return Refusal.NOT_CANCELLABLE
    if request.actor is not ActorKind.PATIENT:
        return None
    if not booking.channel.self_service:
        return Refusal.USE_CHANNEL
    left = booking.starts_at - now
    if left <= timedelta(0):
        return Refusal.APPOINTMENT_STARTED
    window_binds = booking.status is Status.CONFIRMED and not in_cooling_off(rules, booking, now)
    if window_binds and left < last_moment_notice(rules, booking):
        return Refusal.WINDOW_CLOSED
    return None


def _judge(rules: CancellationTerms, booking: Booking, request: CancellationRequest, now: datetime) -> _Verdict:
    """Return the first rule that applies."""
    held = booking.held
    if request.is_override and request.override_percent is not None:
        percent = request.override_percent
        return _Verdict(CancellationRule.OVERRIDE, percent, held, percent_of(held, percent))
    if request.is_hospital_initiated:
        everything = booking.left_of_patient
        return _Verdict(CancellationRule.HOSPITAL_INITIATED, _HUNDRED, everything, everything)
    if booking.status is not Status.CONFIRMED:
        return _Verdict(CancellationRule.NOT_CONFIRMED, _HUNDRED, held, held)
    if in_cooling_off(rules, booking, now):
        return _Verdict(CancellationRule.COOLING_OFF, _HUNDRED, held, held)
    percent = tier_percent(rules, booking, now)
    gross = percent_of(held, percent)
    fee = min(booking.channel.handling_fee, gross)
    return _Verdict(CancellationRule.TIER, percent, held, gross, fee, rules.tier_reached(booking.starts_at - now))


def _changes_at(
    rules: CancellationTerms, booking: Booking, request: CancellationRequest, now: datetime, current: _Verdict
) -> datetime | None:
    """Return the first boundary, now or later, just after which this actor is refused or gets another amount."""
    if current.rule in (CancellationRule.OVERRIDE, CancellationRule.HOSPITAL_INITIATED):
        return None
    for boundary in _boundaries(rules, booking, now):
        after = boundary + TICK
        if _refusal(rules, booking, request, after):
            return boundary
        if _judge(rules, booking, request, after).refund != current.refund:
            return boundary
    return None


def _boundaries(rules: CancellationTerms, booking: Booking, now: datetime) -> list[datetime]:
    """Return every instant from now on at which a rule may change its answer, earliest first.

    Lengths are compared, not instants: a length may reach beyond the calendar where an instant cannot.
    """
    left = booking.starts_at - now
    notices = {timedelta(0), last_moment_notice(rules, booking), *(tier.notice for tier in rules.tiers)}
    boundaries = [booking.starts_at - notice for notice in notices if notice <= left]
    end = _end_of_cooling_off(rules, booking)
    if end is not None and end >= now:
        boundaries.append(end)
    return sorted(boundary for boundary in boundaries if boundary < _END_OF_TIME)


def _end_of_cooling_off(rules: CancellationTerms, booking: Booking) -> datetime | None:
    """Return the last instant of the cooling-off period, None where it reaches beyond the calendar."""
    is_in_calendar = rules.cooling_off < _END_OF_TIME - booking.booked_at
    return booking.booked_at + rules.cooling_off if is_in_calendar else None


def _lines(rules: CancellationTerms, booking: Booking, verdict: _Verdict) -> tuple[Line, ...]:
    """Explain the money, in the order in which it is taken off. The lines before the refund add up to it."""
    about = {"rule": verdict.rule.value, "percent": percent_text(verdict.percent)}
    if verdict.tier:
        about["notice_seconds"] = str(int(verdict.tier.notice.total_seconds()))
        about["inclusive"] = str(verdict.tier.inclusive).lower()
        about["until"] = (booking.starts_at - verdict.tier.notice).isoformat()
    end = _end_of_cooling_off(rules, booking)
    if verdict.rule is CancellationRule.COOLING_OFF and end is not None:
        about["until"] = end.isoformat()
    if verdict.rule is CancellationRule.TIER and booking.percent_cap is not None:
        about["percent_cap"] = percent_text(booking.percent_cap)
    lines = [
        Line(LineCode.HELD, verdict.held),
        Line(LineCode.KEPT_BY_RULE, verdict.gross - verdict.held, about),
    ]
    if verdict.fee:
        lines.append(Line(LineCode.HANDLING_FEE, -verdict.fee))
    lines.append(Line(LineCode.REFUND, verdict.refund))
    if booking.left_of_insurer:
        lines.append(Line(LineCode.INSURED, booking.left_of_insurer))
    return tuple(lines)
