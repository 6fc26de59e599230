"""The bases of admin classes and forms: for the type checker Django's with their models, since unfold ships no types."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from appointments.models import User

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.forms import ModelForm

    from appointments.models import (
        Appointment,
        Centre,
        Channel,
        EmergencyLeave,
        OutboxMessage,
        PlannedLeave,
        Slot,
        WebhookEndpoint,
        WeeklyHours,
    )

    AnyInline = TabularInline[Any, Any]
    AnyModelAdmin = ModelAdmin[Any]
    AppointmentModelAdmin = ModelAdmin[Appointment]
    LeaveModelAdmin = ModelAdmin[EmergencyLeave]
    MessageModelAdmin = ModelAdmin[OutboxMessage]
    PlannedLeaveModelAdmin = ModelAdmin[PlannedLeave]
    AnyModelForm = ModelForm[Any]
    CentreModelForm = ModelForm[Centre]
    ChannelModelForm = ModelForm[Channel]
    EndpointModelForm = ModelForm[WebhookEndpoint]
    HoursModelForm = ModelForm[WeeklyHours]
    SlotModelForm = ModelForm[Slot]
else:
    from django.forms import ModelForm
    from unfold.admin import ModelAdmin, TabularInline

    AnyInline = TabularInline
    AnyModelAdmin = AppointmentModelAdmin = LeaveModelAdmin = MessageModelAdmin = PlannedLeaveModelAdmin = ModelAdmin
    AnyModelForm = CentreModelForm = ChannelModelForm = EndpointModelForm = HoursModelForm = SlotModelForm = ModelForm


def account_of(request: HttpRequest) -> User:
    """Return the account that is logged in. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class NothingToChange:
    """No adding, changing or deleting for anybody, superusers included: rows change by use cases."""

    def has_add_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Say no."""
        return False
