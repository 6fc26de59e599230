"""Why somebody cancels or moves: codes that admins edit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReasonCode(models.Model):
    """A reason to choose from, offered to the actors ticked."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label = models.CharField(_("words"), max_length=120)
    for_patients = models.BooleanField(_("patients"), default=False)
    for_staff = models.BooleanField(_("staff"), default=False)
    for_doctors = models.BooleanField(_("doctors (clinical)"), default=False)
    needs_text = models.BooleanField(_("asks for a text"), default=False)
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        """In the order admins gave."""

        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        """Return the words."""
        return self.label
