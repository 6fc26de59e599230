"""What must not happen, but did. Append-only; a person looks."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from refunds.models.choices import IncidentKind
from refunds.models.refund import Refund


class Incident(models.Model):
    """One surprise about a refund. `key` keeps a repeated poll from telling it again."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=IncidentKind.choices)
    refund = models.ForeignKey(Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="incidents")
    at = models.DateTimeField(_("at"))
    details: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("details"), default=dict)

    class Meta:
        """Each surprise once."""

        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["pk"]

    def __str__(self) -> str:
        """What happened."""
        return self.kind
