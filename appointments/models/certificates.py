"""Certificates of cancellation: what was true at the deed, kept as it was."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.events import AppointmentEvent


class Certificate(models.Model):
    """The proof of one cancellation. The database refuses to change or delete it.

    `facts` holds the names, places and times of that moment (`certificates.issue` writes them); the money stands in the event's quote. So
    the document stays the same, to the byte, whatever is renamed later.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    event = models.OneToOneField(AppointmentEvent, on_delete=models.PROTECT, related_name="certificate")
    language = models.CharField(_("language"), max_length=10)
    facts = models.JSONField(_("facts"))
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        """Words."""

        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        """Return the number."""
        return self.number
