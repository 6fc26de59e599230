"""The history of a refund's status. Append-only: the database refuses changes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from refunds.models.choices import RefundStatus
from refunds.models.refund import Refund


class RefundEvent(models.Model):
    """One step of a refund: from where, to where, when, by whom. The first has an empty `from_status`."""

    refund = models.ForeignKey(Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField(_("number"))
    from_status = models.CharField(_("from"), max_length=20, choices=RefundStatus.choices, blank=True, default="")
    to_status = models.CharField(_("to"), max_length=20, choices=RefundStatus.choices)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("by"), max_length=100)
    note = models.TextField(_("note"), blank=True, default="")

    class Meta:
        """Gapless numbers, each once."""

        verbose_name = _("refund event")
        verbose_name_plural = _("refund events")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "sequence"], name="refunds_event_sequence_unique"),
        ]

    def __str__(self) -> str:
        """The step in the words of the rows."""
        return f"{self.from_status or '-'} > {self.to_status}"
