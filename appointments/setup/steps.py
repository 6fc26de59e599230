"""What a centre needs before it can work, and which of it is there. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

#: The groups that a centre cannot do without, in the order in which they are missed.
NEEDED_ROLES = ("front desk", "cashier", "finance", "policy maker", "centre manager")


class StepCode(StrEnum):
    """What is looked at, in the order in which it is best done."""

    CENTRE = "centre"
    POLICY = "policy"
    CHANNEL = "channel"
    DOCTORS = "doctors"
    TIMES = "times"
    REASONS = "reasons"
    HOLIDAYS = "holidays"
    FINANCE_PHONE = "finance_phone"
    PEOPLE = "people"
    PROVIDER = "provider"
    MAIL = "mail"
    SMS = "sms"
    SECOND_FACTOR = "second_factor"


#: Steps that a centre may well leave out: shown, not counted.
OPTIONAL = frozenset({StepCode.SMS})


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """What the records say of one centre. `roles` are the groups of its active staff; doctors without times are named; years are those of its holidays."""

    has_phone: bool = False
    has_finance_phone: bool = False
    has_terms: bool = False
    has_website: bool = False
    doctors: int = 0
    doctors_without_times: tuple[str, ...] = ()
    missing_years: tuple[int, ...] = ()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """What is the same for every centre. `reasons_for` holds "patients", "staff", "doctors"; providers are names.

    `half_providers` have a key and no webhook secret, or half a key.
    """

    reasons_for: frozenset[str] = frozenset()
    providers: tuple[str, ...] = ()
    half_providers: tuple[str, ...] = ()
    sends_mail: bool = False
    sends_sms: bool = False
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `missing` names what of it is not there yet, where there are parts."""

    code: StepCode
    is_done: bool
    missing: tuple[str, ...] = field(default=())

    @property
    def is_optional(self) -> bool:
        """Tell whether a centre works without it."""
        return self.code in OPTIONAL


_REASONS = ("patients", "staff", "doctors")


def steps_of(centre: CentreFacts, house: HouseFacts) -> list[Step]:
    """Return every step in order, done or not."""
    reasons = tuple(one for one in _REASONS if one not in house.reasons_for)
    roles = tuple(one for one in NEEDED_ROLES if one not in centre.roles)
    return [
        Step(StepCode.CENTRE, centre.has_phone),
        Step(StepCode.POLICY, centre.has_terms),
        Step(StepCode.CHANNEL, centre.has_website),
        Step(StepCode.DOCTORS, centre.doctors > 0),
        Step(StepCode.TIMES, centre.doctors > 0 and not centre.doctors_without_times, centre.doctors_without_times),
        Step(StepCode.REASONS, not reasons, reasons),
        Step(StepCode.HOLIDAYS, not centre.missing_years, tuple(map(str, centre.missing_years))),
        Step(StepCode.FINANCE_PHONE, centre.has_finance_phone),
        Step(StepCode.PEOPLE, not roles, roles),
        Step(StepCode.PROVIDER, bool(house.providers) and not house.half_providers, house.half_providers),
        Step(StepCode.MAIL, house.sends_mail),
        Step(StepCode.SMS, house.sends_sms),
        Step(StepCode.SECOND_FACTOR, house.second_factor),
    ]


def left(steps: list[Step]) -> int:
    """Return how many steps are left that have to be done."""
    return sum(not step.is_done and not step.is_optional for step in steps)
