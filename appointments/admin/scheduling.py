"""Where and when: centres, booking channels and doctors."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from appointments.admin.base import ChannelModelForm, account_of
from appointments.admin.centre_form import CentreForm
from appointments.admin.first_steps import first_steps_page
from appointments.admin.money import MajorUnitsField, from_minor, to_minor
from appointments.admin.scope import CentreScoped
from appointments.models import Centre, Channel, Doctor
from appointments.wording.formats import format_money


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

    def get_urls(self) -> list[URLPattern]:
        """Add the page that says what a centre lacks."""
        page = self.admin_site.admin_view(require_safe(first_steps_page))
        return [path("first-steps/", page, name="appointments_centre_first_steps"), *super().get_urls()]

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
    list_display = ("name", "specialty", "centre", "requires_approval", "delay_is_risky", "policy")
    list_filter = (("centre", RelatedOnlyFieldListFilter), "specialty", "requires_approval", "delay_is_risky")
    list_select_related = ("centre", "policy")
    search_fields = ("name", "specialty")
    autocomplete_fields = ("user",)

    def get_readonly_fields(self, request: HttpRequest, obj: Doctor | None = None) -> tuple[str, ...]:
        """Keep a doctor with slots at the centre: prices and clocks are that one's."""
        return ("centre",) if obj and obj.slots.exists() else ()
