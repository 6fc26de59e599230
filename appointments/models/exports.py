"""Which list left the house as a file: append-only, for the auditor."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.people import User


class ExportKind(models.TextChoices):
    """The lists that can be handed out."""

    APPOINTMENTS = "appointments", _("Appointments")
    LATE_REQUESTS = "late_requests", _("Late requests")
    OVERRIDES = "overrides", _("Overrides")
    WAITING_LIST = "waiting_list", _("Waiting list")
    OUTBOX = "outbox", _("Outbox")
    REFUNDS = "refunds", _("Refunds")
    PAYMENTS = "payments", _("Payments")
    LEDGER = "ledger", _("Ledger")


class FileFormat(models.TextChoices):
    """What kind of file."""

    XLSX = "xlsx", _("Spreadsheet (XLSX)")
    CSV = "csv", _("Comma-separated values (CSV)")


class ListExport(models.Model):
    """One file that was handed out. The database refuses to change or delete it.

    `filters` is the query of the list that was on the screen, each parameter with its values; `rows` counts lines without the heading;
    `sha256` is the digest of the file, by which a file that turns up somewhere can be found here.
    """

    kind = models.CharField(_("list"), max_length=20, choices=ExportKind.choices)
    file_format = models.CharField(_("format"), max_length=4, choices=FileFormat.choices)
    filters: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        _("filters"), default=dict, blank=True
    )
    rows = models.PositiveIntegerField(_("rows"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    purpose = models.CharField(_("what for"), max_length=200)
    user = models.ForeignKey(User, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        """An export has a purpose and a known kind."""

        verbose_name = _("export")
        verbose_name_plural = _("exports")
        default_permissions = ("view",)
        permissions = [
            ("export_appointments", "Can export lists about appointments"),
            ("export_money", "Can export lists about money"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(purpose=""), name="export_has_a_purpose"),
            models.CheckConstraint(condition=models.Q(kind__in=ExportKind.values), name="export_kind_known"),
            models.CheckConstraint(condition=models.Q(file_format__in=FileFormat.values), name="export_format_known"),
        ]

    def __str__(self) -> str:
        """Say what and when."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
