"""The appointment with its state machine, and the chain of appointments that replaced one another."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from appointments.models.people import Patient
from appointments.models.scheduling import Centre, Channel, Slot
from policies.models import PolicyVersion
from policies.rules.facts import CANCELLABLE, RESCHEDULABLE, TERMINAL
from policies.rules.facts import Status as RuleStatus


class Chain(models.Model):
    """A first booking and every appointment that replaced it by rescheduling: the money and the counts live here.

    `held` (minor units) is the patient's own money that stands for the consultation, without fees and what the insurer
    paid. `terms` is the policy version in force when the chain was booked; it never changes. `calendar_sequence` is the
    number of the last change that a calendar sees: 0 for the booking, None before it; it never goes back. `visit_reason`
    is what the patient wrote for the doctor; no message repeats it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, verbose_name=_("patient"), on_delete=models.PROTECT, related_name="chains")
    channel = models.ForeignKey(Channel, verbose_name=_("booking channel"), on_delete=models.PROTECT, related_name="+")
    terms = models.ForeignKey(PolicyVersion, verbose_name=_("terms"), on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(_("currency"), max_length=3)
    booked_at = models.DateTimeField(_("first booked"))
    visit_reason = models.CharField(_("what it is about"), max_length=200, blank=True)
    held = models.PositiveBigIntegerField(_("held in minor units"), default=0)
    reschedules = models.PositiveIntegerField(_("times moved by the patient"), default=0)
    percent_cap = models.DecimalField(_("highest percentage"), max_digits=5, decimal_places=2, null=True, blank=True)
    calendar_sequence = models.PositiveIntegerField(_("changes seen by calendars"), null=True, blank=True)

    class Meta:
        """A percentage is one."""

        verbose_name = _("chain")
        verbose_name_plural = _("chains")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent_cap__isnull=True) | models.Q(percent_cap__range=(0, 100)),
                name="chain_percent_cap_is_percentage",
            )
        ]

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)

    @property
    def source(self) -> str:
        """The key under which the chain's money stands in `refunds`."""
        return f"chain:{self.pk}"


class Status(models.TextChoices):
    """The statuses of the rules, in words. The last four never change again."""

    DRAFT = RuleStatus.DRAFT.value, _("Held, not paid")
    PENDING_APPROVAL = RuleStatus.PENDING_APPROVAL.value, _("Waiting for approval")
    CONFIRMED = RuleStatus.CONFIRMED.value, _("Booked")
    CHECKED_IN = RuleStatus.CHECKED_IN.value, _("Checked in")
    COMPLETED = RuleStatus.COMPLETED.value, _("Took place")
    NO_SHOW = RuleStatus.NO_SHOW.value, _("Missed")
    CANCELLED = RuleStatus.CANCELLED.value, _("Cancelled")
    RESCHEDULED = RuleStatus.RESCHEDULED.value, _("Moved to another time")


class Appointment(FSMModelMixin, models.Model):
    """One consultation in one slot. Only `appointments.record` moves its status.

    A draft that `replaces` another holds a new slot until what is owed for the move is paid; `pending_move` then keeps
    the quote and who asked. `version` grows by one with every change.
    """

    Status = Status
    CANCELLABLE: ClassVar[frozenset[RuleStatus]] = CANCELLABLE
    RESCHEDULABLE: ClassVar[frozenset[RuleStatus]] = RESCHEDULABLE
    TERMINAL: ClassVar[frozenset[RuleStatus]] = TERMINAL

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    chain = models.ForeignKey(Chain, verbose_name=_("chain"), on_delete=models.PROTECT, related_name="appointments")
    slot = models.ForeignKey(Slot, verbose_name=_("slot"), on_delete=models.PROTECT, related_name="appointments")
    status = FSMField(_("status"), default=Status.DRAFT, choices=Status.choices, protected=True, db_index=True)
    replaces = models.ForeignKey(
        "self", verbose_name=_("replaces"), null=True, blank=True, on_delete=models.PROTECT, related_name="replacements"
    )
    hold_expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    approval_due_at = models.DateTimeField(_("approval due"), null=True, blank=True)
    pending_move = models.JSONField(_("move waiting for payment"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("made"))

    class Meta:
        """One appointment a slot, one successor a moved appointment: promises kept by the database."""

        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        permissions = [
            ("book_appointment", "Can book an appointment for a patient"),
            ("cancel_appointment", "Can cancel an appointment"),
            ("reschedule_appointment", "Can move an appointment"),
            ("approve_appointment", "Can approve an appointment"),
            ("attend_appointment", "Can check in, complete and mark as missed"),
            ("override_percentage", "Can set the percentage that comes back"),
            ("override_reschedule_rules", "Can move against count, window and doctor rules"),
            ("cancel_own_appointment", "Can cancel appointments as the doctor"),
        ]
        constraints = [
            # Spec: draft, unapproved and confirmed ones occupy a slot. A patient who has come still sits in it.
            models.UniqueConstraint(
                fields=["slot"],
                condition=~models.Q(status__in=[Status.CANCELLED, Status.RESCHEDULED]),
                name="appointment_slot_taken_once",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~models.Q(status=Status.CANCELLED),
                name="appointment_replaced_once",
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="appointment_status_known"),
            models.CheckConstraint(
                condition=~models.Q(status=Status.DRAFT) | models.Q(hold_expires_at__isnull=False),
                name="appointment_draft_expires",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.PENDING_APPROVAL) | models.Q(approval_due_at__isnull=False),
                name="appointment_approval_is_due",
            ),
            models.CheckConstraint(
                condition=models.Q(pending_move__isnull=True) | models.Q(replaces__isnull=False),
                name="appointment_only_replacements_wait_for_a_move",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "hold_expires_at"], name="appointment_expiry_idx"),
            models.Index(fields=["status", "approval_due_at"], name="appointment_approval_idx"),
        ]

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def centre(self) -> Centre:
        """The centre where it takes place."""
        return self.slot.doctor.centre

    @property
    def is_live(self) -> bool:
        """Tell whether its status can still change."""
        return self.status not in TERMINAL

    @property
    def holds_a_move(self) -> bool:
        """Tell whether this is a draft that waits for the payment of a move; the chain's money is not its own."""
        return self.status == Status.DRAFT and self.replaces_id is not None

    # The bodies are empty on purpose: `record.move` is the only caller and does the rest.

    @transition(field=status, source=Status.DRAFT, target=Status.PENDING_APPROVAL)
    def submit(self) -> None:
        """Paid; now it waits for approval."""

    @transition(field=status, source=[Status.DRAFT, Status.PENDING_APPROVAL], target=Status.CONFIRMED)
    def confirm(self) -> None:
        """Paid or approved: it stands."""

    @transition(
        field=status,
        source=[Status.DRAFT, Status.PENDING_APPROVAL, Status.CONFIRMED],
        target=Status.CANCELLED,
    )
    def cancel(self) -> None:
        """It will not take place."""

    @transition(field=status, source=[Status.PENDING_APPROVAL, Status.CONFIRMED], target=Status.RESCHEDULED)
    def supersede(self) -> None:
        """Another appointment of the chain takes its place."""

    @transition(field=status, source=Status.CONFIRMED, target=Status.CHECKED_IN)
    def check_in(self) -> None:
        """The patient has come."""

    @transition(field=status, source=Status.CHECKED_IN, target=Status.COMPLETED)
    def complete(self) -> None:
        """The consultation took place."""

    @transition(field=status, source=Status.CONFIRMED, target=Status.NO_SHOW)
    def mark_no_show(self) -> None:
        """The patient did not come."""
