"""The list of weekly hours, and the address of the page that makes slots out of them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appointments.admin.hours import pages
from appointments.admin.hours.forms import HoursForm, clock_span
from appointments.admin.scope import CentreScoped
from appointments.models import WeeklyHours
from appointments.wording.formats import format_money


@admin.register(WeeklyHours)
class HoursAdmin(CentreScoped):
    """When doctors work, week by week. Saving changes no slot: the page that follows shows what would, and does it."""

    form = HoursForm
    centre_path = "doctor__centre"
    list_display = ("doctor", "weekday", "clock", "slot", "price_shown", "first_day", "last_day", "slots")
    list_filter = (("doctor", RelatedOnlyFieldListFilter), "weekday")
    list_select_related = ("doctor__centre",)
    search_fields = ("doctor__name",)

    @admin.display(description=_("hours"), ordering="begins")
    def clock(self, row: WeeklyHours) -> str:
        """Say from when to when."""
        return clock_span(row.begins, row.ends)

    @admin.display(description=_("minutes of a slot"), ordering="slot_minutes")
    def slot(self, row: WeeklyHours) -> str:
        """Say how long a slot lasts, and the pause after it."""
        return f"{row.slot_minutes} + {row.pause_minutes}" if row.pause_minutes else str(row.slot_minutes)

    @admin.display(description=_("price"), ordering="price")
    def price_shown(self, row: WeeklyHours) -> str:
        """Say the price as people write it."""
        return format_money(row.price, currency=row.doctor.centre.currency, centre=row.doctor.centre)

    @admin.display(description=_("slots"))
    def slots(self, row: WeeklyHours) -> str:
        """Lead to what the doctor's hours come to."""
        return format_html(
            '<a class="underline" href="{}">{}</a>', pages.address_of(row.doctor_id), gettext("Make slots")
        )

    def get_fields(self, request: HttpRequest, obj: WeeklyHours | None = None) -> list[Any]:
        """Ask for several weekdays of new hours, for one of old ones."""
        day = "weekday" if obj else "weekdays"
        return [
            "doctor", day, "begins", "ends", "slot_minutes", "pause_minutes", "price", "first_day", "last_day",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: WeeklyHours | None = None) -> tuple[str, ...]:
        """Keep whose hours they are."""
        return ("doctor",) if obj else ()

    def save_model(self, request: HttpRequest, obj: WeeklyHours, form: Any, change: bool) -> None:  # noqa: FBT001 (the signature is Django's)
        """Save; new hours of several weekdays become a row for each."""
        super().save_model(request, obj, form, change)
        for day in [] if change else form.days()[1:]:
            values = {name: getattr(obj, name) for name in (*_COPIED, "doctor_id")}
            super().save_model(request, WeeklyHours(weekday=day, **values), form, change)

    def response_post_save_add(self, request: HttpRequest, obj: WeeklyHours) -> HttpResponseRedirect:
        """Show what follows for the doctor's slots."""
        return HttpResponseRedirect(pages.address_of(obj.doctor_id))

    response_post_save_change = response_post_save_add

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Delete, and show what follows for the doctor's slots."""
        row = self.get_object(request, object_id)
        doctor_id = row.doctor_id if row else None
        answer = super().delete_view(request, object_id, extra_context)
        if doctor_id and answer.status_code == 302:
            return HttpResponseRedirect(pages.address_of(doctor_id))
        return answer

    def get_urls(self) -> list[URLPattern]:
        """Add the page that makes slots."""
        page = require_http_methods(["GET", "HEAD", "POST"])(self._slots_page)
        own = path("slots/<int:doctor_id>/", self.admin_site.admin_view(page), name="appointments_weeklyhours_slots")
        return [own, *super().get_urls()]

    def _slots_page(self, request: HttpRequest, doctor_id: int) -> HttpResponse:
        return pages.slots_page(self.admin_site, request, doctor_id)


_COPIED = ("begins", "ends", "slot_minutes", "pause_minutes", "price", "first_day", "last_day")


def address_of_list() -> str:
    """Return the address of the list."""
    return reverse("admin:appointments_weeklyhours_changelist")
