"""Frozen facts about one booking and one request; the rules see nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from policies.rules.instants import instant


class ActorKind(StrEnum):
    """Who acts."""

    PATIENT = "patient"
    STAFF = "staff"
    DOCTOR = "doctor"
    SYSTEM = "system"


class Status(StrEnum):
    """Where an appointment stands. The last four never change again."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"


CANCELLABLE = frozenset({Status.DRAFT, Status.PENDING_APPROVAL, Status.CONFIRMED})
RESCHEDULABLE = frozenset({Status.PENDING_APPROVAL, Status.CONFIRMED})
TERMINAL = frozenset({Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED, Status.RESCHEDULED})


class PaymentMethod(StrEnum):
    """How something was paid. All but the last four go through a gateway."""

    CARD = "card"
    UPI = "upi"
    WALLET = "wallet"
    NETBANKING = "netbanking"
    GATEWAY = "gateway"
    RAZORPAY = "razorpay"
    STRIPE = "stripe"
    CASH = "cash"
    BANK_TRANSFER = "bank_transfer"
    INSURANCE = "insurance"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Paid:
    """A captured payment; `amount` and `refunded` (already given back) in minor units."""

    id: str
    amount: int
    method: PaymentMethod
    refunded: int
    captured_at: datetime

    def __post_init__(self) -> None:
        """Refuse impossible money."""
        if not 0 <= self.refunded <= self.amount:
            raise ValueError("refunded is not between 0 and the amount")
        object.__setattr__(self, "captured_at", instant(self.captured_at))

    @property
    def left(self) -> int:
        """What has not been given back, in minor units."""
        return self.amount - self.refunded

    @property
    def is_insurance(self) -> bool:
        """Tell whether the insurer paid it."""
        return self.method is PaymentMethod.INSURANCE


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the booking channel allows; `handling_fee` in minor units, `deadline` None where the policy's window rules."""

    self_service: bool = True
    deadline: timedelta | None = None
    handling_fee: int = 0


@dataclass(frozen=True, slots=True)
class Booking:
    """One appointment with the money of its chain.

    `booked_at` is the first booking of the chain, `reschedules` counts patient-side moves in it, `held` (minor units) is
    the patient's own money that stands for the consultation. Raises ValueError if more is held than is left of what the
    patient paid.
    """

    status: Status
    starts_at: datetime
    booked_at: datetime
    doctor: str
    reschedules: int
    held: int
    percent_cap: Decimal | None
    payments: tuple[Paid, ...]
    channel: ChannelFacts

    def __post_init__(self) -> None:
        """Keep instants in UTC and refuse to hold what nobody paid."""
        object.__setattr__(self, "starts_at", instant(self.starts_at))
        object.__setattr__(self, "booked_at", instant(self.booked_at))
        if not 0 <= self.held <= self.left_of_patient:
            raise ValueError("held is not between 0 and what is left of the patient's payments")

    @property
    def left_of_patient(self) -> int:
        """Everything the patient paid in the chain and has not had back, fees included."""
        return sum(payment.left for payment in self.payments if not payment.is_insurance)

    @property
    def left_of_insurer(self) -> int:
        """Everything the insurer paid and has not had back."""
        return sum(payment.left for payment in self.payments if payment.is_insurance)


@dataclass(frozen=True, slots=True)
class CancellationRequest:
    """Who asks for a cancellation, and how. Only staff can act for the hospital or override the percentage."""

    actor: ActorKind
    for_hospital: bool = False
    override_percent: Decimal | None = None

    @property
    def is_override(self) -> bool:
        """Tell whether staff set the percentage."""
        return self.actor is ActorKind.STAFF and self.override_percent is not None

    @property
    def is_hospital_initiated(self) -> bool:
        """Tell whether the hospital, not the patient, ends the appointment."""
        return acts_for_hospital(self.actor, for_hospital=self.for_hospital)


@dataclass(frozen=True, slots=True)
class RescheduleRequest:
    """Who asks for a move, and how. Only staff can act for the hospital or pass the limits by override."""

    actor: ActorKind
    for_hospital: bool = False
    override: bool = False

    @property
    def is_hospital_initiated(self) -> bool:
        """Tell whether the hospital, not the patient, moves the appointment."""
        return acts_for_hospital(self.actor, for_hospital=self.for_hospital)

    @property
    def passes_limits(self) -> bool:
        """Tell whether count, window and same-doctor rule are passed."""
        return self.is_hospital_initiated or (self.actor is ActorKind.STAFF and self.override)


@dataclass(frozen=True, slots=True)
class Target:
    """The slot an appointment would move to; `price` in minor units."""

    starts_at: datetime
    doctor: str
    price: int
    available: bool

    def __post_init__(self) -> None:
        """Keep the instant in UTC."""
        object.__setattr__(self, "starts_at", instant(self.starts_at))


def acts_for_hospital(actor: ActorKind, *, for_hospital: bool) -> bool:
    """Tell whether a deed counts as the hospital's: a doctor's, the system's, or staff's when they say so."""
    return actor in (ActorKind.DOCTOR, ActorKind.SYSTEM) or (actor is ActorKind.STAFF and for_hospital)
