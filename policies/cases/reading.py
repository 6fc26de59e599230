"""A case as JSON → terms, facts and request of the rules."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from policies.cases.values import (
    InvalidCaseError,
    read_amount,
    read_choice,
    read_count,
    read_flag,
    read_hours,
    read_instant,
    read_percent,
    read_text,
)
from policies.rules.currencies import PLACES
from policies.rules.facts import (
    ActorKind,
    Booking,
    CancellationRequest,
    ChannelFacts,
    Paid,
    PaymentMethod,
    RescheduleRequest,
    Status,
    Target,
)
from policies.rules.terms import CancellationTerms, PriceDifference, RescheduleTerms, Terms, Tier

__all__ = ["Case", "CaseKind", "InvalidCaseError", "parse_line", "read_case"]

_MISSING = object()


class CaseKind(StrEnum):
    """What is asked."""

    CANCELLATION = "cancellation"
    RESCHEDULE = "reschedule"


@dataclass(frozen=True, slots=True)
class Case:
    """A case ready to be decided. `places` are the decimal places of its currency; `target` is there for a reschedule."""

    id: str
    at: datetime
    places: int
    terms: Terms
    booking: Booking
    request: CancellationRequest | RescheduleRequest
    target: Target | None


class Part:
    """A JSON object inside a case, with the path that names its members in errors."""

    def __init__(self, value: object, path: str) -> None:
        """Take an object; anything else is an error."""
        if not isinstance(value, dict):
            raise InvalidCaseError(path, "must be an object")
        self._members = value
        self._path = path

    def path(self, key: str) -> str:
        """Return the full path of a member."""
        return f"{self._path}.{key}" if self._path else key

    def need(self, key: str) -> tuple[object, str]:
        """Return a member that must be there, with its path."""
        value = self._members.get(key, _MISSING)
        if value is _MISSING:
            raise InvalidCaseError(self.path(key), "is missing")
        return value, self.path(key)

    def may(self, key: str, default: object = None) -> tuple[object, str]:
        """Return a member that may be missing, with its path."""
        return self._members.get(key, default), self.path(key)

    def part(self, key: str) -> "Part":
        """Return a member that is an object."""
        return Part(*self.need(key))

    def parts(self, key: str) -> list["Part"]:
        """Return a member that is a list of objects."""
        value, path = self.need(key)
        if not isinstance(value, list):
            raise InvalidCaseError(path, "must be a list")
        return [Part(item, f"{path}[{position}]") for position, item in enumerate(value)]


def parse_line(line: bytes) -> dict[str, object]:
    """Return the JSON object on a line. Raises InvalidCaseError for broken JSON or anything but an object."""
    try:
        value = json.loads(line, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise InvalidCaseError("", "the line is no JSON") from error
    if not isinstance(value, dict):
        raise InvalidCaseError("", "the line is no JSON object")
    return value


def read_case(raw: dict[str, object]) -> Case:
    """Return the case. Raises InvalidCaseError naming the first value that cannot be taken."""
    case = Part(raw, "")
    identifier = read_text(*case.need("id"))
    kind = read_choice(*case.need("kind"), CaseKind)
    currency, path = case.need("currency")
    if not isinstance(currency, str) or currency not in PLACES:
        raise InvalidCaseError(path, "must be a currency code of ISO 4217")
    places = PLACES[currency]
    moving = kind is CaseKind.RESCHEDULE
    return Case(
        id=identifier,
        at=read_instant(*case.need("at")),
        places=places,
        terms=_read_terms(case.part("policy"), places),
        booking=_read_booking(case, places),
        request=_read_move(case) if moving else _read_cancellation(case),
        target=_read_target(case.part("target"), places) if moving else None,
    )


def _read_cancellation(case: Part) -> CancellationRequest:
    percent, path = case.may("override_percent")
    return CancellationRequest(
        actor=read_choice(*case.need("actor"), ActorKind),
        for_hospital=read_flag(*case.may("hospital_initiated", default=False)),
        override_percent=None if percent is None else read_percent(percent, path),
    )


def _read_move(case: Part) -> RescheduleRequest:
    return RescheduleRequest(
        actor=read_choice(*case.need("actor"), ActorKind),
        for_hospital=read_flag(*case.may("hospital_initiated", default=False)),
        override=read_flag(*case.may("override", default=False)),
    )


def _read_booking(case: Part, places: int) -> Booking:
    appointment = case.part("appointment")
    cap, cap_path = appointment.may("percent_cap")
    channel, _ = case.may("channel")
    payments = tuple(_read_payment(payment, places) for payment in case.parts("payments"))
    if len({payment.id for payment in payments}) < len(payments):
        raise InvalidCaseError("payments", "two payments have the same id")
    try:
        return Booking(
            status=read_choice(*appointment.need("status"), Status),
            starts_at=read_instant(*appointment.need("start")),
            booked_at=read_instant(*appointment.need("booked_at")),
            doctor=read_text(*appointment.need("doctor")),
            reschedules=read_count(*appointment.need("reschedules")),
            held=read_amount(*appointment.need("held"), places),
            percent_cap=None if cap is None else read_percent(cap, cap_path),
            payments=payments,
            channel=ChannelFacts() if channel is None else _read_channel(Part(channel, "channel"), places),
        )
    except ValueError as error:
        raise InvalidCaseError("appointment.held", "is more than what is left of the patient's payments") from error


def _read_payment(payment: Part, places: int) -> Paid:
    try:
        return Paid(
            id=read_text(*payment.need("id")),
            amount=read_amount(*payment.need("amount"), places),
            method=read_choice(*payment.need("method"), PaymentMethod),
            refunded=read_amount(*payment.may("refunded", default=0), places),
            captured_at=read_instant(*payment.need("captured_at")),
        )
    except ValueError as error:
        raise InvalidCaseError(payment.path("refunded"), "is more than the amount") from error


def _read_channel(channel: Part, places: int) -> ChannelFacts:
    deadline, path = channel.need("deadline_hours")
    return ChannelFacts(
        self_service=read_flag(*channel.need("self_service")),
        deadline=None if deadline is None else read_hours(deadline, path),
        handling_fee=read_amount(*channel.need("handling_fee"), places),
    )


def _read_terms(policy: Part, places: int) -> Terms:
    actors, path = policy.need("reason_required")
    if not isinstance(actors, list):
        raise InvalidCaseError(path, "must be a list")
    cancellation = CancellationTerms(
        tiers=tuple(_read_tier(tier) for tier in policy.parts("tiers")),
        cooling_off=read_hours(*policy.need("cooling_off_hours")),
        window=read_hours(*policy.need("window_hours")),
        reason_required=frozenset(read_choice(actor, path, ActorKind) for actor in actors),
    )
    reschedule = RescheduleTerms(
        max_reschedules=read_count(*policy.need("max_reschedules")),
        window=read_hours(*policy.need("reschedule_window_hours")),
        same_doctor_required=read_flag(*policy.need("same_doctor_required")),
        free_reschedules=read_count(*policy.need("free_reschedules")),
        fee=read_amount(*policy.need("reschedule_fee"), places),
        price_difference=read_choice(*policy.need("price_difference"), PriceDifference),
        keep_tier=read_flag(*policy.need("keep_tier_after_reschedule")),
    )
    return Terms(cancellation, reschedule)


def _read_tier(tier: Part) -> Tier:
    return Tier(
        notice=read_hours(*tier.need("hours")),
        percent=read_percent(*tier.need("percent")),
        inclusive=read_flag(*tier.may("inclusive", default=True)),
    )


def _read_target(target: Part, places: int) -> Target:
    return Target(
        starts_at=read_instant(*target.need("start")),
        doctor=read_text(*target.need("doctor")),
        price=read_amount(*target.need("price"), places),
        available=read_flag(*target.need("available")),
    )
