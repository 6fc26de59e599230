"""Asking for an exception after the deadline: the request, its document, and who looked at that."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.appointment import Appointment
from appointments.models.events import AppointmentEvent
from appointments.models.people import User
from appointments.models.scheduling import Centre


class LateRule(models.Model):
    """What the house does about one situation: a percentage to suggest, or to give without anybody looking."""

    centre = models.ForeignKey(
        Centre,
        verbose_name=_("centre"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="late_rules",
        help_text=_("Empty: for every centre"),
    )
    label = models.CharField(_("situation, as patients read it"), max_length=120)
    percent = models.DecimalField(
        _("percentage that comes back"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Empty: the desk decides without a suggestion"),
    )
    needs_document = models.BooleanField(_("asks for a document"), default=False)
    decides_by_itself = models.BooleanField(
        _("approves by itself"),
        default=False,
        help_text=_("The percentage is given at once; nobody looks at the request first."),
    )
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        """In the order of the house; what decides by itself knows how."""

        verbose_name = _("standing rule")
        verbose_name_plural = _("standing rules")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__isnull=True) | models.Q(percent__range=(0, 100)),
                name="late_rule_percent_is_percentage",
            ),
            models.CheckConstraint(
                condition=models.Q(decides_by_itself=False) | models.Q(percent__isnull=False),
                name="late_rule_decides_by_a_percentage",
                violation_error_message=_("Give the percentage that this rule approves by itself."),
            ),
        ]

    def __str__(self) -> str:
        """Return the situation."""
        return self.label


class LateWish(models.TextChoices):
    """What the patient asks for."""

    REFUND = "refund", _("Cancel and get the money back")
    PART = "part", _("Cancel and get part of the money back")
    CHANGE = "change", _("Move to another time")


class LateState(models.TextChoices):
    """How far a request has come. Only a waiting one changes."""

    WAITING = "waiting", _("Waiting for the clinic")
    APPROVED = "approved", _("Agreed: money comes back")
    CHANGED = "changed", _("Agreed: moved to another time")
    DECLINED = "declined", _("Not agreed")
    WITHDRAWN = "withdrawn", _("Taken back by the patient")
    LAPSED = "lapsed", _("No longer needed")


class LateRequest(models.Model):
    """A patient's request for an exception about one appointment. One waits at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(
        Appointment, verbose_name=_("appointment"), on_delete=models.PROTECT, related_name="late_requests"
    )
    wish = models.CharField(_("asks for"), max_length=10, choices=LateWish.choices)
    rule = models.ForeignKey(
        LateRule, verbose_name=_("situation"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(_("in their words"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=LateState.choices, default=LateState.WAITING)
    made_at = models.DateTimeField(_("asked"))
    made_by = models.CharField(_("asked by"), max_length=80)
    due_at = models.DateTimeField(_("answer due"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decision_text = models.CharField(_("answer in words"), max_length=500, blank=True)
    percent = models.DecimalField(_("percentage agreed"), max_digits=5, decimal_places=2, null=True, blank=True)
    event = models.OneToOneField(
        AppointmentEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="late_request"
    )

    class Meta:
        """One waiting request an appointment; a decision is dated; an agreed one names the deed."""

        verbose_name = _("late request")
        verbose_name_plural = _("late requests")
        permissions = [("decide_laterequest", "Can decline late requests")]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=models.Q(state=LateState.WAITING),
                name="late_request_waits_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=LateState.values), name="late_request_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=LateState.WAITING, decided_at__isnull=True)
                | (~models.Q(state=LateState.WAITING) & models.Q(decided_at__isnull=False)),
                name="late_request_decision_is_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[LateState.APPROVED, LateState.CHANGED], event__isnull=False)
                | (~models.Q(state__in=[LateState.APPROVED, LateState.CHANGED]) & models.Q(event__isnull=True)),
                name="late_request_agreed_names_the_deed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=LateState.DECLINED) | ~models.Q(decision_text=""),
                name="late_request_declined_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="late_request_queue_idx")]

    def __str__(self) -> str:
        """Name the appointment."""
        return f"{self.appointment.reference}, {self.get_wish_display()}"


class LateDocument(models.Model):
    """The file that came with a request. Its content lies under VAR_DIR by a random name; the patient's name for it is not kept."""

    class Kind(models.TextChoices):
        """What the content is, whatever it was called."""

        PDF = "pdf", "PDF"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    request = models.OneToOneField(LateRequest, on_delete=models.PROTECT, related_name="document")
    stored_as = models.CharField(_("stored as"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"))
    destroyed_at = models.DateTimeField(_("destroyed"), null=True, blank=True)

    class Meta:
        """A document is destroyed after it came."""

        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) | models.Q(destroyed_at__gt=models.F("uploaded_at")),
                name="late_document_destroyed_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        """Say what it is."""
        return f"{self.get_kind_display()}, {self.size} bytes"


class DocumentLook(models.Model):
    """Somebody opened a document, and what for. The database refuses to change or delete it."""

    document = models.ForeignKey(LateDocument, on_delete=models.PROTECT, related_name="looks")
    user = models.ForeignKey(User, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("what for"), max_length=200)
    at = models.DateTimeField(_("when"))

    class Meta:
        """A look has a purpose."""

        verbose_name = _("look at a document")
        verbose_name_plural = _("looks at documents")
        ordering = ["-at", "-pk"]
        permissions = [("open_latedocument", "Can open documents of late requests")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(purpose=""), name="document_look_has_a_purpose"),
        ]

    def __str__(self) -> str:
        """Say when."""
        return f"{self.at:%Y-%m-%d %H:%M}"
