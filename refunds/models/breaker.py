"""Whether a provider is to be asked at all."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Breaker(models.Model):
    """How a provider behaved lately. `paused_until` is null while all is well; every moment is of the database's clock."""

    gateway = models.CharField(_("gateway"), max_length=30, primary_key=True)
    refusals = models.PositiveIntegerField(_("times our key was refused, in a row"), default=0)
    unknowns = models.PositiveIntegerField(_("calls without a clear answer, in a row"), default=0)
    pauses = models.PositiveIntegerField(_("pauses in a row"), default=0)
    opened_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)

    class Meta:
        """A pause has a beginning, by which it is told once."""

        verbose_name = _("provider's health")
        verbose_name_plural = _("providers' health")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(paused_until__isnull=True) | models.Q(opened_at__isnull=False),
                name="refunds_breaker_pause_has_begun",
            )
        ]

    def __str__(self) -> str:
        """The gateway."""
        return self.gateway
