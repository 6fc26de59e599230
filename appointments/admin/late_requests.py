"""The desk's queue of requests for an exception: the longest due first. Agreeing is done by the deeds' own pages."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from appointments.actor import Actor
from appointments.admin.base import NothingToChange, account_of
from appointments.admin.late_forms import DeclineForm, PurposeForm
from appointments.admin.scope import CentreScoped
from appointments.errors import NotPermittedError, WrongStatusError
from appointments.late import storage
from appointments.models import LateDocument, LateRequest, LateRule, LateState
from appointments.usecases.late_request import decline_request
from appointments.usecases.open_document import open_document
from appointments.wording.formats import format_moment
from policies.rules.money import percent_text

DECIDE, OPEN = "appointments.decide_laterequest", "appointments.open_latedocument"
_TYPES = {
    LateDocument.Kind.PDF: "application/pdf",
    LateDocument.Kind.JPEG: "image/jpeg",
    LateDocument.Kind.PNG: "image/png",
}


@admin.register(LateRequest)
class LateRequestAdmin(NothingToChange, CentreScoped):
    """Requests about appointments of the account's centres."""

    centre_path = "appointment__slot__doctor__centre"
    list_display = ("reference", "patient", "wish", "rule", "age", "due", "progress")
    list_filter = ("state", "wish", ("appointment__slot__doctor__centre", RelatedOnlyFieldListFilter))
    list_select_related = ("rule", "appointment__chain__patient", "appointment__slot__doctor__centre")
    search_fields = ("appointment__reference", "appointment__chain__patient__name")
    ordering = ("due_at", "pk")

    @admin.display(description=_("appointment"), ordering="appointment__reference")
    def reference(self, late: LateRequest) -> str:
        """Name the appointment."""
        return late.appointment.reference

    @admin.display(description=_("patient"), ordering="appointment__chain__patient__name")
    def patient(self, late: LateRequest) -> str:
        """Name the patient."""
        return late.appointment.chain.patient.name

    @admin.display(description=_("age"), ordering="made_at")
    def age(self, late: LateRequest) -> str:
        """Say for how many hours it waits, or waited."""
        until = late.decided_at or timezone.now()
        hours = int((until - late.made_at).total_seconds() // 3600)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}

    @display(description=_("answer due"), ordering="due_at", label={"late": "danger", "soon": "info"})  # type: ignore[untyped-decorator]
    def due(self, late: LateRequest) -> tuple[str, str]:
        """Say until when the centre wants it answered; late ones stand out."""
        is_late = late.state == LateState.WAITING and late.due_at < timezone.now()
        return ("late" if is_late else "soon", _at(late, late.due_at))

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={
            LateState.WAITING: "warning",
            LateState.APPROVED: "success",
            LateState.CHANGED: "success",
            LateState.DECLINED: "danger",
        },
    )
    def progress(self, late: LateRequest) -> tuple[str, str]:
        """Say how far it has come."""
        return late.state, late.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the decision and of the document."""
        own = [
            path("<uuid:request_id>/decline/", self._post(self.decline_view), name="appointments_laterequest_decline"),
            path("<uuid:request_id>/document/", self._post(self.document_view), name="appointments_laterequest_open"),
        ]
        return [*own, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one request with what can be done about it: nothing here is Django's own form."""
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self._page(request, self._request_or_404(request, object_id))

    def decline_view(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Say no in words. 403 without the right to it, 404 for a request of another centre."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        late = self._request_or_404(request, str(request_id))
        form = DeclineForm(request.POST)
        if not form.is_valid():
            return self._page(request, late, decline_form=form)
        try:
            decline_request(
                request_id=late.pk,
                text=form.cleaned_data["text"],
                actor=Actor.staff(account_of(request)),
                now=timezone.now(),
            )
        except WrongStatusError:
            messages.error(request, gettext("Nothing was changed: the request was closed meanwhile."))
        except NotPermittedError as error:
            raise PermissionDenied from error
        else:
            messages.success(request, gettext("Request declined. The patient is told."))
        return HttpResponseRedirect(_address(late))

    def document_view(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Hand the document out as an attachment, after writing down who wants it and what for."""
        if not request.user.has_perm(OPEN):
            raise PermissionDenied
        late = self._request_or_404(request, str(request_id))
        if not hasattr(late, "document") or late.document.destroyed_at:
            raise Http404
        form = PurposeForm(request.POST)
        if not form.is_valid():
            return self._page(request, late, purpose_form=form)
        open_document(
            document=late.document,
            user=account_of(request),
            purpose=form.cleaned_data["purpose"],
            now=timezone.now(),
        )
        return _attachment(late)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LateRequest]:
        """Load the document along."""
        rows: QuerySet[LateRequest] = super().get_queryset(request)
        return rows.select_related("document")

    def _post(self, view: Any) -> Any:
        return self.admin_site.admin_view(require_POST(view))

    def _request_or_404(self, request: HttpRequest, object_id: str) -> LateRequest:
        late: LateRequest | None = self.get_object(request, object_id)
        if late is None:
            raise Http404
        return late

    def _page(self, request: HttpRequest, late: LateRequest, **forms: Any) -> TemplateResponse:
        user, appointment = account_of(request), late.appointment
        is_waiting = late.state == LateState.WAITING
        refused = any(form.errors for form in forms.values())
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Late request"),
            "opts": LateRequest._meta,  # noqa: SLF001 (Django's own word for it)
            "late": late,
            "appointment": appointment,
            "when": _at(late, appointment.slot.starts_at),
            "detail_url": reverse("admin:appointments_appointment_change", args=[appointment.pk]),
            "facts": _facts(late),
            "may_cancel": is_waiting and user.has_perm("appointments.override_percentage"),
            "may_move": is_waiting and user.has_perm("appointments.override_reschedule_rules"),
            "may_decline": is_waiting and user.has_perm(DECIDE),
            "percent": _suggested(late),
            "has_document": hasattr(late, "document"),
            "destroyed_at": _destroyed_at(late),
            "may_open": user.has_perm(OPEN),
            "decline_form": DeclineForm(),
            "purpose_form": PurposeForm(),
            "looks": _looks(late),
            **forms,
        }
        template = "admin/appointments/late_request.html"
        return TemplateResponse(request, template, context, status=400 if refused else 200)


@admin.register(LateRule)
class LateRuleAdmin(CentreScoped):
    """Standing rules: what the house does about a situation. Those of the whole house are a superuser's and policy makers'."""

    list_display = ("label", "centre", "percent", "needs_document", "decides_by_itself", "is_active", "position")
    list_filter = ("is_active", "decides_by_itself")
    list_select_related = ("centre",)
    search_fields = ("label",)

    def has_delete_permission(self, request: HttpRequest, obj: LateRule | None = None) -> bool:
        """Say no: requests are told in its words. It can be taken off offer."""
        return False


def _at(late: LateRequest, moment: datetime) -> str:
    return format_moment(moment, centre=late.appointment.centre)


def _address(late: LateRequest) -> str:
    return reverse("admin:appointments_laterequest_change", args=[late.pk])


def _facts(late: LateRequest) -> list[tuple[str, str]]:
    return [
        (gettext("Asks for"), late.get_wish_display()),
        (gettext("Situation"), late.rule.label if late.rule else gettext("Something else")),
        (gettext("In their words"), late.text),
        (gettext("Asked"), _at(late, late.made_at)),
        (gettext("Answer due"), _at(late, late.due_at)),
        (gettext("State"), late.get_state_display()),
        (gettext("Decided"), _at(late, late.decided_at) if late.decided_at else ""),
        (gettext("Decided by"), late.decided_by),
        (gettext("Percentage"), "" if late.percent is None else f"{percent_text(late.percent)} %"),
        (gettext("Answer"), late.decision_text),
    ]


def _suggested(late: LateRequest) -> str:
    """Return the percentage of the standing rule, else all of it."""
    percent = late.rule.percent if late.rule else None
    return percent_text(Decimal(100) if percent is None else percent)


def _looks(late: LateRequest) -> list[str]:
    """Return who opened the document and what for, newest first."""
    if not hasattr(late, "document"):
        return []
    return [
        f"{_at(late, look.at)} · {look.user} · {look.purpose}" for look in late.document.looks.select_related("user")
    ]


def _destroyed_at(late: LateRequest) -> str:
    document = getattr(late, "document", None)
    return _at(late, document.destroyed_at) if document and document.destroyed_at else ""


def _attachment(late: LateRequest) -> HttpResponse:
    """Return the file as a download under a name of ours; no browser shows or guesses at it."""
    document = late.document
    try:
        content = storage.read(document.stored_as)
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=_TYPES[LateDocument.Kind(document.kind)])
    name = f"request-{late.appointment.reference}.{document.kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
