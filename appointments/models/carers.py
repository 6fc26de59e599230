"""Who may act for a patient, how that was shown, and from when to when."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.people import Patient, User


class CarerRelation(models.Model):
    """One person's right to act for a patient. It begins when the person says yes, signed in with the address that was invited.

    Days are days in `time_zone`, first and last included. `ended_at` ends it at once, whoever ended it.
    """

    class Relation(models.TextChoices):
        """What the person is to the patient."""

        PARENT = "parent", _("Parent")
        GUARDIAN = "guardian", _("Guardian")
        CHILD = "child", _("Son or daughter")
        AGENT = "agent", _("Appointed agent")

    class Rights(models.TextChoices):
        """What the person may do."""

        VIEW = "view", _("See appointments and refunds")
        ACT = "act", _("See, change and cancel appointments")

    class Proof(models.TextChoices):
        """How the right was shown."""

        CONSENT = "consent", _("The patient said so")
        BIRTH = "birth", _("Birth certificate")
        COURT = "court", _("Decision of a court")
        AUTHORITY = "authority", _("Written authority")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, verbose_name=_("patient"), on_delete=models.PROTECT, related_name="carers")
    account = models.ForeignKey(
        User, verbose_name=_("account"), null=True, blank=True, on_delete=models.PROTECT, related_name="acts_for"
    )
    invited_email = models.EmailField(_("e-mail of the person"))
    relation = models.CharField(_("relation"), max_length=10, choices=Relation.choices)
    rights = models.CharField(_("rights"), max_length=4, choices=Rights.choices)
    proof = models.CharField(_("proof"), max_length=10, choices=Proof.choices)
    time_zone = models.CharField(max_length=64)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    invited_at = models.DateTimeField(_("invited"))
    invited_by = models.CharField(_("invited by"), max_length=80)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)
    id_number_sealed = models.TextField(blank=True)
    id_number_digest = models.CharField(max_length=64, blank=True, editable=False)
    id_number_masked = models.CharField(_("ID number"), max_length=16, blank=True)
    id_number_keep_until = models.DateField(_("ID number kept until"), null=True, blank=True)

    class Meta:
        """One open right a patient and address; a right that began belongs to an account; no end before the start."""

        verbose_name = _("carer")
        verbose_name_plural = _("carers")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "invited_email"],
                condition=models.Q(ended_at__isnull=True),
                name="carer_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(account__isnull=False),
                name="carer_accepted_by_an_account",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="carer_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(id_number_sealed="") | models.Q(id_number_keep_until__isnull=False),
                name="carer_id_number_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(id_number_digest="") | ~models.Q(id_number_sealed=""),
                name="carer_id_number_is_found_while_kept",
            ),
        ]

    def __str__(self) -> str:
        """Say who for whom."""
        return f"{self.invited_email} → {self.patient}"

    def holds(self, *, now: datetime) -> bool:
        """Tell whether the right stands at a moment."""
        if self.accepted_at is None or self.ended_at is not None:
            return False
        day = now.astimezone(ZoneInfo(self.time_zone)).date()
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def may_act(self) -> bool:
        """Tell whether it is more than a right to see."""
        return self.rights == self.Rights.ACT


class AgentVisit(models.Model):
    """Somebody came to the desk to act for a patient: one try to find what they came for. Never changed or deleted.

    Without `appointment` and `relation` nothing matched; which part did not, nobody is told. `reference` is what was typed, if it can be one.
    The ID numbers are kept nowhere.
    """

    user = models.ForeignKey(User, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    purpose = models.CharField(_("what for"), max_length=200)
    reference = models.CharField(_("reference"), max_length=12, blank=True)
    appointment = models.ForeignKey(
        "appointments.Appointment", null=True, blank=True, on_delete=models.PROTECT, related_name="agent_visits"
    )
    relation = models.ForeignKey(
        CarerRelation, verbose_name=_("carer"), null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )

    class Meta:
        """A try has a purpose; what matched names both."""

        verbose_name = _("visit of an agent")
        verbose_name_plural = _("visits of agents")
        default_permissions = ("view",)
        permissions = [("serve_agent", "Can cancel and move with an agent at the desk")]
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(purpose=""), name="agent_visit_has_a_purpose"),
            models.CheckConstraint(
                condition=models.Q(appointment__isnull=True, relation__isnull=True)
                | models.Q(appointment__isnull=False, relation__isnull=False),
                name="agent_visit_matches_whole",
            ),
        ]
        indexes = [models.Index(fields=["user", "at"], name="agent_visit_user_idx")]

    def __str__(self) -> str:
        """Say when."""
        return f"{self.at:%Y-%m-%d %H:%M}"
