"""Where and when: centres, booking channels, doctors and slots."""

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
from unfold.admin import TabularInline
from unfold.decorators import display

from appointments.admin.base import ChannelModelForm, SlotModelForm, account_of
from appointments.admin.centre_form import CentreForm
from appointments.admin.filters import DayFilter
from appointments.admin.money import MajorUnitsField, WallClockField, from_minor, to_minor, to_moment
from appointments.admin.scope import CentreScoped
from appointments.locks import lock_slots
from appointments.models import Appointment, Centre, Channel, ClosedDay, Doctor, Slot
from appointments.wording.formats import format_clock, format_day, format_money

_NOT_TAKEN = (Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED)


class ClosedDayInline(TabularInline):  # type: ignore[misc]
    """The centre's own days off, besides weekends and public holidays."""

    model = ClosedDay
    extra = 0
    fields = ("on", "name")


@admin.register(Centre)
class CentreAdmin(CentreScoped):
    """Clinics and hospitals. Who works for one, and what one person may give against the rules, is a superuser's to say."""

    form = CentreForm
    centre_path = "pk"
    list_display = ("name", "time_zone", "currency", "phone", "policy")
    search_fields = ("name", "slug", "address")
    list_select_related = ("policy",)
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("staff",)
    inlines = (ClosedDayInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Centre | None = None) -> tuple[str, ...]:
        """Freeze the currency once there are doctors: prices are kept in its smallest unit."""
        fields: tuple[str, ...] = (
            () if account_of(request).is_superuser else ("slug", "staff", "override_limit", "limit")
        )
        return (*fields, "currency") if obj and obj.doctors.exists() else fields

    def get_fields(self, request: HttpRequest, obj: Centre | None = None) -> list[Any]:
        """Show the limit as money to whoever is bound by it and may not change it."""
        fields: list[Any] = list(super().get_fields(request, obj))
        return fields if account_of(request).is_superuser else [name for name in fields if name != "override_limit"]

    @admin.display(description=_("Most that one person gives against the rules"))
    def limit(self, centre: Centre) -> str:
        """Say the limit as people write it."""
        return format_money(centre.override_limit, currency=centre.currency, centre=centre)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Centre | None = None) -> dict[str, Any]:
        """Suggest the short name only where it can be entered."""
        return {} if obj or not account_of(request).is_superuser else dict(self.prepopulated_fields)


class ChannelForm(ChannelModelForm):
    """A channel, its fee in whole units of the centre's currency."""

    handling_fee = MajorUnitsField(label=_("Handling fee"), initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the fee with the currency's places."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["handling_fee"] = from_minor(self.instance.handling_fee, self.instance.centre.currency)

    def clean(self) -> dict[str, Any]:
        """Turn the fee into minor units."""
        data = super().clean() or self.cleaned_data
        if data.get("centre") and data.get("handling_fee") is not None:
            try:
                data["handling_fee"] = to_minor(data["handling_fee"], data["centre"].currency)
            except forms.ValidationError as error:
                self.add_error("handling_fee", error)
        return data


@admin.register(Channel)
class ChannelAdmin(CentreScoped):
    """Booking channels: who cancels where, until when, for which fee."""

    form = ChannelForm
    centre_path = "centre"
    list_display = ("name", "centre", "is_website", "who_cancels", "deadline_hours", "fee", "platforms")
    fieldsets = (
        (None, {"fields": ("centre", "name", "is_website")}),
        (_("Who may cancel where"), {"fields": ("self_service", "entrance_text", "entrance_phone")}),
        (_("Until when, and for what"), {"fields": ("deadline_hours", "handling_fee", "policy")}),
    )
    list_filter = (("centre", RelatedOnlyFieldListFilter), "self_service")
    list_select_related = ("centre",)
    search_fields = ("name", "centre__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        """Load the platforms along."""
        return super().get_queryset(request).prefetch_related("partners")

    @admin.display(description=_("cancelled"), ordering="self_service")
    def who_cancels(self, channel: Channel) -> str:
        """Say where a booking of this channel is cancelled."""
        if channel.self_service:
            return gettext("here")
        return ", ".join(filter(None, (channel.entrance_text, channel.entrance_phone)))

    @admin.display(description=_("partners"))
    def platforms(self, channel: Channel) -> str:
        """Name the partners that reach it over the API."""
        return ", ".join(sorted(partner.name for partner in channel.partners.all())) or "–"

    @admin.display(description=_("handling fee"), ordering="handling_fee")
    def fee(self, channel: Channel) -> str:
        """Say the fee as people write it."""
        return format_money(channel.handling_fee, currency=channel.centre.currency, centre=channel.centre)


@admin.register(Doctor)
class DoctorAdmin(CentreScoped):
    """Doctors."""

    centre_path = "centre"
    list_display = ("name", "specialty", "centre", "requires_approval", "policy")
    list_filter = (("centre", RelatedOnlyFieldListFilter), "specialty", "requires_approval")
    list_select_related = ("centre", "policy")
    search_fields = ("name", "specialty")
    autocomplete_fields = ("user",)

    def get_readonly_fields(self, request: HttpRequest, obj: Doctor | None = None) -> tuple[str, ...]:
        """Keep a doctor with slots at the centre: prices and clocks are that one's."""
        return ("centre",) if obj and obj.slots.exists() else ()


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

    def clean(self) -> dict[str, Any]:
        """Turn what was entered into moments and minor units, by the doctor's centre."""
        data = super().clean() or self.cleaned_data
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
    list_filter = (SlotDayFilter, ("doctor", RelatedOnlyFieldListFilter), "is_withdrawn")
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
        """Say no to a slot that ever was taken."""
        return super().has_delete_permission(request, obj) and not getattr(obj, "ever", 0)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Change under the slot's lock, so that nobody books it at the same moment."""
        with transaction.atomic():
            self._lock(request, object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Delete under the slot's lock."""
        with transaction.atomic():
            self._lock(request, object_id)
            return super().delete_view(request, object_id, extra_context)

    def _lock(self, request: HttpRequest, object_id: str | None) -> None:
        slot = self.get_object(request, object_id) if object_id and request.method == "POST" else None
        if slot:
            lock_slots(slot_ids=[slot.pk])
