"""Payments, the ledger and incidents, to read."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from refunds.admin.read_only import NothingToChange, ReadOnlyAdmin
from refunds.models import AuditRun, Incident, LedgerEntry, Payment


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


@admin.register(AuditRun)
class AuditRunAdmin(NothingToChange, ModelAdmin):  # type: ignore[misc]
    """What each audit found. It names rows by their keys, of all centres."""

    list_display = ["at", "promises", "offenders"]
    fields = ["at", "promises", "offenders", "findings"]
    readonly_fields = fields
    actions = None

    @admin.display(description=_("broken promises"))
    def findings(self, run: AuditRun) -> Any:
        """Each in words, with what it means and where."""
        return render_to_string("refunds/audit_findings.html", {"audit": run, "with_offenders": True})


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Surprises."""

    list_display = ["at", "kind", "gateway", "payment", "refund"]
    list_filter = ["kind", "gateway"]
    list_select_related = ["payment", "refund"]
    ordering = ["-pk"]
