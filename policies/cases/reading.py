"""A case as JSON → terms, facts and request of the rules."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

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
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=Decimal)

Value = TypeVar("Value")
Other = TypeVar("Other")


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
    """A JSON object inside a case. Errors in its members are named by their path on the way out."""

    __slots__ = ("_members",)

    def __init__(self, value: object) -> None:
        """Take an object; anything else is an error."""
        if not isinstance(value, dict):
            raise InvalidCaseError("must be an object")
        self._members = value

    def need(self, key: str, read: Callable[..., Value], *how: object) -> Value:
        """Return a member that must be there, read by `read(value, *how)`."""
        try:
            value = self._members[key]
        except KeyError:
            raise InvalidCaseError("is missing", key) from None
        try:
            return read(value, *how)
        except InvalidCaseError as error:
            raise error.inside(key) from error

    def may(self, key: str, default: Other, read: Callable[..., Value], *how: object) -> Value | Other:
        """Return a member, or the default if it is missing."""
        return self.need(key, read, *how) if key in self._members else default

    def may_be_null(self, key: str, default: Other, read: Callable[..., Value], *how: object) -> Value | Other:
        """Return a member, or the default if it is missing or null."""
        return default if self._members.get(key) is None else self.need(key, read, *how)

    def nullable(self, key: str, read: Callable[..., Value], *how: object) -> Value | None:
        """Return a member that must be there but may be null."""
        return None if self._members.get(key, _MISSING) is None else self.need(key, read, *how)


def read_list(value: object, read: Callable[..., Value], *how: object) -> tuple[Value, ...]:
    """Return a list, each item read by `read(item, *how)`."""
    if not isinstance(value, list):
        raise InvalidCaseError("must be a list")
    items = []
    for item in value:
        try:
            items.append(read(item, *how))
        except InvalidCaseError as error:
            raise error.inside(f"[{len(items)}]") from error
    return tuple(items)


def parse_line(line: bytes) -> dict[str, object]:
    """Return the JSON object on a line. Raises InvalidCaseError for broken JSON or anything but an object."""
    try:
        value = _DECODER.decode(line.decode("utf-8-sig"))
    except (ValueError, ArithmeticError, RecursionError) as error:  # also a number beyond every exponent
        raise InvalidCaseError("the line is no JSON") from error
    if not isinstance(value, dict):
        raise InvalidCaseError("the line is no JSON object")
    return value


def read_case(raw: dict[str, object]) -> Case:
    """Return the case. Raises InvalidCaseError naming the first value that cannot be taken."""
    case = Part(raw)
    identifier = case.need("id", read_text)
    kind = case.need("kind", read_choice, CaseKind)
    places = case.need("currency", _read_places)
    moving = kind is CaseKind.RESCHEDULE
    return Case(
        id=identifier,
        at=case.need("at", read_instant),
        places=places,
        terms=case.need("policy", _read_terms, places),
        booking=_read_booking(case, places),
        request=_read_move(case) if moving else _read_cancellation(case),
        target=case.need("target", _read_target, places) if moving else None,
    )


def _read_places(value: object) -> int:
    """Return the decimal places of a currency."""
    places = PLACES.get(value) if isinstance(value, str) else None
    if places is None:
        raise InvalidCaseError("must be a currency code of ISO 4217")
    return places


def _read_cancellation(case: Part) -> CancellationRequest:
    return CancellationRequest(
        actor=case.need("actor", read_choice, ActorKind),
        for_hospital=case.may("hospital_initiated", False, read_flag),  # noqa: FBT003 the default of a flag
        override_percent=case.may_be_null("override_percent", None, read_percent),
    )


def _read_move(case: Part) -> RescheduleRequest:
    return RescheduleRequest(
        actor=case.need("actor", read_choice, ActorKind),
        for_hospital=case.may("hospital_initiated", False, read_flag),  # noqa: FBT003 the default of a flag
        override=case.may("override", False, read_flag),  # noqa: FBT003 the default of a flag
    )


def _read_booking(case: Part, places: int) -> Booking:
    payments = case.need("payments", read_list, _read_payment, places)
    if len({payment.id for payment in payments}) < len(payments):
        raise InvalidCaseError("two payments have the same id", "payments")
    channel = case.may_be_null("channel", ChannelFacts(), _read_channel, places)
    return case.need("appointment", _read_appointment, places, payments, channel)


def _read_appointment(value: object, places: int, payments: tuple[Paid, ...], channel: ChannelFacts) -> Booking:
    appointment = Part(value)
    try:
        return Booking(
            status=appointment.need("status", read_choice, Status),
            starts_at=appointment.need("start", read_instant),
            booked_at=appointment.need("booked_at", read_instant),
            doctor=appointment.need("doctor", read_text),
            reschedules=appointment.need("reschedules", read_count),
            held=appointment.need("held", read_amount, places),
            percent_cap=appointment.may_be_null("percent_cap", None, read_percent),
            payments=payments,
            channel=channel,
        )
    except ValueError as error:
        raise InvalidCaseError("is more than what is left of the patient's payments", "held") from error


def _read_payment(value: object, places: int) -> Paid:
    payment = Part(value)
    try:
        return Paid(
            id=payment.need("id", read_text),
            amount=payment.need("amount", read_amount, places),
            method=payment.need("method", read_choice, PaymentMethod),
            refunded=payment.may("refunded", 0, read_amount, places),
            captured_at=payment.need("captured_at", read_instant),
        )
    except ValueError as error:
        raise InvalidCaseError("is more than the amount", "refunded") from error


def _read_channel(value: object, places: int) -> ChannelFacts:
    channel = Part(value)
    return ChannelFacts(
        self_service=channel.need("self_service", read_flag),
        deadline=channel.nullable("deadline_hours", read_hours),
        handling_fee=channel.need("handling_fee", read_amount, places),
    )


def _read_terms(value: object, places: int) -> Terms:
    policy = Part(value)
    cancellation = CancellationTerms(
        tiers=policy.need("tiers", read_list, _read_tier),
        cooling_off=policy.need("cooling_off_hours", read_hours),
        window=policy.need("window_hours", read_hours),
        reason_required=frozenset(policy.need("reason_required", read_list, read_choice, ActorKind)),
    )
    reschedule = RescheduleTerms(
        max_reschedules=policy.need("max_reschedules", read_count),
        window=policy.need("reschedule_window_hours", read_hours),
        same_doctor_required=policy.need("same_doctor_required", read_flag),
        free_reschedules=policy.need("free_reschedules", read_count),
        fee=policy.need("reschedule_fee", read_amount, places),
        price_difference=policy.need("price_difference", read_choice, PriceDifference),
        keep_tier=policy.need("keep_tier_after_reschedule", read_flag),
    )
    return Terms(cancellation, reschedule)


def _read_tier(value: object) -> Tier:
    tier = Part(value)
    return Tier(
        notice=tier.need("hours", read_hours),
        percent=tier.need("percent", read_percent),
        inclusive=tier.may("inclusive", True, read_flag),  # noqa: FBT003 the default of a flag
    )


def _read_target(value: object, places: int) -> Target:
    target = Part(value)
    return Target(
        starts_at=target.need("start", read_instant),
        doctor=target.need("doctor", read_text),
        price=target.need("price", read_amount, places),
        available=target.need("available", read_flag),
    )
