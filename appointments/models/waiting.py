"""The waiting list: who waits for what, and the times that were offered to them, one person at a time."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.appointment import Appointment
from appointments.models.people import Patient
from appointments.models.scheduling import Centre, Doctor, Slot


class EntryState(models.TextChoices):
    """Where an entry stands. Only the first is open, the others never change again."""

    WAITING = "waiting", _("Waiting")
    FULFILLED = "fulfilled", _("Got a time")
    LEFT = "left", _("Left the list")
    RUN_OUT = "run_out", _("Its days are over")
    CLOSED = "closed", _("Ended with the appointment")
    ENDED_BY_DESK = "ended_by_desk", _("Ended at the desk")


class WaitingEntry(models.Model):
    """One wish of one patient: a doctor, else a specialty, at a centre, on its days from `first_day` to `last_day`.

    With an `appointment` it is to be moved to an earlier time; else a first booking is wished for. In line are those who
    joined first.
    """

    State = EntryState

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.PROTECT, related_name="waiting_entries"
    )
    centre = models.ForeignKey(Centre, verbose_name=_("centre"), on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(
        Doctor, verbose_name=_("doctor"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    specialty = models.CharField(_("specialty"), max_length=80, blank=True)
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment to move"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="waiting_entries",
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    mornings = models.BooleanField(_("mornings"), default=True)
    afternoons = models.BooleanField(_("afternoons"), default=True)
    evenings = models.BooleanField(_("evenings"), default=True)
    joined_at = models.DateTimeField(_("joined"))
    joined_by = models.CharField(_("joined by"), max_length=80)
    state = models.CharField(_("state"), max_length=14, choices=EntryState.choices, default=EntryState.WAITING)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)

    class Meta:
        """One open entry a wish; it wishes for something; an ended one says when and by whom."""

        verbose_name = _("entry of the waiting list")
        verbose_name_plural = _("waiting list")
        ordering = ["joined_at", "pk"]
        default_permissions = ("view",)
        permissions = [
            ("join_waitingentry", "Can put a patient on the waiting list"),
            ("end_waitingentry", "Can end an entry of the waiting list"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="waiting_entry_days_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(mornings=True) | models.Q(afternoons=True) | models.Q(evenings=True),
                name="waiting_entry_wants_some_time",
            ),
            models.CheckConstraint(
                condition=models.Q(doctor__isnull=False, specialty="")
                | models.Q(~models.Q(specialty=""), doctor__isnull=True),
                name="waiting_entry_doctor_or_specialty",
            ),
            models.CheckConstraint(condition=models.Q(state__in=EntryState.values), name="waiting_entry_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended_at__isnull=True, ended_by="")
                | models.Q(~models.Q(state="waiting"), ~models.Q(ended_by=""), ended_at__isnull=False),
                name="waiting_entry_ended_says_when",
            ),
            models.UniqueConstraint(
                fields=["patient", "doctor"],
                condition=models.Q(state="waiting", doctor__isnull=False, appointment__isnull=True),
                name="waiting_entry_once_a_doctor",
            ),
            models.UniqueConstraint(
                fields=["patient", "centre", "specialty"],
                condition=models.Q(state="waiting", doctor__isnull=True, appointment__isnull=True),
                name="waiting_entry_once_a_specialty",
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=models.Q(state="waiting", appointment__isnull=False),
                name="waiting_entry_once_an_appointment",
            ),
        ]
        indexes = [models.Index(fields=["centre", "state", "joined_at"], name="waiting_entry_line_idx")]

    def __str__(self) -> str:
        """Name what is waited for."""
        return f"{self.doctor or self.specialty}, {self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits."""
        return self.state == EntryState.WAITING


class OfferState(models.TextChoices):
    """What became of an offer. The first two are open, the others never change again."""

    OFFERED = "offered", _("Waiting for an answer")
    TAKEN = "taken", _("Taken, being paid")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Not wanted")
    LAPSED = "lapsed", _("Nobody answered or paid in time")
    WITHDRAWN = "withdrawn", _("Withdrawn by the clinic")


class SlotOffer(models.Model):
    """A time that was given back, offered to one entry until `until`. Its `draft` holds the time meanwhile.

    It changes only under the lock of its draft.
    """

    State = OfferState
    OPEN: ClassVar[tuple[OfferState, ...]] = (OfferState.OFFERED, OfferState.TAKEN)

    entry = models.ForeignKey(WaitingEntry, verbose_name=_("entry"), on_delete=models.PROTECT, related_name="offers")
    slot = models.ForeignKey(Slot, verbose_name=_("slot"), on_delete=models.PROTECT, related_name="offers")
    draft = models.OneToOneField(
        Appointment, verbose_name=_("held by"), on_delete=models.PROTECT, related_name="slot_offer"
    )
    offered_at = models.DateTimeField(_("offered"))
    until = models.DateTimeField(_("stands until"))
    state = models.CharField(_("answer"), max_length=10, choices=OfferState.choices, default=OfferState.OFFERED)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        """One open offer a time and one an entry, and never the same time twice to one entry."""

        verbose_name = _("offer of a time")
        verbose_name_plural = _("offers of times")
        ordering = ["offered_at", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=models.Q(state__in=["offered", "taken"]), name="slot_offer_one_a_time"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(state__in=["offered", "taken"]), name="slot_offer_one_an_entry"
            ),
            models.UniqueConstraint(fields=["entry", "slot"], name="slot_offer_never_twice"),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("offered_at")), name="slot_offer_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=models.Q(state__in=OfferState.values), name="slot_offer_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=("offered", "taken"), ended_at__isnull=True)
                | models.Q(~models.Q(state__in=("offered", "taken")), ended_at__isnull=False),
                name="slot_offer_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        """Name the time and where the offer stands."""
        return f"{self.slot}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Tell whether its time is still held for this entry."""
        return self.state in self.OPEN
