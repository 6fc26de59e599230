"""The waiting list at the desk: who waits for what, what was offered to them, and ending an entry."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.actor import Actor
from appointments.admin.base import AnyInline, AnyModelForm, NothingToChange, account_of
from appointments.admin.scope import CentreScoped
from appointments.models import EntryState, OfferState, SlotOffer, WaitingEntry
from appointments.usecases.wait import end_entry
from appointments.waiting.line import place_of
from appointments.wording.waiting import days_words, wish_words

_END = "appointments.end_waitingentry"


class EndEntryForm(AnyModelForm):
    """The only change there is."""

    end_now = forms.BooleanField(
        label=_("End this entry now"),
        help_text=_("A time that is offered to it goes to the next in line, and the patient is told."),
        required=False,
    )

    class Meta:
        """Nothing else."""

        model = WaitingEntry
        fields: tuple[str, ...] = ()


class OfferInline(NothingToChange, AnyInline):
    """What was offered to an entry."""

    model = SlotOffer
    extra = 0
    fields = readonly_fields = ("slot", "draft", "offered_at", "until", "state", "ended_at")
    ordering = ("-offered_at",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let whoever sees the entry see its offers."""
        return bool(request.user.has_perm("appointments.view_slotoffer"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load the names along."""
        return super().get_queryset(request).select_related("slot__doctor", "draft")


@admin.register(WaitingEntry)
class WaitingEntryAdmin(CentreScoped):
    """Who waits at the account's centres, in the order of the line."""

    form = EndEntryForm
    centre_path = "centre"
    list_display = ("joined_at", "patient", "wish", "days", "moves", "progress", "ended_at")
    list_filter = ("state", "centre", "specialty")
    list_select_related = ("patient", "doctor", "centre", "appointment")
    search_fields = ("patient__name", "doctor__name", "specialty", "appointment__reference")
    ordering = ("joined_at", "pk")
    inlines = (OfferInline,)
    _SHOWN = (
        *("patient", "centre", "wish", "days", "moves", "place", "state"),
        *("joined_at", "joined_by", "ended_at", "ended_by"),
    )
    readonly_fields = _SHOWN

    def get_fields(self, request: HttpRequest, obj: WaitingEntry | None = None) -> Any:
        """Show what is known, and the box that ends an open entry to whoever may."""
        may_end = obj is not None and obj.is_open and self.has_change_permission(request, obj)
        return (*self._SHOWN, "end_now") if may_end else self._SHOWN

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 (the signature is Django's)
        """Ask for nothing but whether it ends."""
        return super().get_form(request, obj, change, **kwargs | {"fields": ()})

    @admin.display(description=_("waits for"))
    def wish(self, entry: WaitingEntry) -> str:
        """Say with whom."""
        return wish_words(entry)

    @admin.display(description=_("days"))
    def days(self, entry: WaitingEntry) -> str:
        """Say when."""
        return days_words(entry)

    @admin.display(description=_("appointment to move"))
    def moves(self, entry: WaitingEntry) -> str:
        """Name the appointment."""
        return entry.appointment.reference if entry.appointment else "–"

    @admin.display(description=_("place"))
    def place(self, entry: WaitingEntry) -> str:
        """Say the place in line of an open entry."""
        return str(place_of(entry)) if entry.is_open else "–"

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={EntryState.WAITING: "warning", EntryState.FULFILLED: "success"},
    )
    def progress(self, entry: WaitingEntry) -> tuple[str, str]:
        """Say where it stands."""
        return entry.state, entry.get_state_display()

    def save_model(self, request: HttpRequest, obj: WaitingEntry, form: Any, change: bool) -> None:  # noqa: FBT001
        """End it through the use case, if that was asked for."""
        if form.cleaned_data.get("end_now"):
            actor = Actor.staff(account_of(request))
            end_entry(entry_id=obj.pk, state=EntryState.ENDED_BY_DESK, actor=actor, now=timezone.now())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: the desk puts patients on it from their own page or an appointment's."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let the desk end open entries."""
        return bool(request.user.has_perm(_END)) and (obj is None or obj.is_open)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: who was in line when is part of the history."""
        return False


@admin.register(SlotOffer)
class SlotOfferAdmin(NothingToChange, CentreScoped):
    """What was offered to whom at the account's centres, and what became of it."""

    centre_path = "entry__centre"
    list_display = ("offered_at", "patient", "slot", "until", "progress", "ended_at")
    list_filter = ("state",)
    list_select_related = ("entry__patient", "slot__doctor")
    search_fields = ("entry__patient__name", "slot__doctor__name", "draft__reference")
    ordering = ("-offered_at", "-pk")
    fields = readonly_fields = ("entry", "patient", "slot", "draft", "offered_at", "until", "state", "ended_at")

    @admin.display(description=_("patient"))
    def patient(self, offer: SlotOffer) -> str:
        """Name the patient."""
        return offer.entry.patient.name

    @display(  # type: ignore[untyped-decorator]
        description=_("answer"),
        ordering="state",
        label={
            OfferState.OFFERED: "warning",
            OfferState.TAKEN: "info",
            OfferState.BOOKED: "success",
            OfferState.WITHDRAWN: "danger",
        },
    )
    def progress(self, offer: SlotOffer) -> tuple[str, str]:
        """Say what became of it."""
        return offer.state, offer.get_state_display()
