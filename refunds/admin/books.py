"""Payments, the ledger and incidents, to read."""

from django.contrib import admin

from refunds.admin.read_only import ReadOnlyAdmin
from refunds.models import Incident, LedgerEntry, Payment


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Money that came in."""

    payment_path = ""
    list_display = ["captured_at", "money", "method", "gateway", "purpose", "usable", "source"]
    list_filter = ["method", "gateway", "usable"]
    search_fields = ["source", "provider_id", "reference"]
    ordering = ["-captured_at"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The books."""

    list_display = ["at", "kind", "debit", "credit", "money", "key"]
    list_filter = ["kind", "debit", "credit"]
    search_fields = ["key"]
    ordering = ["-pk"]


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Surprises."""

    list_display = ["at", "kind", "gateway", "payment", "refund"]
    list_filter = ["kind", "gateway"]
    list_select_related = ["payment", "refund"]
    ordering = ["-pk"]
