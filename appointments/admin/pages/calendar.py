"""A doctor's appointments in their own calendar: the private address, made, shown once, ended."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.admin.base import account_of
from appointments.admin.scope import is_doctor_desk
from appointments.calendars.addresses import as_subscription, feed_address
from appointments.calendars.feeds import issue_feed, live_feed, revoke_feed
from appointments.models import FeedOf


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Explain the address; POST makes one, shown this once, or ends it. For doctors alone."""
    user, now = account_of(request), timezone.now()
    if not is_doctor_desk(user):
        raise PermissionDenied
    here = reverse("admin:appointments_appointment_calendar")
    context = {
        **admin.site.each_context(request),
        "title": _("My appointments in my own calendar"),
        "here": here,
        "back": reverse("admin:appointments_appointment_changelist"),
    }
    if request.method == "POST" and request.POST.get("deed") == "make":
        made = feed_address(issue_feed(user=user, of=FeedOf.DOCTOR, now=now))
        context |= {"address": made, "subscribe": as_subscription(made)}
    elif request.method == "POST":
        if request.POST.get("deed") == "end" and revoke_feed(user=user, of=FeedOf.DOCTOR, now=now):
            messages.success(request, _("The address opens nothing any more."))
        return HttpResponseRedirect(here)
    else:
        live = live_feed(user=user, of=FeedOf.DOCTOR)
        context["made_at"] = live.created_at if live else None
    return TemplateResponse(request, "admin/appointments/calendar.html", context)
