"""Single values of a case: each reader takes one JSON value and raises InvalidCaseError without a path."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import TypeVar

from policies.rules.instants import instant

_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_FINER_THAN_MICROSECONDS = re.compile(r"[.,]\d{7}")
_MAX_AMOUNT = 10**15  # minor units; far above any price, far below what a database's 64 bits hold
_MAX_HOURS = 24 * 366 * 100  # a hundred years
_MICROSECONDS_AN_HOUR = 3_600_000_000
_REMEMBERED = 4096  # the hours and percentages of policies come back in every case

Choice = TypeVar("Choice", bound=StrEnum)


class InvalidCaseError(Exception):
    """A case that cannot be taken: `field` is the path of the offending value, the message says what is wrong."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep what and where; readers of single values leave it to the objects around them to say where."""
        super().__init__(message)
        self.message = message
        self.field = field

    def inside(self, name: str) -> "InvalidCaseError":
        """Return the error as seen from one object further out, where the value is called `name`."""
        joint = "." if self.field and not self.field.startswith("[") else ""
        return InvalidCaseError(self.message, f"{name}{joint}{self.field}")


def read_text(value: object) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise InvalidCaseError("must be a text")
    return value


def read_flag(value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise InvalidCaseError("must be true or false")
    return value


def read_count(value: object) -> int:
    """Return a whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidCaseError("must be a whole number, 0 or more")
    return value


def read_choice(value: object, kinds: type[Choice]) -> Choice:
    """Return the member of an enumeration with this value."""
    if isinstance(value, str):
        choice: Choice | None = _choices(kinds).get(value)
        if choice is not None:
            return choice
    raise InvalidCaseError(f"must be one of: {', '.join(kinds)}")


@cache
def _choices(kinds: type[Choice]) -> dict[str, Choice]:
    return {choice.value: choice for choice in kinds}


def read_decimal(value: object) -> Decimal:
    """Return an exact, finite number from a JSON number or a decimal text."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= 40:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise InvalidCaseError("must be a finite decimal number")


def read_amount(value: object, places: int) -> int:
    """Return an amount of money in minor units, 0 or more, exact in the currency's places."""
    amount = read_decimal(value)
    if amount < 0:
        raise InvalidCaseError("must not be negative")
    numerator, denominator = amount.as_integer_ratio()
    scale: int = 10**places
    minor, rest = divmod(numerator * scale, denominator)
    if rest:
        raise InvalidCaseError(f"has more than the currency's {places} decimal places")
    if minor > _MAX_AMOUNT:
        raise InvalidCaseError("is too large")
    return minor


def read_percent(value: object) -> Decimal:
    """Return a percentage from 0 to 100."""
    return _percent(value) if isinstance(value, int | str | Decimal) else read_decimal(value)


@lru_cache(_REMEMBERED, typed=True)
def _percent(value: object) -> Decimal:
    percent = read_decimal(value)
    if not 0 <= percent <= 100:
        raise InvalidCaseError("must be from 0 to 100")
    return percent.copy_abs()


def read_hours(value: object) -> timedelta:
    """Return a length of time from hours, 0 or more."""
    if not isinstance(value, int | str | Decimal):
        raise InvalidCaseError("must be a finite decimal number")
    return _hours(value)


@lru_cache(_REMEMBERED, typed=True)
def _hours(value: object) -> timedelta:
    hours = read_decimal(value)
    if not 0 <= hours <= _MAX_HOURS:
        raise InvalidCaseError(f"must be from 0 to {_MAX_HOURS} hours")
    return timedelta(microseconds=round(hours * _MICROSECONDS_AN_HOUR))


def read_instant(value: object) -> datetime:
    """Return an instant in UTC from an ISO 8601 text with an offset."""
    text = read_text(value)
    if _FINER_THAN_MICROSECONDS.search(text):
        raise InvalidCaseError("must not be finer than a microsecond")
    try:
        return instant(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise InvalidCaseError("must be an ISO 8601 time with an offset from UTC") from error


def write_amount(minor: int, places: int) -> str:
    """Return minor units as a decimal text in the currency's own places."""
    if places == 0:
        return str(minor)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def write_instant(moment: datetime) -> str:
    """Return an instant in UTC with `Z`, without a fraction where there is none."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
