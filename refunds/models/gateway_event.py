"""The inbox of raw webhooks: stored first, understood later."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from refunds.models.choices import InboxState


class GatewayEvent(models.Model):
    """One verified webhook as it came. The provider's event id makes a repeat harmless."""

    gateway = models.CharField(_("gateway"), max_length=30)
    event_id = models.CharField(_("event id"), max_length=120)
    body = models.BinaryField(_("body"))
    headers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(_("headers"), default=dict)
    received_at = models.DateTimeField(_("received at"))
    state = models.CharField(_("state"), max_length=10, choices=InboxState.choices, default=InboxState.NEW)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True, default="")

    class Meta:
        """Each event of a gateway once."""

        verbose_name = _("gateway event")
        verbose_name_plural = _("gateway events")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="refunds_gateway_event_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=InboxState.values), name="refunds_gateway_event_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "next_at"], name="refunds_gateway_event_due_idx")]

    def __str__(self) -> str:
        """Gateway and its id."""
        return f"{self.gateway}:{self.event_id}"
