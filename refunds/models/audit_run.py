"""What each audit found, kept where every process sees it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditRun(models.Model):
    """One run of the audit. `broken` holds, for each broken promise, its "code", "words", "means", "count" and some "offenders"."""

    at = models.DateTimeField(_("checked at"))
    promises = models.PositiveIntegerField(_("promises checked"))
    offenders = models.PositiveIntegerField(_("rows that break one"))
    broken: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(_("broken promises"))

    class Meta:
        """Seen by whoever may see the audit; written by the task alone."""

        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="refunds_audit_at_idx")]

    def __str__(self) -> str:
        """When it ran."""
        return f"{self.at:%Y-%m-%d %H:%M}"
