"""Bank files at the desk: make, release, download, and say what the bank did. Every step is a POST.

A file is paid from the house's account of a currency, so it spans centres: whoever may make bank files sees every refund by bank transfer.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from refunds.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from refunds.bank import batches, formats, queries
from refunds.errors import RefundError
from refunds.models import BankBatch, BankBatchRow, BatchState, RefundPayee
from refunds.money import formatted

PERMISSION = "refunds.make_bank_batch"

_Deed = Callable[[UUID, Mapping[str, str], str, datetime], object]

_DEEDS: dict[str, _Deed] = {
    "release": lambda pk, _form, actor, now: batches.release_batch(batch_id=pk, actor=actor, now=now),
    "execute": lambda pk, form, actor, now: batches.mark_executed(
        batch_id=pk, evidence=form.get("statement", ""), actor=actor, now=now
    ),
    "void": lambda pk, form, actor, now: batches.void_batch(
        batch_id=pk, reason=form.get("reason", ""), actor=actor, now=now
    ),
    "return": lambda pk, form, actor, now: batches.return_row(
        row_id=queries.row_of(batch_id=pk, end_to_end_id=form.get("row", "")).pk,
        reason=form.get("reason", ""),
        actor=actor,
        now=now,
    ),
}


class PayeeInline(ReadOnlyInline):
    """Where the patient wants the money, masked. Nobody here can type it in."""

    model = RefundPayee
    fields = ["number", "kind", "masked", "given_by", "given_at", "holds_until", "replaced_at"]
    readonly_fields = fields


class RowInline(ReadOnlyInline):
    """The refunds in a file."""

    model = BankBatchRow
    fields = ["end_to_end_id", "refund", "payee", "money", "state"]
    readonly_fields = fields

    @admin.display(description=_("amount"))
    def money(self, row: BankBatchRow) -> str:
        """The amount as people read it."""
        return formatted(amount=row.amount, currency=row.batch.currency)


@admin.register(BankBatch)
class BankBatchAdmin(ReadOnlyAdmin):
    """Bank files, newest first."""

    list_display = ["made_at", "file_format", "money", "state", "made_by", "released_by"]
    list_filter = ["state", "currency", "file_format"]
    search_fields = ["rows__end_to_end_id", "sha256"]
    ordering = ["-made_at"]
    list_before_template = "refunds/bank_make_link.html"
    change_form_before_template = "refunds/bank_decide_link.html"
    inlines = [RowInline]
    fields = [
        *("file_format", "money", "state", "sha256", "made_by", "made_at"),
        *("released_by", "released_at", "closed_by", "closed_at", "evidence"),
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Every file: a file belongs to the house's account, not to a centre."""
        rows: QuerySet[Any] = ModelAdmin.get_queryset(self, request)
        return rows

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who makes bank files sees them, and so does whoever was given the sight alone."""
        return request.user.has_perm(PERMISSION) or bool(super().has_view_permission(request, obj))

    def get_urls(self) -> list[URLPattern]:
        """The pages of our own before the usual ones."""
        wrap = self.admin_site.admin_view
        own = [
            path("make/", wrap(self.make_view), name="refunds_bankbatch_make"),
            path("<uuid:batch_id>/decide/", wrap(self.decide_view), name="refunds_bankbatch_decide"),
        ]
        usual: list[URLPattern] = super().get_urls()
        return own + usual

    def make_view(self, request: HttpRequest) -> HttpResponse:
        """Show what is ready for each kind of file; on POST make one, or lead to the one that is not over."""
        _require(request)
        now = timezone.now()
        if request.method == "POST":
            currency, _sep, file_format = request.POST.get("kind", "").partition(":")
            try:
                batch = batches.make_batch(currency=currency, file_format=file_format, actor=_actor(request), now=now)
            except RefundError as refusal:
                messages.error(request, str(refusal.sentence))
                return redirect("admin:refunds_bankbatch_make")
            return redirect("admin:refunds_bankbatch_decide", batch.pk)
        choices = [
            {
                "value": f"{currency}:{file_format}",
                "currency": currency,
                "file_format": file_format,
                "ready": queries.ready_for_bank(
                    currency=currency, kinds=formats.kinds_of(currency=currency, file_format=file_format), now=now
                ).count(),
                "open": queries.open_batch(currency=currency, file_format=file_format),
            }
            for currency, file_format in formats.formats()
        ]
        page = {"choices": choices, "without_details": queries.waiting_for_details().count()}
        return self._page(request, "refunds/bank_make.html", title=gettext("Make a bank file"), **page)

    def decide_view(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        """Show one file and what can be done with it; on POST do it. 404 for what is not there, 403 without the permission."""
        _require(request)
        batch = self.get_queryset(request).filter(pk=batch_id).first()
        if batch is None:
            raise Http404
        if request.method == "POST":
            deed = request.POST.get("deed", "")
            return _download(request, batch) if deed == "download" else _do(request, batch, deed)
        return self._page(
            request,
            "refunds/bank_decide.html",
            title=gettext("Bank file"),
            batch=batch,
            money=self.money(batch),
            rows=[(row, formatted(amount=row.amount, currency=batch.currency)) for row in queries.rows_of(batch=batch)],
            is_made=batch.state == BatchState.MADE,
            is_released=batch.state == BatchState.RELEASED,
            is_at_the_bank=batch.state in (BatchState.RELEASED, BatchState.EXECUTED),
        )

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page in the admin's frame."""
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )


def _require(request: HttpRequest) -> None:
    """Raises `PermissionDenied`."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _actor(request: HttpRequest) -> str:
    """Who acts, as the history has it."""
    return f"staff:{request.user.pk}"


def _do(request: HttpRequest, batch: BankBatch, name: str) -> HttpResponse:
    """One call of one operation, and its outcome in words."""
    deed = _DEEDS.get(name)
    if deed is None:
        raise Http404
    try:
        deed(batch.pk, request.POST.dict(), _actor(request), timezone.now())
    except BankBatchRow.DoesNotExist:
        raise Http404 from None
    except RefundError as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, gettext("Done."))
    return redirect("admin:refunds_bankbatch_decide", batch.pk)


def _download(request: HttpRequest, batch: BankBatch) -> HttpResponse:
    """The bytes, to be saved and never shown or kept on the way."""
    try:
        content = batches.file_bytes(batch=batch)
    except RefundError as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("admin:refunds_bankbatch_decide", batch.pk)
    name = formats.name_of(file_format=batch.file_format, batch_id=batch.pk)
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
