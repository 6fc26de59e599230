"""Times that doctors offer, one by one."""

from datetime import UTC
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.admin.base import SlotModelForm, account_of
from appointments.admin.filters import DayFilter
from appointments.admin.money import MajorUnitsField, WallClockField, from_minor, to_minor, to_moment
from appointments.admin.scope import CentreScoped
from appointments.hours.queries import doctors_of_centres
from appointments.locks import lock_doctor, lock_slots
from appointments.models import Appointment, Doctor, Slot
from appointments.wording.formats import format_clock, format_day, format_money

_NOT_TAKEN = (Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED)


class SlotForm(SlotModelForm):
    """A slot: times on the centre's clock, the price in whole units of its currency."""

    starts_at = WallClockField(label=_("Start, on the centre’s clock"))
    ends_at = WallClockField(label=_("End, on the centre’s clock"))
    bookable_from = WallClockField(label=_("Bookable from, on the centre’s clock"), required=False)
    price = MajorUnitsField(label=_("Price"))

    _MOMENTS = ("starts_at", "ends_at", "bookable_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show times and price as they are read at the centre."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            centre = self.instance.doctor.centre
            self.initial["price"] = from_minor(self.instance.price, centre.currency)
            for name in self._MOMENTS:
                moment = getattr(self.instance, name)
                self.initial[name] = moment.astimezone(centre.zone).replace(tzinfo=None) if moment else None

    def _get_validation_exclusions(self) -> set[str]:
        """Check the flag that decides which slots of a doctor may start together, though nobody enters it."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"withdrawn_by_hours"}

    def clean(self) -> dict[str, Any]:
        """Turn what was entered into moments and minor units, by the doctor's centre.

        What a person changed is theirs from now on: weekly hours leave it alone.
        """
        data = super().clean() or self.cleaned_data
        if self.changed_data:
            self.instance.is_generated = self.instance.withdrawn_by_hours = False
        doctor: Doctor | None = data.get("doctor") or (self.instance.doctor if self.instance.pk else None)
        if doctor is None:
            # Nothing is saved without a doctor; a zone keeps Django's own checks going until that is said.
            return {
                key: value.replace(tzinfo=UTC) if key in self._MOMENTS and value else value
                for key, value in data.items()
            }
        for name in (*self._MOMENTS, "price"):
            if data.get(name) is None:
                continue
            try:
                data[name] = (
                    to_minor(data[name], doctor.centre.currency)
                    if name == "price"
                    else to_moment(data[name], doctor.centre.zone)
                )
            except forms.ValidationError as error:
                self.add_error(name, error)
        return data


class SlotDayFilter(DayFilter):
    """Days of slots."""


@admin.register(Slot)
class SlotAdmin(CentreScoped):
    """Times that doctors offer. One that is taken stands; one that ever was keeps doctor, time and price."""

    form = SlotForm
    centre_path = "doctor__centre"
    list_display = ("day", "clock", "doctor", "price_shown", "state")
    list_filter = (SlotDayFilter, ("doctor", RelatedOnlyFieldListFilter), "is_withdrawn", "is_generated")
    list_select_related = ("doctor__centre",)
    search_fields = ("doctor__name",)
    ordering = ("-starts_at", "-pk")
    fields = ("doctor", "starts_at", "ends_at", "price", "bookable_from", "is_withdrawn")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        """Count who sits in each slot, and who ever did."""
        taken = Count("appointments", filter=~Q(appointments__status__in=_NOT_TAKEN))
        slots: QuerySet[Slot] = super().get_queryset(request).annotate(takers=taken, ever=Count("appointments"))
        return slots

    @admin.display(description=_("day"), ordering="starts_at")
    def day(self, slot: Slot) -> str:
        """Say the day at the centre."""
        return format_day(slot.starts_at, centre=slot.doctor.centre)

    @admin.display(description=_("time"))
    def clock(self, slot: Slot) -> str:
        """Say from when to when, on the centre's clock."""
        centre = slot.doctor.centre
        return f"{format_clock(slot.starts_at, centre=centre)} – {format_clock(slot.ends_at, centre=centre)}"

    @admin.display(description=_("price"), ordering="price")
    def price_shown(self, slot: Slot) -> str:
        """Say the price as people write it."""
        return format_money(slot.price, currency=slot.doctor.centre.currency, centre=slot.doctor.centre)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"), label={"taken": "info", "withdrawn": "danger", "free": "success"}
    )
    def state(self, slot: Any) -> tuple[str, str]:
        """Tell whether it is taken, withdrawn or free."""
        if slot.takers:
            return "taken", gettext("Taken")
        return ("withdrawn", gettext("Withdrawn")) if slot.is_withdrawn else ("free", gettext("Free"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep what the history of cancelled appointments is told by."""
        return ("doctor", "starts_at", "ends_at", "price") if getattr(obj, "ever", 0) else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no to a slot that is taken."""
        return super().has_change_permission(request, obj) and not getattr(obj, "takers", 0)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no to a slot that ever was taken, and to one out of weekly hours: it would be made again. It is withdrawn."""
        stays = getattr(obj, "ever", 0) or getattr(obj, "is_generated", False)
        return super().has_delete_permission(request, obj) and not stays

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Change under the locks of doctor and slot, so that nobody books it and no hours make one at the same moment."""
        with transaction.atomic():
            self._lock(request, object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Delete under the slot's lock."""
        with transaction.atomic():
            self._lock(request, object_id)
            return super().delete_view(request, object_id, extra_context)

    def _lock(self, request: HttpRequest, object_id: str | None) -> None:
        if request.method != "POST":
            return
        slot = self.get_object(request, object_id) if object_id else None
        doctors = doctors_of_centres(account_of(request))
        chosen = request.POST.get("doctor", "")
        keys = {str(slot.doctor_id)} if slot else set[str]()
        for doctor in doctors.filter(pk__in={int(key) for key in {chosen, *keys} if key.isdecimal()}).order_by("pk"):
            lock_doctor(doctor_id=doctor.pk)
        if slot:
            lock_slots(slot_ids=[slot.pk])
