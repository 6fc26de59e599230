"""What must not happen, but did. Append-only; a person looks."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from refunds.models.choices import IncidentKind
from refunds.models.payment import Payment
from refunds.models.refund import Refund


class Incident(models.Model):
    """One surprise about a refund, a payment or a whole provider. `key` keeps a repeated poll from telling it again."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=IncidentKind.choices)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), null=True, on_delete=models.PROTECT, related_name="incidents"
    )
    payment = models.ForeignKey(
        Payment, verbose_name=_("payment"), null=True, on_delete=models.PROTECT, related_name="incidents"
    )
    gateway = models.CharField(_("gateway"), max_length=30, blank=True, default="")
    at = models.DateTimeField(_("at"))
    details: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("details"), default=dict)

    class Meta:
        """Each surprise once."""

        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refund__isnull=True) | models.Q(payment__isnull=False),
                name="refunds_incident_refund_with_payment",
            ),
            models.CheckConstraint(
                condition=models.Q(payment__isnull=False) | ~models.Q(gateway=""),
                name="refunds_incident_about_something",
            ),
        ]

    def __str__(self) -> str:
        """What happened."""
        return self.kind
