"""Appointments in the patient's own calendar: one as a file, all of them under a private address."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from appointments.calendars.addresses import as_subscription, feed_address
from appointments.calendars.documents import MEDIA_TYPE, published
from appointments.calendars.entries import Entry
from appointments.calendars.feeds import feed_with_token, issue_feed, live_feed, revoke_feed
from appointments.calendars.queries import entries_of_feed, entry_of_chain
from appointments.models import CalendarFeed, FeedOf
from appointments.portal.access import AccountRequest, PatientRequest, account_page, patient_page, seen_appointment


@patient_page
@require_safe
def one(request: PatientRequest, reference: str) -> HttpResponse:
    """Give an appointment as a file. One that was moved gives where it went, under the same UID."""
    appointment = seen_appointment(request, reference)
    entry = entry_of_chain(appointment)
    if entry is None:
        raise Http404
    response = HttpResponse(published([entry]), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{appointment.reference}.ics"'
    return response


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: AccountRequest) -> HttpResponse:
    """Explain the private address; POST makes one, shown this once, or ends it."""
    now, user = timezone.now(), request.user
    if request.method == "POST" and request.POST.get("deed") == "make":
        made = feed_address(issue_feed(user=user, of=FeedOf.PATIENT, now=now))
        return render(request, "portal/calendar.html", {"address": made, "subscribe": as_subscription(made)})
    if request.method == "POST" and request.POST.get("deed") == "end":
        if revoke_feed(user=user, of=FeedOf.PATIENT, now=now):
            messages.success(request, _("The address opens nothing any more."))
        return redirect("portal:calendar")
    live = live_feed(user=user, of=FeedOf.PATIENT)
    return render(request, "portal/calendar.html", {"made_at": live.created_at if live else None})


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give the calendar behind a private address. Nobody signs in; a wrong and an ended address look alike."""
    found = feed_with_token(token)
    if found is None:
        response: HttpResponse = HttpResponseNotFound("Not found\n", content_type="text/plain")
        response["Cache-Control"] = "no-store"
        return response
    now = timezone.now()
    with override(_language_of(found)):
        entries = entries_of_feed(found, now=now)
        body = published(entries, name=_("Appointments"))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    changed_at = _last_change(found, entries, now=now)
    response = HttpResponse(body, content_type=MEDIA_TYPE)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed_at)
    answer = get_conditional_response(request, etag=etag, last_modified=changed_at, response=response) or response
    # To be kept by the reader alone and asked for anew each time.
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _last_change(found: CalendarFeed, entries: list[Entry], *, now: datetime) -> int:
    """Return the second of the last change, rounded up: two changes within one second must not look like one."""
    newest = max((entry.changed_at for entry in entries), default=found.created_at)
    return min(int(newest.timestamp()) + 1, int(now.timestamp()))


def _language_of(found: CalendarFeed) -> str:
    patient = getattr(found.user, "patient", None)
    return patient.language if found.of == FeedOf.PATIENT and patient else settings.LANGUAGE_CODE
