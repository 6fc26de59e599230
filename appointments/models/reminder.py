"""Reminders as due rows: `due_at` says when a task looks at one, whatever runs or is down meanwhile."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.appointment import Appointment


class Reminder(models.Model):
    """One reminder of one moment of an appointment: before cancelling gives back less, or of the visit itself.

    `refund` and `refund_after` (minor units) are what comes back until `at` and afterwards, as told in the mail.
    """

    class Kind(models.TextChoices):
        """What it reminds of."""

        BOUNDARY = "boundary", _("Less comes back soon")
        VISIT = "visit", _("The appointment itself")

    class State(models.TextChoices):
        """How far it got."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Handed to the outbox")
        DROPPED = "dropped", _("Not needed")

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("moment"))
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    refund = models.PositiveBigIntegerField(_("refund in minor units"), default=0)
    refund_after = models.PositiveBigIntegerField(_("refund afterwards in minor units"), default=0)

    class Meta:
        """One a moment; due before it."""

        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["appointment", "kind", "at"], name="reminder_once_a_moment"),
            models.CheckConstraint(
                condition=models.Q(due_at__lt=models.F("at")), name="reminder_due_before_its_moment"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="reminder_due_idx")]

    def __str__(self) -> str:
        """Say of what."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
