"""What was done with patients' ID numbers, and who opened them: append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.people import Patient, User


class IdNumberNote(models.Model):
    """One entry about a patient's ID number; never the number. The database refuses to change or delete it."""

    class Kind(models.TextChoices):
        """What was done."""

        ENTERED = "entered", _("Entered")
        OPENED = "opened", _("Opened")
        DESTROYED = "destroyed", _("Destroyed")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.PROTECT, related_name="id_number_notes"
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("when"))
    actor_label = models.CharField(_("who"), max_length=80)
    actor_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("what for"), max_length=200, blank=True)

    class Meta:
        """Somebody did it; a look has a person and a purpose."""

        verbose_name = _("entry about an ID number")
        verbose_name_plural = _("entries about ID numbers")
        default_permissions = ("view",)
        permissions = [("open_idnumber", "Can open ID numbers of patients")]
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(actor_label=""), name="id_number_note_has_an_actor"),
            models.CheckConstraint(
                condition=~models.Q(kind="opened") | (~models.Q(purpose="") & models.Q(actor_user__isnull=False)),
                name="id_number_opened_by_whom_and_what_for",
            ),
        ]
        indexes = [models.Index(fields=["patient", "at"], name="id_number_note_patient_idx")]

    def __str__(self) -> str:
        """Say what and when."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
