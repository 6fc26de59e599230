"""Filters of the lists."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.admin.base import AnyModelAdmin
from appointments.days import ONE_DAY, midnights, read_day


class DayFilter(SimpleListFilter):
    """A day or some days on each centre's own clock; also any date in the address, such as ?day=2026-11-05."""

    title = _("day")
    parameter_name = "day"
    start_path = "starts_at"
    zone_path = "doctor__centre__time_zone"

    def lookups(self, request: HttpRequest, model_admin: AnyModelAdmin) -> list[tuple[str, Any]]:
        """Offer the days that a desk asks for, and the one in the address."""
        offered: list[tuple[str, Any]] = [
            ("today", _("Today")),
            ("tomorrow", _("Tomorrow")),
            ("week", _("Next 7 days")),
            ("past", _("Last 7 days")),
        ]
        chosen = read_day(request.GET.get(self.parameter_name, ""))
        return [*offered, (chosen.isoformat(), chosen.isoformat())] if chosen else offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what starts on those days."""
        value = self.value()
        if not value:
            return queryset
        condition = Q(pk__in=[])
        for zone in queryset.order_by().values_list(self.zone_path, flat=True).distinct():
            first, last = _days(value, today=timezone.now().astimezone(ZoneInfo(zone)).date())
            condition |= Q(
                **{
                    self.zone_path: zone,
                    f"{self.start_path}__gte": midnights(first, zone=ZoneInfo(zone))[0],
                    f"{self.start_path}__lt": midnights(last, zone=ZoneInfo(zone))[1],
                }
            )
        return queryset.filter(condition)


class AppointmentDayFilter(DayFilter):
    """The same for appointments."""

    start_path = "slot__starts_at"
    zone_path = "slot__doctor__centre__time_zone"


def _days(value: str, *, today: date) -> tuple[date, date]:
    """Return the first and the last day meant."""
    named = {
        "today": (today, today),
        "tomorrow": (today + ONE_DAY, today + ONE_DAY),
        "week": (today, today + 6 * ONE_DAY),
        "past": (today - 7 * ONE_DAY, today - ONE_DAY),
    }
    chosen = read_day(value) or today
    return named.get(value, (chosen, chosen))
