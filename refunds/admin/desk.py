"""The refund desk: what is waiting, since when, and the one page where a person decides."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from refunds import queries
from refunds.admin.bank import PayeeInline
from refunds.admin.decisions import DECISIONS, Decision, offered
from refunds.admin.holds import hold_in_words
from refunds.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from refunds.admin.receipt import has_receipt, receipt_page
from refunds.audit.latest import latest_audit
from refunds.errors import RefundError
from refunds.models import Refund, RefundAttempt, RefundEvent, RefundStatus, Way


class AttemptInline(ReadOnlyInline):
    """Every try."""

    model = RefundAttempt
    fields = ["number", "channel", "state", "sends", "first_sent_at", "provider_id", "reference", "key"]
    readonly_fields = fields


class EventInline(ReadOnlyInline):
    """Every step."""

    model = RefundEvent
    fields = ["sequence", "from_status", "to_status", "at", "actor", "note"]
    readonly_fields = fields


class LateFilter(admin.SimpleListFilter):
    """Refunds that should have been back by now: the alarm of the desk."""

    title = _("promise")
    parameter_name = "promise"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """The one choice."""
        return [("late", _("Late"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Refund]) -> QuerySet[Refund]:
        """Only the late ones."""
        late = queries.late(today=timezone.now().date())
        return queryset.filter(pk__in=late.values("pk")) if self.value() == "late" else queryset


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    """Refunds, oldest first, because the oldest hurts most."""

    list_before_template = "refunds/latest_audit.html"
    list_display = ["granted_at", "age", "promised", "status", "way", "money", "reason_code", "source"]
    list_filter = [LateFilter, "status", "way"]
    list_select_related = ["payment"]
    search_fields = ["cause", "payment__source", "attempts__key", "attempts__reference", "attempts__provider_id"]
    ordering = ["granted_at"]
    date_hierarchy = "granted_at"
    inlines = [AttemptInline, PayeeInline, EventInline]
    fields = [
        "decide",
        "hold",
        "status",
        "money",
        "way",
        "source",
        "cause",
        "reason_code",
        "reason_text",
        "requested_by",
        "granted_at",
        "promised_on",
        "settled_at",
        "next_at",
    ]
    readonly_fields = fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the result of the latest audit above it."""
        about = {"audit": latest_audit(), **(extra_context or {})}
        answer: HttpResponse = super().changelist_view(request, about)
        return answer

    @admin.display(description=_("age"), ordering="-granted_at")
    def age(self, refund: Refund) -> str:
        """How long the patient has been waiting, or waited."""
        return timesince(refund.granted_at, refund.settled_at or timezone.now())

    @display(description=_("promised by"), ordering="promised_on", label={"late": "danger", "": "info"})  # type: ignore[untyped-decorator]
    def promised(self, refund: Refund) -> tuple[str, str] | str:
        """The day the patient was told; it stands out once it has passed."""
        if refund.promised_on is None:
            return ""
        is_late = refund.status != RefundStatus.COMPLETED and refund.promised_on < timezone.now().date()
        return ("late" if is_late else "", date_format(refund.promised_on))

    @admin.display(description=_("source"), ordering="payment__source")
    def source(self, refund: Refund) -> str:
        """The key of what the money belongs to."""
        return refund.payment.source

    @admin.display(description=_("decision"))
    def decide(self, refund: Refund) -> str:
        """The way to the page where a person decides."""
        address = reverse("admin:refunds_refund_decide", args=[refund.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Confirm, retry or pay another way"))

    @admin.display(description=_("hold"))
    def hold(self, refund: Refund) -> str:
        """Whether it waits for somebody to make sure of the bank details, in words."""
        return hold_in_words(refund=refund, now=timezone.now()) or gettext("Not on hold")

    def get_urls(self) -> list[URLPattern]:
        """The desk's own page before the usual ones."""
        view = self.admin_site.admin_view(self.decide_view)
        receipt = self.admin_site.admin_view(self.receipt_view)
        own = [
            path("<uuid:refund_id>/decide/", view, name="refunds_refund_decide"),
            path("<uuid:refund_id>/receipt/", receipt, name="refunds_refund_receipt"),
        ]
        usual: list[URLPattern] = super().get_urls()
        return own + usual

    def decide_view(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        """Show what can be decided; on POST do one of it. 404 out of scope, 403 without the deed's permission."""
        refund = self.get_queryset(request).filter(pk=refund_id).first()
        if refund is None:
            raise Http404
        if request.method == "POST":
            decision = DECISIONS.get(request.POST.get("decision", ""))
            if decision is None:
                raise Http404
            if not request.user.has_perm(decision.permission):
                raise PermissionDenied
            self._do(request, refund=refund, decision=decision)
            return redirect("admin:refunds_refund_change", refund.pk)
        allowed = [deed for deed in DECISIONS.values() if request.user.has_perm(deed.permission)]
        if not allowed:
            raise PermissionDenied
        return self._page(request, refund=refund, allowed=allowed)

    def receipt_view(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        """The receipt of a refund that was paid in cash."""
        return receipt_page(request, refund=self.get_queryset(request).filter(pk=refund_id).first())

    def _do(self, request: HttpRequest, *, refund: Refund, decision: Decision) -> None:
        """One call of one operation, and its outcome in words."""
        try:
            decision.do(refund_id=refund.pk, form=request.POST, actor=f"staff:{request.user.pk}", now=timezone.now())
        except RefundError as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, gettext("Done."))

    def _page(self, request: HttpRequest, *, refund: Refund, allowed: list[Decision]) -> HttpResponse:
        """The page with one form a decision."""
        now = timezone.now()
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Decide about a refund"),
            "refund": refund,
            "money": self.money(refund),
            "has_receipt": has_receipt(refund=refund),
            "at_insurance_window": refund.way == Way.INSURANCE_WINDOW,
            "hold": hold_in_words(refund=refund, now=now),
            "decisions": [deed for deed in offered(refund=refund, now=now) if deed in allowed],
        }
        return TemplateResponse(request, "refunds/desk_decide.html", context)
