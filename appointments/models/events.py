"""What happened to an appointment: append-only, one row a change."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.appointment import Appointment
from appointments.models.partners import Partner
from appointments.models.people import User


class EventKind(models.TextChoices):
    """What happened."""

    HELD = "held", _("Slot held")
    EXTENDED = "extended", _("Held longer")
    OFFER_TAKEN = "offer_taken", _("Offer of the waiting list taken")
    PAID = "paid", _("Payment received")
    SUBMITTED = "submitted", _("Sent for approval")
    CONFIRMED = "confirmed", _("Booked")
    CANCELLED = "cancelled", _("Cancelled")
    RESCHEDULED = "rescheduled", _("Moved to another time")
    CHECKED_IN = "checked_in", _("Checked in")
    COMPLETED = "completed", _("Took place")
    NO_SHOW = "no_show", _("Missed")
    DOCTOR_AWAY = "doctor_away", _("Doctor away, other times offered")
    LINKS_REVOKED = "links_revoked", _("Links in messages taken back")


class AppointmentEvent(models.Model):
    """One change: who, why, when, and the whole quote it was decided by. The database refuses to change or delete it.

    `calendar_sequence` is the chain's number of this change, if it is one that calendars see.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what"), max_length=16, choices=EventKind.choices)
    from_status = models.CharField(_("from"), max_length=20, blank=True)
    to_status = models.CharField(_("to"), max_length=20)
    at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(_("acted as"), max_length=10)
    actor_label = models.CharField(_("who"), max_length=80)
    actor_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor_partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    for_hospital = models.BooleanField(_("for the hospital"), default=False)
    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    reason_text = models.CharField(_("in their words"), max_length=500, blank=True)
    quote = models.JSONField(_("quote"), null=True, blank=True)
    payment = models.UUIDField(_("payment"), null=True, blank=True)
    calendar_sequence = models.PositiveIntegerField(_("number in calendars"), null=True, blank=True)

    class Meta:
        """Gapless and once."""

        verbose_name = _("event")
        verbose_name_plural = _("events")
        permissions = [
            ("view_timeline", "Can see everything on record about a booking, a patient, a refund or a version")
        ]
        ordering = ["appointment_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "sequence"], name="event_sequence_unique"),
            models.UniqueConstraint(fields=["payment"], name="event_payment_once"),
            models.UniqueConstraint(
                fields=["appointment"], condition=models.Q(kind=EventKind.EXTENDED), name="event_extended_once"
            ),
        ]

    def __str__(self) -> str:
        """Say what happened."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
