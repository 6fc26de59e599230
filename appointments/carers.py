"""Rights to act for patients, read-only."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from appointments.models import CarerRelation, Patient, User


def rights_of(user: User, *, now: datetime) -> tuple[CarerRelation, ...]:
    """Return the rights this account holds now, by the patient's name."""
    open_ones = CarerRelation.objects.filter(account=user, ended_at__isnull=True).select_related("patient")
    return tuple(one for one in open_ones.order_by("patient__name", "pk") if one.holds(now=now))


def right_stands(relation_id: UUID, *, now: datetime) -> bool:
    """Tell whether a right still stands, and is one to act."""
    relation = CarerRelation.objects.filter(pk=relation_id).first()
    return relation is not None and relation.may_act and relation.holds(now=now)


def invitations_for(user: User) -> QuerySet[CarerRelation]:
    """Return what this account was asked and has not answered. Its address was proved when it signed in."""
    asked = CarerRelation.objects.filter(accepted_at__isnull=True, ended_at__isnull=True)
    return asked.filter(invited_email__iexact=user.email or "-").select_related("patient").order_by("invited_at")


def carers_of(patient: Patient) -> QuerySet[CarerRelation]:
    """Return who may act for a patient or was asked to."""
    return (
        CarerRelation.objects.filter(patient=patient, ended_at__isnull=True)
        .select_related("account")
        .order_by("invited_at")
    )


def acts_by(user: User, *, relation_id: UUID) -> bool:
    """Tell whether this account has said yes to this right before, and it was not ended."""
    return CarerRelation.objects.filter(pk=relation_id, account=user, ended_at__isnull=True).exists()


def relation_to_end(user: User, *, relation_id: UUID) -> CarerRelation | None:
    """Return a right, ended or not, that this account may end: one over its own record, or one it holds or was offered."""
    found = CarerRelation.objects.filter(pk=relation_id).select_related("patient").first()
    if found is None:
        return None
    is_theirs = user.pk in (found.patient.user_id, found.account_id)
    is_asked = found.account_id is None and bool(user.email) and found.invited_email.lower() == str(user.email).lower()
    return found if is_theirs or is_asked else None


def addresses_to_tell(patient_id: int, *, now: datetime) -> Iterable[str]:
    """Return the addresses of those who act for a patient now: they hear what the patient hears."""
    relations = CarerRelation.objects.filter(patient=patient_id, ended_at__isnull=True).select_related("account")
    for one in relations:
        if one.account and one.account.email and one.may_act and one.holds(now=now):
            yield one.account.email
