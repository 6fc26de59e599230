"""What happened at providers without us, to read: refunds made outside, disputes, and how each provider does."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from refunds.admin.read_only import NothingToChange, ReadOnlyAdmin
from refunds.models import Breaker, Dispute, OutsideRefund
from refunds.money import formatted


@admin.register(OutsideRefund)
class OutsideRefundAdmin(ReadOnlyAdmin):
    """Refunds that were made in a provider's dashboard."""

    list_display = ["found_at", "gateway", "money", "in_the_books", "provider_id", "reference", "payment"]
    list_filter = ["gateway"]
    list_select_related = ["payment"]
    search_fields = ["provider_id", "reference", "payment__source", "payment__provider_id"]
    ordering = ["-found_at"]

    @admin.display(description=_("in the books"), ordering="booked")
    def in_the_books(self, row: OutsideRefund) -> str:
        """What fitted; the rest had been granted here before."""
        return formatted(amount=row.booked, currency=row.currency)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    """Payers who ask their bank for the money back. While one is open, only a person pays money of that payment back."""

    list_display = ["found_at", "gateway", "state", "money", "provider_id", "payment"]
    list_filter = ["state", "gateway"]
    list_select_related = ["payment"]
    search_fields = ["provider_id", "payment__source", "payment__provider_id"]
    ordering = ["-found_at"]


@admin.register(Breaker)
class BreakerAdmin(NothingToChange, ModelAdmin):  # type: ignore[misc]
    """How each provider does. A row without a pause is well."""

    list_display = ["gateway", "opened_at", "paused_until", "refusals", "unknowns", "pauses"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The worst first."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.order_by("-pauses", "gateway")
