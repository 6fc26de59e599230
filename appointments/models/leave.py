"""A doctor who is suddenly away: the leave, one case for each appointment in it, and the times held for each patient."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.appointment import Appointment
from appointments.models.people import User
from appointments.models.scheduling import Centre, Doctor, Slot


class EmergencyLeave(models.Model):
    """From `starts_at` until `ends_at` the doctor sees nobody. Prepared first, then started once; started it stands.

    `seen` is what whoever prepared it was shown: appointment pk → [status, refund, insured], in minor units of the
    centre's currency. `people`, `refund` and `insured` are what was confirmed.
    """

    doctor = models.ForeignKey(Doctor, verbose_name=_("doctor"), on_delete=models.PROTECT, related_name="leaves")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("note for colleagues"), max_length=500, blank=True)
    seen = models.JSONField(_("shown before"), default=dict)
    prepared_at = models.DateTimeField(_("prepared"))
    prepared_by = models.CharField(_("prepared by"), max_length=80)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    started_by = models.CharField(_("started by"), max_length=80, blank=True)
    started_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer_by = models.DateTimeField(_("patients answer by"), null=True, blank=True)
    people = models.PositiveIntegerField(_("patients"), default=0)
    refund = models.PositiveBigIntegerField(_("to patients, in minor units"), default=0)
    insured = models.PositiveBigIntegerField(_("to insurers, in minor units"), default=0)

    class Meta:
        """It ends after it begins; started it names who did it and until when patients answer."""

        verbose_name = _("emergency leave")
        verbose_name_plural = _("emergency leaves")
        ordering = ["-prepared_at", "-pk"]
        permissions = [
            ("call_leave", "Can call an emergency leave for doctors of the centre"),
            ("call_own_leave", "Can call an emergency leave as the doctor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="leave_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=True, answer_by__isnull=True, started_by="")
                | models.Q(~models.Q(started_by=""), started_at__isnull=False, answer_by__isnull=False),
                name="leave_started_is_complete",
            ),
        ]

    def __str__(self) -> str:
        """Name doctor and days."""
        return f"{self.doctor}, {self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"

    @property
    def centre(self) -> Centre:
        """The centre of the doctor."""
        return self.doctor.centre

    @property
    def is_started(self) -> bool:
        """Tell whether it was confirmed and patients are told."""
        return self.started_at is not None


class CaseState(models.TextChoices):
    """What became of an appointment in a leave. The first two are open, the others never change again."""

    PLANNED = "planned", _("To be told")
    OFFERED = "offered", _("Waiting for an answer")
    MOVED = "moved", _("Took another time")
    DECLINED = "declined", _("Wanted the money back")
    LAPSED = "lapsed", _("Did not answer, money back")
    CALLED_OFF = "called_off", _("No other time, money back")
    LEFT = "left", _("Changed otherwise")


class LeaveCase(models.Model):
    """One appointment in a leave. What is expected to go back is in minor units."""

    State = CaseState
    OPEN: ClassVar[tuple[CaseState, ...]] = (CaseState.PLANNED, CaseState.OFFERED)

    leave = models.ForeignKey(EmergencyLeave, on_delete=models.PROTECT, related_name="cases")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="leave_case")
    state = models.CharField(_("answer"), max_length=10, choices=CaseState.choices, default=CaseState.PLANNED)
    was_draft = models.BooleanField(_("was not finished"), default=False)
    refund = models.PositiveBigIntegerField(_("to the patient, in minor units"), default=0)
    insured = models.PositiveBigIntegerField(_("to the insurer, in minor units"), default=0)
    answer_by = models.DateTimeField(_("answer by"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        """One case an appointment; an ended one says when."""

        verbose_name = _("case of a leave")
        verbose_name_plural = _("cases of leaves")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CaseState.values), name="leave_case_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=("planned", "offered"), ended_at__isnull=True)
                | models.Q(~models.Q(state__in=("planned", "offered")), ended_at__isnull=False),
                name="leave_case_ended_says_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_by"], name="leave_case_due_idx")]

    def __str__(self) -> str:
        """Name the appointment and where it stands."""
        return f"{self.appointment}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Tell whether the patient is still to be told, or to answer."""
        return self.state in self.OPEN


class LeaveAlternative(models.Model):
    """A time held for one patient until they answer. The database holds no time for two."""

    case = models.ForeignKey(LeaveCase, on_delete=models.PROTECT, related_name="alternatives")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="kept_for")
    rank = models.PositiveSmallIntegerField(_("number"))
    is_held = models.BooleanField(_("held"), default=True)
    held_until = models.DateTimeField(_("held until"))

    class Meta:
        """A time is held for one patient at a time."""

        verbose_name = _("time offered instead")
        verbose_name_plural = _("times offered instead")
        ordering = ["case", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=models.Q(is_held=True), name="leave_alternative_held_once"
            ),
            models.UniqueConstraint(fields=["case", "rank"], name="leave_alternative_rank_once"),
        ]

    def __str__(self) -> str:
        """Name the time."""
        return str(self.slot)
