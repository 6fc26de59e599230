"""Somebody whom the desk enters for the first time, and who might be the same person. Read-only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from appointments.models import Patient, WaitingEntry
from appointments.models.appointment import Chain
from appointments.phones import international


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who stands at the desk. `phone` is in E.164; one of phone and e-mail is given. An empty language: the installation's."""

    name: str
    birth_date: date
    email: str = ""
    phone: str = ""
    language: str = ""

    def is_named_like(self, patient: Patient) -> bool:
        """Tell whether a record has this name, whatever its capitals and spaces."""
        return _folded(patient.name) == _folded(self.name)


def known_like(newcomer: Newcomer, *, centre_ids: Collection[int], region: str) -> list[Patient]:
    """Return who is on record at these centres, was born that day, and has the same name, phone or e-mail; by name.

    A record without a date of birth may be anybody's of that name, phone or e-mail. Nobody of another centre is looked at. `region` is the country of numbers that were kept without a code.
    """
    booked = Chain.objects.filter(channel__centre__in=centre_ids).order_by().values("patient")
    waiting = WaitingEntry.objects.filter(centre__in=centre_ids).order_by().values("patient")
    # Records without a date may be many: the database picks them, by the number as it is kept.
    same = Q(name__iexact=newcomer.name)
    same |= Q(phone=newcomer.phone) if newcomer.phone else Q()
    same |= Q(email__iexact=newcomer.email) if newcomer.email else Q()
    born = Q(birth_date=newcomer.birth_date) | (Q(birth_date__isnull=True) & same)
    here = Patient.objects.filter(Q(pk__in=booked) | Q(pk__in=waiting), born)
    return [one for one in here.order_by("name", "pk") if _is_like(newcomer, one, region=region)]


def _is_like(newcomer: Newcomer, patient: Patient, *, region: str) -> bool:
    has_phone = bool(newcomer.phone) and international(patient.phone, region=region) == newcomer.phone
    has_email = bool(newcomer.email) and patient.email.casefold() == newcomer.email.casefold()
    return has_phone or has_email or newcomer.is_named_like(patient)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
