"""Days on which a centre does no business, besides weekends and public holidays."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.scheduling import Centre


class ClosedDay(models.Model):
    """One day off of a centre's own. Promises made before it was entered stay as they were made."""

    centre = models.ForeignKey(Centre, verbose_name=_("centre"), on_delete=models.CASCADE, related_name="closed_days")
    on = models.DateField(_("day"))
    name = models.CharField(_("why"), max_length=80, blank=True)

    class Meta:
        """Once a day."""

        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["centre", "on"], name="closed_day_once")]

    def __str__(self) -> str:
        """Return the day."""
        return f"{self.on:%Y-%m-%d}"
