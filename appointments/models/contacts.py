"""How patients were reached before: every change of their contact details, append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.people import Patient, User


class ContactChange(models.Model):
    """One change of how a patient is reached or signs in. The database refuses to change or delete it.

    `before` and `after` hold what changed, and nothing else: "email", "phone", "account" (its key as text), and the account's own
    "login_email" and "login_phone". Who was entered at the desk begins with one from nothing to their first address, which holds their
    "name" too.
    """

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.PROTECT, related_name="contact_changes"
    )
    at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(_("acted as"), max_length=10)
    actor_label = models.CharField(_("who"), max_length=80)
    actor_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    before: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(_("before"))
    after: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(_("after"))

    class Meta:
        """Somebody did it."""

        verbose_name = _("change of contact details")
        verbose_name_plural = _("changes of contact details")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(actor_label=""), name="contact_change_has_an_actor"),
        ]
        indexes = [models.Index(fields=["patient", "at"], name="contact_change_patient_idx")]

    def __str__(self) -> str:
        """Say when."""
        return f"{self.at:%Y-%m-%d %H:%M}"
