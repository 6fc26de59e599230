"""The frozen answer: allowed or refused, the money, and every line that explains it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from policies.rules.money import Allocation


class Refusal(StrEnum):
    """Why something may not be done."""

    NOT_CANCELLABLE = "not_cancellable"
    NOT_RESCHEDULABLE = "not_reschedulable"
    USE_CHANNEL = "use_channel"
    APPOINTMENT_STARTED = "appointment_started"
    WINDOW_CLOSED = "window_closed"
    MAX_RESCHEDULES = "max_reschedules"
    SAME_DOCTOR_REQUIRED = "same_doctor_required"
    SLOT_IN_PAST = "slot_in_past"
    SAME_SLOT = "same_slot"
    SLOT_UNAVAILABLE = "slot_unavailable"


class CancellationRule(StrEnum):
    """Which rule decides how much comes back."""

    OVERRIDE = "override"
    HOSPITAL_INITIATED = "hospital_initiated"
    NOT_CONFIRMED = "not_confirmed"
    COOLING_OFF = "cooling_off"
    TIER = "tier"


class LineCode(StrEnum):
    """What a line of the explanation is about."""

    HELD = "held"
    KEPT_BY_RULE = "kept_by_rule"
    HANDLING_FEE = "handling_fee"
    REFUND = "refund"
    INSURED = "insured"
    RESCHEDULE_FEE = "reschedule_fee"
    DIFFERENCE_CHARGED = "difference_charged"
    DIFFERENCE_WAIVED = "difference_waived"
    DIFFERENCE_RETURNED = "difference_returned"
    DIFFERENCE_KEPT = "difference_kept"
    DUE = "due"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the explanation: a code, its signed amount in minor units, and what its words need."""

    code: LineCode
    amount: int
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CancellationQuote:
    """What cancelling would give back to one actor at one instant. A refused one moves no money.

    `gross` = the percentage of `held`, `refund` = `gross` less `fee`; `insured` goes back to the insurer besides. The
    allocations add up to `refund` + `insured`. `changes_at` is the first boundary just after which this actor would be
    refused or get another amount, None when there is none.
    """

    allowed: bool
    refusal: Refusal | None
    reason_required: bool
    rule: CancellationRule | None = None
    percent: Decimal = Decimal(0)
    held: int = 0
    gross: int = 0
    fee: int = 0
    refund: int = 0
    insured: int = 0
    allocations: tuple[Allocation, ...] = ()
    changes_at: datetime | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class RescheduleQuote:
    """What moving to one slot would cost one actor at one instant. A refused one moves no money.

    Either `due` is to be paid first, or `refund` and `credit` come back (the allocations add up to both together).
    `held_after` stands for the new consultation, `percent_cap` is what the chain then notes.
    """

    allowed: bool
    refusal: Refusal | None
    fee: int = 0
    difference: int = 0
    due: int = 0
    refund: int = 0
    credit: int = 0
    held_after: int = 0
    allocations: tuple[Allocation, ...] = ()
    reschedules: int = 0
    reschedules_left: int = 0
    percent_cap: Decimal | None = None
    lines: tuple[Line, ...] = ()

    @property
    def held_change(self) -> int:
        """By how much more (below 0: less) the chain holds after the move than before, in minor units."""
        return self.due - self.refund - self.credit - self.fee
