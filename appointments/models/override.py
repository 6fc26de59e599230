"""A deed against the rules that is worth too much for one person: asked for by one, decided by another."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.models.appointment import Appointment
from appointments.models.events import AppointmentEvent
from appointments.models.people import User
from appointments.models.scheduling import Slot


class OverrideState(models.TextChoices):
    """How far it has come. Only a waiting one changes."""

    WAITING = "waiting", _("Waiting for a second person")
    APPROVED = "approved", _("Approved and done")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back")
    EXPIRED = "expired", _("Nobody decided in time")
    LAPSED = "lapsed", _("No longer needed")


class OverrideRequest(models.Model):
    """Cancel at another percentage (`percent`), or move past the rules (`slot`). Amounts are minor units of the chain's currency.

    `by_rules` is what the patient's terms leave them, `by_override` what the exception would, both when it was asked for.
    `patient_user` and `doctor_user` are the accounts it is about, which may not decide.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(
        Appointment, verbose_name=_("appointment"), on_delete=models.PROTECT, related_name="overrides"
    )
    percent = models.DecimalField(
        _("percentage that comes back"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    slot = models.ForeignKey(
        Slot, verbose_name=_("new time"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason_code = models.CharField(_("reason"), max_length=40)
    reason_text = models.CharField(_("in their words"), max_length=500)
    by_rules = models.BigIntegerField(_("by the terms"))
    by_override = models.BigIntegerField(_("by the override"))
    state = models.CharField(_("state"), max_length=10, choices=OverrideState.choices, default=OverrideState.WAITING)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(User, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+")
    asked_label = models.CharField(_("asked by"), max_length=80)
    expires_at = models.DateTimeField(_("to be decided by"))
    patient_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    doctor_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name=_("decided by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_label = models.CharField(_("decided by"), max_length=80, blank=True)
    decision_text = models.CharField(_("answer in words"), max_length=500, blank=True)
    event = models.OneToOneField(
        AppointmentEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="override"
    )

    class Meta:
        """One waiting request an appointment; decided by somebody else than who asked or whom it is about."""

        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        permissions = [("approve_override", "Can approve overrides of others")]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state=OverrideState.WAITING), name="override_waits_once"
            ),
            models.CheckConstraint(condition=Q(state__in=OverrideState.values), name="override_state_known"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, slot__isnull=True) | Q(percent__isnull=True, slot__isnull=False),
                name="override_cancels_or_moves",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__range=(0, 100)), name="override_percent_is_percentage"
            ),
            models.CheckConstraint(condition=~Q(reason_text=""), name="override_says_why"),
            models.CheckConstraint(
                condition=Q(state=OverrideState.WAITING, decided_at__isnull=True)
                | (~Q(state=OverrideState.WAITING) & Q(decided_at__isnull=False)),
                name="override_decision_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state=OverrideState.APPROVED, event__isnull=False, decided_by__isnull=False)
                | (~Q(state=OverrideState.APPROVED) & Q(event__isnull=True)),
                name="override_approved_names_deed_and_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=OverrideState.DECLINED) | (~Q(decision_text="") & Q(decided_by__isnull=False)),
                name="override_declined_says_why_and_who",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[OverrideState.APPROVED, OverrideState.DECLINED])
                | Q(decided_by__isnull=True)
                | (
                    ~Q(decided_by=F("asked_by"))
                    & (Q(patient_user__isnull=True) | ~Q(decided_by=F("patient_user")))
                    & (Q(doctor_user__isnull=True) | ~Q(decided_by=F("doctor_user")))
                ),
                name="override_decided_by_another",
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="override_queue_idx")]

    def __str__(self) -> str:
        """Name the appointment."""
        return self.appointment.reference

    @property
    def difference(self) -> int:
        """What the patient gets more than by the terms; below 0: less."""
        return self.by_override - self.by_rules
