"""Closed days of a centre, and the page that takes over a year's public holidays."""

from datetime import date, datetime, time
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from appointments import queries
from appointments.actor import Actor
from appointments.admin.base import account_of
from appointments.admin.scope import CentreScoped
from appointments.hours import queries as hours_queries
from appointments.models import Centre, ClosedDay
from appointments.public_holidays import holidays_of
from appointments.usecases.holidays import take_over_holidays
from appointments.wording.formats import format_day

_SEE, _DO = "appointments.view_closedday", "appointments.add_closedday"
_YEARS_AHEAD = 2


@admin.register(ClosedDay)
class ClosedDayAdmin(CentreScoped):
    """Days on which a centre does no business."""

    centre_path = "centre"
    list_display = ("on", "weekday", "name", "centre")
    list_filter = (("centre", RelatedOnlyFieldListFilter),)
    list_select_related = ("centre",)
    search_fields = ("name",)
    date_hierarchy = "on"
    ordering = ("on", "centre__name")
    list_before_template = "admin/hours/parts/holiday_links.html"

    @admin.display(description=gettext_lazy("weekday"))
    def weekday(self, day: ClosedDay) -> str:
        """Say which day of the week it is."""
        return _words(day.on, day.centre)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the public holidays of each centre."""
        centres = queries.centres_of(account_of(request)).order_by("name")[:20]
        links = [(centre, address_of(centre)) for centre in centres]
        return super().changelist_view(request, {**(extra_context or {}), "holiday_links": links})

    def get_urls(self) -> list[URLPattern]:
        """Add the page of public holidays."""
        page = require_http_methods(["GET", "HEAD", "POST"])(self._holidays_page)
        own = path(
            "holidays/<int:centre_id>/", self.admin_site.admin_view(page), name="appointments_closedday_holidays"
        )
        return [own, *super().get_urls()]

    def _holidays_page(self, request: HttpRequest, centre_id: int) -> HttpResponse:
        """Show a year's public holidays; POST makes them closed days of the centre."""
        user = account_of(request)
        if not user.has_perm(_SEE):
            raise PermissionDenied
        centre = queries.centres_of(user).filter(pk=centre_id).first()
        if centre is None:
            raise Http404
        this_year = timezone.now().astimezone(centre.zone).year
        years = range(this_year, this_year + _YEARS_AHEAD + 1)
        asked = (request.POST or request.GET).get("year", "")
        year = int(asked) if asked in {str(one) for one in years} else this_year
        if request.method == "POST":
            return _take_over(request, centre, year)
        days = holidays_of(centre.country, centre.region, year=year)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Public holidays %(year)d") % {"year": year},
            "opts": self.opts,
            "centre": centre,
            "year": year,
            "years": years,
            "days": [(_words(day, centre), name) for day, name in days.items()],
            "taken": hours_queries.holiday_year(centre, year),
            "may_take": user.has_perm(_DO),
            "list_address": f"{reverse('admin:appointments_closedday_changelist')}?centre__id__exact={centre.pk}"
            f"&on__year={year}",
        }
        return TemplateResponse(request, "admin/hours/holidays.html", context)


def address_of(centre: Centre) -> str:
    """Return the address of a centre's public holidays."""
    return reverse("admin:appointments_closedday_holidays", args=[centre.pk])


def _take_over(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    user = account_of(request)
    if not user.has_perm(_DO):
        raise PermissionDenied
    if not centre.country:
        messages.error(request, _("Say the country of this centre first."))
        return HttpResponseRedirect(f"{address_of(centre)}?year={year}")
    added = take_over_holidays(centre=centre, year=year, actor=Actor.staff(user), now=timezone.now())
    words = ngettext("%(n)d closed day added", "%(n)d closed days added", added) % {"n": added}
    messages.success(request, words if added else _("Nothing had to be done"))
    return HttpResponseRedirect(f"{address_of(centre)}?year={year}")


def _words(day: date, centre: Centre) -> str:
    return format_day(datetime.combine(day, time(12), tzinfo=centre.zone), centre=centre)
