"""Find appointments by what people say at a counter: a reference, a name, a phone number, a date of birth."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import F, Func, Model, Q, QuerySet, Value
from django.db.models.functions import Replace

from appointments.days import read_day
from appointments.models import Appointment, Chain, Patient, User
from appointments.models.people import plain_phone
from appointments.references import read_reference

Row = TypeVar("Row", bound=Model)

MOST_FOUND = 20
SHORTEST = 2
_FEWEST_DIGITS = 4
_STILL_TODAY = timedelta(hours=12)
_YEAR_FIRST = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")


@dataclass(frozen=True, slots=True)
class Found:
    """What matches: what is to come first, soonest first, then what was, newest first. `has_more`: not all is shown."""

    appointments: tuple[Appointment, ...]
    has_more: bool


def find_appointments(appointments: QuerySet[Appointment], *, text: str, now: datetime, by_contact: bool) -> Found:
    """Return which of these appointments somebody means. Without `by_contact` only a reference or a name finds. Two queries at most."""
    matching = _matching(appointments, text.strip(), by_contact=by_contact)
    to_come = matching.filter(slot__starts_at__gte=now - _STILL_TODAY).order_by("slot__starts_at", "pk")
    found = list(to_come[: MOST_FOUND + 1])
    if len(found) <= MOST_FOUND:
        past = matching.filter(slot__starts_at__lt=now - _STILL_TODAY).order_by("-slot__starts_at", "-pk")
        found += past[: MOST_FOUND + 1 - len(found)]
    return Found(tuple(found[:MOST_FOUND]), has_more=len(found) > MOST_FOUND)


def read_birth_date(text: str) -> date | None:
    """Return a date written as 1984-03-27, 27/03/1984, 27.3.1984 or 27 3 1984, the day before the month; else None."""
    match = _DAY_FIRST.fullmatch(text.strip())
    if match:
        return read_day(f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}")
    return read_day(text.strip()) if _YEAR_FIRST.fullmatch(text.strip()) else None


def patients_of_staff(user: User) -> QuerySet[Patient]:
    """Return the patients who booked at the centres this account works for; a superuser sees all."""
    if user.is_superuser:
        return Patient.objects.all()
    booked = Chain.objects.filter(channel__centre__staff=user)
    return Patient.objects.filter(pk__in=booked.order_by().values("patient"))


def find_patients(patients: QuerySet[Patient], *, text: str) -> list[Patient]:
    """Return which of these patients somebody means by name, phone or date of birth: MOST_FOUND of them, by name."""
    return list(_of_people(patients, text.strip(), path="", by_contact=True).order_by("name", "pk")[:MOST_FOUND])


def _matching(appointments: QuerySet[Appointment], text: str, *, by_contact: bool) -> QuerySet[Appointment]:
    reference = read_reference(text)
    if reference:
        return appointments.filter(reference=reference)
    return _of_people(appointments, text, path="chain__patient__", by_contact=by_contact)


def _of_people(rows: QuerySet[Row], text: str, *, path: str, by_contact: bool) -> QuerySet[Row]:
    """Keep the rows whose patient, at the end of `path`, is meant."""
    if by_contact:
        born = read_birth_date(text)
        if born:
            return rows.filter(**{f"{path}birth_date": born})
        digits = plain_phone(text).lstrip("+").lstrip("0")
        if digits.isdecimal() and len(digits) >= _FEWEST_DIGITS:
            # Numbers came from partners too, as they write them.
            numbered = rows.alias(number=_plain(F(f"{path}phone"))).filter(number__contains=digits)
            return rows.filter(pk__in=numbered.order_by().values("pk"))
    named = Q()
    for word in text.split():
        named &= Q(**{f"{path}name__icontains": word})
    return rows.filter(named) if named else rows.none()


def _plain(number: F) -> Func:
    plain: F | Func = number
    for character in " -()":
        plain = Replace(plain, Value(character), Value(""))
    assert isinstance(plain, Func)
    return plain
