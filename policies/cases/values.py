"""Single values of a case: each reader takes one JSON value and the path that names it in an error."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from policies.rules.instants import instant

_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_FINER_THAN_MICROSECONDS = re.compile(r"[.,]\d{7}")
_MAX_AMOUNT = 10**15  # minor units; far above any price, far below what a database's 64 bits hold
_MAX_HOURS = 24 * 366 * 100  # a hundred years

Choice = TypeVar("Choice", bound=StrEnum)


class InvalidCaseError(Exception):
    """A case that cannot be taken: `field` is the path of the offending value, the message says what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        """Keep where and what."""
        super().__init__(message)
        self.field = field
        self.message = message


def read_text(value: object, field: str) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise InvalidCaseError(field, "must be a text")
    return value


def read_flag(value: object, field: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise InvalidCaseError(field, "must be true or false")
    return value


def read_count(value: object, field: str) -> int:
    """Return a whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidCaseError(field, "must be a whole number, 0 or more")
    return value


def read_choice(value: object, field: str, kinds: type[Choice]) -> Choice:
    """Return the member of an enumeration with this value."""
    if isinstance(value, str):
        try:
            return kinds(value)
        except ValueError:
            pass
    raise InvalidCaseError(field, f"must be one of: {', '.join(kinds)}")


def read_decimal(value: object, field: str) -> Decimal:
    """Return an exact, finite number from a JSON number or a decimal text."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= 40:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise InvalidCaseError(field, "must be a finite decimal number")


def read_amount(value: object, field: str, places: int) -> int:
    """Return an amount of money in minor units, 0 or more, exact in the currency's places."""
    amount = read_decimal(value, field)
    if amount < 0:
        raise InvalidCaseError(field, "must not be negative")
    numerator, denominator = amount.as_integer_ratio()
    minor, rest = divmod(numerator * 10**places, denominator)
    if rest:
        raise InvalidCaseError(field, f"has more than the currency's {places} decimal places")
    if minor > _MAX_AMOUNT:
        raise InvalidCaseError(field, "is too large")
    return minor


def read_percent(value: object, field: str) -> Decimal:
    """Return a percentage from 0 to 100."""
    percent = read_decimal(value, field)
    if not 0 <= percent <= 100:
        raise InvalidCaseError(field, "must be from 0 to 100")
    return percent.copy_abs()


def read_hours(value: object, field: str) -> timedelta:
    """Return a length of time from hours, 0 or more."""
    hours = read_decimal(value, field)
    if not 0 <= hours <= _MAX_HOURS:
        raise InvalidCaseError(field, f"must be from 0 to {_MAX_HOURS} hours")
    return timedelta(microseconds=round(hours * 3_600_000_000))


def read_instant(value: object, field: str) -> datetime:
    """Return an instant in UTC from an ISO 8601 text with an offset."""
    text = read_text(value, field)
    if _FINER_THAN_MICROSECONDS.search(text):
        raise InvalidCaseError(field, "must not be finer than a microsecond")
    try:
        return instant(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise InvalidCaseError(field, "must be an ISO 8601 time with an offset from UTC") from error


def write_amount(minor: int, places: int) -> str:
    """Return minor units as a decimal text in the currency's own places."""
    if places == 0:
        return str(minor)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def write_instant(moment: datetime) -> str:
    """Return an instant in UTC with `Z`, without a fraction where there is none."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
