"""Planned leave of doctors: entered where nothing is booked; where something is, the emergency leave shows whom it meets."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.actor import Actor
from appointments.admin.base import NothingToChange, PlannedLeaveModelAdmin, account_of
from appointments.admin.leave import pages as emergency
from appointments.admin.leave.forms import LeaveForm
from appointments.admin.leave.rights import CALL
from appointments.hours import queries
from appointments.models import PlannedLeave, User
from appointments.usecases.emergency_leave import LeaveDaysError, prepare_leave
from appointments.usecases.plan_leave import (
    BookedInLeaveError,
    PlannedDaysError,
    call_off_leave,
    plan_leave,
)

_PLAN = "appointments.plan_leave"


@admin.register(PlannedLeave)
class PlannedLeaveAdmin(NothingToChange, PlannedLeaveModelAdmin):
    """Planned leave of the centres' doctors. It is entered and called off, never changed."""

    list_display = ("doctor", "first_day", "last_day", "note", "entered_by")
    search_fields = ("doctor__name", "note")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlannedLeave]:
        """Return what the account may see."""
        return queries.planned_leaves_of(account_of(request))

    def has_add_permission(self, *args: Any, **_kwargs: Any) -> bool:
        """Tell whether the account may plan leave."""
        return bool(args[0].user.has_perm(_PLAN))

    def has_delete_permission(self, *args: Any, **kwargs: Any) -> bool:
        """Tell whether the account may call it off: not once it is over."""
        leave = kwargs.get("obj") or (args[1] if len(args) > 1 else None)
        over = leave is not None and leave.last_day < timezone.now().astimezone(leave.doctor.centre.zone).date()
        return bool(args[0].user.has_perm(_PLAN)) and not over

    def delete_model(self, request: HttpRequest, obj: PlannedLeave) -> None:
        """Call it off, and say what is on offer again."""
        try:
            back = call_off_leave(leave_id=obj.pk, now=timezone.now())
        except PlannedDaysError as error:
            raise PermissionDenied from error
        words = ngettext("%(n)d slot is on offer again.", "%(n)d slots are on offer again.", back)
        messages.info(request, words % {"n": back})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask whose leave and when; POST enters it."""
        user = account_of(request)
        if not user.has_perm(_PLAN):
            raise PermissionDenied
        doctors = list(queries.doctors_of_centres(user))
        form = LeaveForm(request.POST if request.method == "POST" else None, doctors=doctors)
        done = _enter(request, user, form) if doctors and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Planned leave"),
            "opts": self.opts,
            "form": form if doctors else None,
        }
        return done or TemplateResponse(request, "admin/hours/leave.html", context)


def _enter(request: HttpRequest, user: User, form: LeaveForm) -> HttpResponse | None:
    """Enter the leave, or lead to those whom it meets. None: the form says what is wrong."""
    now = timezone.now()
    days = {name: form.cleaned_data[name] for name in ("first_day", "last_day", "note")}
    wanted = {"doctor": form.chosen_doctor(), **days, "actor": Actor.staff(user), "now": now}
    try:
        done = plan_leave(**wanted)
    except PlannedDaysError:
        form.add_error("first_day", _("Choose days from today on, within two years, at most 366 of them"))
        return None
    except BookedInLeaveError as error:
        return _lead_to_patients(request, user, form, wanted, error.taken)
    words = ngettext("Entered. %(n)d slot was withdrawn.", "Entered. %(n)d slots were withdrawn.", done.withdrawn)
    messages.success(request, words % {"n": done.withdrawn})
    return HttpResponseRedirect(reverse("admin:appointments_plannedleave_changelist"))


def _lead_to_patients(
    request: HttpRequest, user: User, form: LeaveForm, wanted: dict[str, Any], taken: int
) -> HttpResponse | None:
    words = {"n": taken}
    booked = ngettext("%(n)d time is booked in these days.", "%(n)d times are booked in these days.", taken) % words
    if not user.has_perm(CALL):
        form.add_error("first_day", booked)
        return None
    try:
        leave = prepare_leave(**wanted)
    except LeaveDaysError:
        form.add_error("last_day", f"{booked} {_('Choose days from today on, within a year, at most 92 of them')}")
        return None
    what_next = _("Here is whom the leave meets. Nobody is told before you confirm.")
    messages.warning(request, f"{booked} {what_next}")
    return HttpResponseRedirect(emergency.address_of(leave))
