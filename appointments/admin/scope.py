"""Whose rows an account may see: staff those of their centres, a doctor their own, a superuser all."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from appointments import queries
from appointments.admin.base import AnyModelAdmin, account_of
from appointments.chain_source import ChainSource
from appointments.models import Appointment, Centre, User


def is_doctor_desk(user: User) -> bool:
    """Tell whether this account works as a doctor: it then sees its own appointments and nothing else of them."""
    return not user.is_superuser and hasattr(user, "doctor") and user.has_perm("appointments.cancel_own_appointment")


def centres_shown(user: User) -> dict[str, Centre]:
    """Return the centres whose days this account may look at, by pk as text, by name: a doctor's own, else those it works for."""
    if is_doctor_desk(user):
        return {str(user.doctor.centre_id): user.doctor.centre}
    return {str(one.pk): one for one in queries.centres_of(user).order_by("name", "pk")}


def visible_appointments(user: User) -> QuerySet[Appointment]:
    """Return the appointments this account may see."""
    return queries.appointments_of_doctor(user) if is_doctor_desk(user) else queries.appointments_of_staff(user)


def visible_money(user: AbstractBaseUser | AnonymousUser) -> Q:
    """Return the condition on payments of the chains this account may see."""
    if not isinstance(user, User):
        return Q(pk__in=[])
    if user.is_superuser:
        return Q()
    sources = visible_appointments(user).order_by().annotate(source=ChainSource(F("chain_id"))).values("source")
    return Q(source__in=sources)


class CentreScoped(AnyModelAdmin):
    """Rows of the account's centres only: in lists, by address, in search, autocomplete and choices.

    `centre_path` leads from the row to its centre; None for rows that belong to the whole house.
    """

    centre_path: str | None = None
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what the account may see."""
        rows = super().get_queryset(request)
        user = account_of(request)
        if user.is_superuser or self.centre_path is None:
            return rows
        # By pk, since a path over many rows would show a row many times.
        inside = rows.order_by().filter(**{f"{self.centre_path}__in": queries.centres_of(user)})
        return rows.filter(pk__in=inside.values("pk"))

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """Offer as choices what the account sees in the other model's own list."""
        other = self.admin_site._registry.get(db_field.remote_field.model)  # noqa: SLF001 (no public way in)
        return other.get_queryset(request) if other else super().get_field_queryset(db, db_field, request)
