"""Messages to be sent: written with the change they tell of, sent afterwards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.events import AppointmentEvent
from appointments.models.people import Patient


class MessageKind(models.TextChoices):
    """What a message tells."""

    BOOKED = "booked", _("Appointment booked")
    SUBMITTED = "submitted", _("Waiting for approval")
    CANCELLED = "cancelled", _("Appointment cancelled")
    RESCHEDULED = "rescheduled", _("Appointment moved")
    REFUND_COMPLETED = "refund_completed", _("Refund sent")
    REFUND_FAILED = "refund_failed", _("Refund needs attention")
    REFUND_LATE = "refund_late", _("Refund is late")
    PAYOUT_ASKED = "payout_asked", _("Asked for bank details")
    PAYOUT_DETAILS = "payout_details", _("Bank details given")
    CONTACT_CHANGED = "contact_changed", _("Contact details changed")
    SECURITY_CODE = "security_code", _("Security code")
    DOCTOR_AWAY = "doctor_away", _("Doctor away, other times offered")
    CARER_INVITED = "carer_invited", _("Asked to act for a patient")
    CARER_STARTED = "carer_started", _("Somebody acts for a patient")
    CARER_ENDED = "carer_ended", _("Somebody no longer acts for a patient")
    REMINDER_MONEY = "reminder_money", _("Reminder: less comes back soon")
    REMINDER_VISIT = "reminder_visit", _("Reminder of the appointment")
    LATE_DECIDED = "late_decided", _("Late request decided")
    WAITING_JOINED = "waiting_joined", _("On the waiting list")
    SLOT_OFFERED = "slot_offered", _("A time is offered to you")
    OFFER_ENDED = "offer_ended", _("An offer has ended")


class MessageWay(models.TextChoices):
    """By what a message goes."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class OutboxMessage(models.Model):
    """One message to one person about one event or refund. Worded when it is sent, then kept as it was sent."""

    class State(models.TextChoices):
        """How far it got."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Arrived")
        BOUNCED = "bounced", _("Did not arrive")
        FAILED = "failed", _("Could not be sent")

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("what"), max_length=20, choices=MessageKind.choices)
    event = models.ForeignKey(AppointmentEvent, on_delete=models.PROTECT, related_name="messages")
    refund = models.UUIDField(_("refund"), null=True, blank=True, db_index=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="messages")
    way = models.CharField(_("by"), max_length=5, choices=MessageWay.choices, default=MessageWay.EMAIL)
    recipient = models.CharField(_("to"), max_length=254, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"))
    created_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    provider_id = models.CharField(_("provider’s number"), max_length=120, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    error = models.CharField(_("problem"), max_length=250, blank=True)

    class Meta:
        """Newest first is said where it is shown."""

        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(way=MessageWay.SMS) | models.Q(recipient="") | models.Q(recipient__startswith="+"),
                name="outbox_text_goes_to_a_phone",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_at"], name="outbox_due_idx"),
            models.Index(fields=["provider_id"], name="outbox_provider_id_idx"),
        ]

    def __str__(self) -> str:
        """Say what and to whom."""
        return f"{self.get_kind_display()} → {self.recipient}"


class DeliveryReport(models.Model):
    """What a provider says became of one message: written once, as it came. The database refuses to change it."""

    class Outcome(models.TextChoices):
        """What became of it."""

        DELIVERED = "delivered", _("Arrived")
        BOUNCED = "bounced", _("Did not arrive")

    provider = models.CharField(_("provider"), max_length=20)
    report_id = models.CharField(_("report"), max_length=120)
    message_number = models.CharField(_("provider’s number"), max_length=120, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        """Once each."""

        verbose_name = _("delivery report")
        verbose_name_plural = _("delivery reports")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["provider", "report_id"], name="delivery_report_once"),
        ]

    def __str__(self) -> str:
        """Say what became of which."""
        return f"{self.message_number}: {self.outcome}"
