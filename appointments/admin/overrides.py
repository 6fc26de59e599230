"""What waits for a second person: the figures of now beside those that were asked for, and one decision."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from appointments.admin.base import NothingToChange, account_of
from appointments.admin.override_forms import DeclineOverrideForm
from appointments.admin.overrides_shown import at, facts_of, figures_of, money, told, what, worth_if_possible
from appointments.admin.scope import CentreScoped
from appointments.errors import (
    NotAllowedError,
    NotPermittedError,
    OverrideChangedError,
    SlotTakenError,
    WrongStatusError,
)
from appointments.models import OverrideRequest, OverrideState
from appointments.overrides.queries import appointment_of
from appointments.usecases.override import (
    approve_override,
    decline_override,
    refuse_to_decide,
    withdraw_override,
)

_TAGS = {
    OverrideState.WAITING: "warning",
    OverrideState.APPROVED: "success",
    OverrideState.DECLINED: "danger",
    OverrideState.EXPIRED: "danger",
}


@admin.register(OverrideRequest)
class OverrideAdmin(NothingToChange, CentreScoped):
    """Overrides of appointments of the account's centres."""

    centre_path = "appointment__slot__doctor__centre"
    list_display = ("reference", "patient", "asks_for", "differs", "asked_label", "until", "progress")
    list_filter = ("state", ("appointment__slot__doctor__centre", RelatedOnlyFieldListFilter))
    list_select_related = ("slot__doctor", "appointment__chain__patient", "appointment__slot__doctor__centre")
    search_fields = ("appointment__reference", "appointment__chain__patient__name")
    ordering = ("expires_at", "pk")

    @admin.display(description=_("appointment"), ordering="appointment__reference")
    def reference(self, override: OverrideRequest) -> str:
        """Name the appointment."""
        return override.appointment.reference

    @admin.display(description=_("patient"), ordering="appointment__chain__patient__name")
    def patient(self, override: OverrideRequest) -> str:
        """Name the patient."""
        return override.appointment.chain.patient.name

    @admin.display(description=_("asks for"))
    def asks_for(self, override: OverrideRequest) -> str:
        """Say what would be done."""
        return what(override)

    @admin.display(description=_("differs from the terms by"))
    def differs(self, override: OverrideRequest) -> str:
        """Say the difference in money, with its sign."""
        return money(override, override.difference)

    @admin.display(description=_("to be decided by"), ordering="expires_at")
    def until(self, override: OverrideRequest) -> str:
        """Say until when it can be decided."""
        return at(override, override.expires_at)

    @display(description=_("state"), ordering="state", label=_TAGS)  # type: ignore[untyped-decorator]
    def progress(self, override: OverrideRequest) -> tuple[str, str]:
        """Say how far it has come."""
        return override.state, override.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the three decisions."""
        views = {"approve": self.approve_view, "decline": self.decline_view, "withdraw": self.withdraw_view}
        own = [
            path(
                f"<uuid:request_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"appointments_overriderequest_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one request with what it is worth now."""
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self._page(request, self._override_or_404(request, object_id))

    def approve_view(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Do it, by the figures that were shown; 409 with the new ones when they have changed."""
        override = self._override_or_404(request, str(request_id))
        shown = request.POST.get("shown", "")[:80]
        try:
            approve_override(request_id=override.pk, user=account_of(request), shown=shown, now=timezone.now())
        except NotPermittedError as error:
            raise PermissionDenied from error
        except OverrideChangedError:
            return self._page(request, override, changed=True)
        except (NotAllowedError, SlotTakenError):
            messages.error(request, gettext("Nothing was changed: this can no longer be done."))
        except WrongStatusError:
            messages.error(request, gettext("Nothing was changed: the override was decided or ended meanwhile."))
        else:
            messages.success(request, gettext("Approved and done. The patient is told."))
        return HttpResponseRedirect(_address(override))

    def decline_view(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Say no in words."""
        override = self._override_or_404(request, str(request_id))
        _refuse_unless_decider(request, override)
        form = DeclineOverrideForm(request.POST)
        if not form.is_valid():
            return self._page(request, override, decline_form=form)
        try:
            decline_override(
                request_id=override.pk,
                user=account_of(request),
                text=form.cleaned_data["text"],
                now=timezone.now(),
            )
        except NotPermittedError as error:
            raise PermissionDenied from error
        except WrongStatusError:
            messages.error(request, gettext("Nothing was changed: the override was decided or ended meanwhile."))
        else:
            messages.success(request, gettext("Declined. The appointment stands as it was."))
        return HttpResponseRedirect(_address(override))

    def withdraw_view(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Take one's own request back."""
        override = self._override_or_404(request, str(request_id))
        try:
            withdraw_override(request_id=override.pk, user=account_of(request), now=timezone.now())
        except NotPermittedError as error:
            raise PermissionDenied from error
        except WrongStatusError:
            messages.error(request, gettext("Nothing was changed: the override was decided or ended meanwhile."))
        else:
            messages.success(request, gettext("Taken back. The appointment stands as it was."))
        return HttpResponseRedirect(_address(override))

    def _override_or_404(self, request: HttpRequest, object_id: str) -> OverrideRequest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        override: OverrideRequest | None = self.get_object(request, object_id)
        if override is None:
            raise Http404
        override.appointment = appointment_of(override)
        return override

    def _page(
        self,
        request: HttpRequest,
        override: OverrideRequest,
        *,
        changed: bool = False,
        decline_form: DeclineOverrideForm | None = None,
    ) -> TemplateResponse:
        now, user = timezone.now(), account_of(request)
        is_open = override.state == OverrideState.WAITING and override.expires_at > now
        worth = worth_if_possible(override, now=now) if is_open else None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Override for a second person"),
            "opts": OverrideRequest._meta,  # noqa: SLF001 (Django's own word for it)
            "override": override,
            "appointment": override.appointment,
            "when": at(override, override.appointment.slot.starts_at),
            "detail_url": reverse("admin:appointments_appointment_change", args=[override.appointment_id]),
            "facts": facts_of(override),
            "figures": figures_of(override, worth),
            **told(override, worth),
            "shown": worth.figures if worth else "",
            "is_open": is_open,
            "has_changed": changed,
            "may_decide": is_open and _may_decide(request, override),
            "is_own": is_open and override.asked_by_id == user.pk,
            "decline_form": decline_form or DeclineOverrideForm(),
        }
        status = 409 if changed else 400 if decline_form else 200
        return TemplateResponse(request, "admin/appointments/override.html", context, status=status)


def _may_decide(request: HttpRequest, override: OverrideRequest) -> bool:
    try:
        refuse_to_decide(override, user=account_of(request))
    except NotPermittedError:
        return False
    return True


def _refuse_unless_decider(request: HttpRequest, override: OverrideRequest) -> None:
    if not _may_decide(request, override):
        raise PermissionDenied


def _address(override: OverrideRequest) -> str:
    return reverse("admin:appointments_overriderequest_change", args=[override.pk])
