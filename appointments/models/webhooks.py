"""Webhooks to partners: where they go, what there is to tell, and how far each delivery got. The rows are the queue."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.partners import Partner
from appointments.models.scheduling import Centre, Channel, Slot
from appointments.webhooks_out.addresses import validate_address


class WebhookKind(models.TextChoices):
    """What a webhook tells; the value is the `type` in its body."""

    CONFIRMED = "appointment.confirmed", _("Appointment confirmed")
    CANCELLED = "appointment.cancelled", _("Appointment cancelled")
    RESCHEDULED = "appointment.rescheduled", _("Appointment moved")
    SLOT_RELEASED = "slot.released", _("Time bookable again")
    REFUND_UPDATED = "refund.updated", _("Refund changed")


class WebhookEndpoint(models.Model):
    """An address of a partner, and the secret that signs what goes there (sealed; shown once to people).

    While a secret is being replaced the old one signs too, until `old_secret_until`. It is switched off exactly when
    `switched_off_at` is set. `failures` counts the tries in a row that failed, since `failing_since`; after a few the
    address is left alone until `quiet_until`.
    """

    class OffReason(models.TextChoices):
        """Why it is switched off."""

        BY_HAND = "by_hand", _("Switched off by hand")
        FAILING = "failing", _("Failed for days")
        GONE = "gone", _("Answered that it is gone (410)")

    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="webhook_endpoints"
    )
    url = models.CharField(_("address"), max_length=500, validators=[validate_address])
    kinds = models.JSONField(
        _("what is told"), default=list, blank=True, help_text=_("Nothing chosen means everything.")
    )
    contact = models.EmailField(_("whom to tell when it is switched off"), blank=True)
    sealed_secret = models.TextField(editable=False)
    sealed_old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(_("old secret signs until"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"))
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    quiet_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    switched_off_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    off_reason = models.CharField(_("why"), max_length=10, choices=OffReason.choices, blank=True)
    contact_due_at = models.DateTimeField(_("contact is told at"), null=True, blank=True)

    class Meta:
        """An address once a partner; off has a reason."""

        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.UniqueConstraint(fields=["partner", "url"], name="webhook_endpoint_address_once"),
            models.CheckConstraint(
                condition=models.Q(switched_off_at__isnull=True, off_reason="")
                | (models.Q(switched_off_at__isnull=False) & ~models.Q(off_reason="")),
                name="webhook_endpoint_off_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_old_secret="") | models.Q(old_secret_until__isnull=False),
                name="webhook_endpoint_old_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        """Return the address."""
        return self.url


class WebhookMessage(models.Model):
    """One thing to tell, written with the change it tells of; `key` names that change, so that it is written once.

    From `due_at` on it is handed to whoever listens: to partners of `channel`, or of any channel at `centre`. Then
    `handed_at` is set, and `body` is the text that is sent and signed, byte by byte, at every try. `slot` is the freed
    one of `slot.released`, whose body is made when it is handed over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("key"), max_length=80, unique=True)
    kind = models.CharField(_("what"), max_length=30, choices=WebhookKind.choices)
    subject = models.CharField(_("about"), max_length=40)
    channel = models.ForeignKey(
        Channel, verbose_name=_("booking channel"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    centre = models.ForeignKey(
        Centre, verbose_name=_("centre"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    slot = models.ForeignKey(
        Slot, verbose_name=_("slot"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    body = models.TextField(_("body"), blank=True)
    at = models.DateTimeField(_("happened"), db_index=True)
    due_at = models.DateTimeField(_("due"))
    handed_at = models.DateTimeField(_("handed over"), null=True, blank=True)

    class Meta:
        """About a booking's channel or a centre's slot."""

        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__isnull=False, centre__isnull=True)
                | models.Q(channel__isnull=True, centre__isnull=False),
                name="webhook_message_channel_or_centre",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(handed_at__isnull=True), name="webhook_message_due_idx")
        ]

    def __str__(self) -> str:
        """Say what and about which."""
        return f"{self.kind} {self.subject}"


class WebhookDelivery(models.Model):
    """One message to one address. Whoever holds `claim` is sending it; `next_at` says when somebody else may."""

    class State(models.TextChoices):
        """How far it got."""

        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")

    message = models.ForeignKey(
        WebhookMessage, verbose_name=_("webhook"), on_delete=models.CASCADE, related_name="deliveries"
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, verbose_name=_("endpoint"), on_delete=models.PROTECT, related_name="deliveries"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"))
    claim = models.UUIDField(null=True, editable=False)
    status = models.PositiveSmallIntegerField(_("last status"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    problem = models.CharField(_("last problem"), max_length=250, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        """Once a message and address."""

        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        permissions = [("replay_webhookdelivery", "Can send webhooks again")]
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state="delivered", delivered_at__isnull=False)
                | (~models.Q(state="delivered") & models.Q(delivered_at__isnull=True)),
                name="webhook_delivery_delivered_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["endpoint", "state", "next_at"], name="webhook_delivery_due_idx")]

    def __str__(self) -> str:
        """Name the message."""
        return str(self.message)


class WebhookTry(models.Model):
    """One try of a delivery, as the log shows it. `status` is empty where no answer came; `answer` is how it began."""

    delivery = models.ForeignKey(
        WebhookDelivery, verbose_name=_("delivery"), on_delete=models.CASCADE, related_name="log"
    )
    at = models.DateTimeField(_("when"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    answer = models.CharField(_("how the answer began"), max_length=300, blank=True)
    problem = models.CharField(_("problem"), max_length=250, blank=True)

    class Meta:
        """Newest first is said where it is shown."""

        verbose_name = _("webhook try")
        verbose_name_plural = _("webhook tries")

    def __str__(self) -> str:
        """Say how it ended."""
        return str(self.status or self.problem)


class WebhookBookmark(models.Model):
    """How far the refunds' history was read: every step up to `position` was told, or had nobody to tell.

    `ceiling` is the newest step that could be seen at `ceiling_at`. It becomes the position an hour later: transactions
    commit in another order than their numbers, and none of them takes an hour.
    """

    name = models.CharField(max_length=20, unique=True)
    position = models.BigIntegerField(default=0)
    ceiling = models.BigIntegerField(default=0)
    ceiling_at = models.DateTimeField()

    class Meta:
        """Words."""

        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")

    def __str__(self) -> str:
        """Return the name."""
        return self.name
