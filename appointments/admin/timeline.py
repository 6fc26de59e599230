"""Everything on record about one thing, for whoever may see all of it: the centre's manager and the auditor."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import groupby
from typing import Any

from babel.dates import format_date, get_timezone_name
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import queries
from appointments.admin.base import account_of
from appointments.admin.scope import visible_appointments
from appointments.exports.places import places_of
from appointments.models import User
from appointments.timeline import gather
from appointments.timeline.entries import Entry, Topic
from appointments.timeline.subjects import SEE, SUBJECTS


@dataclass(frozen=True, slots=True)
class Record:
    """What a timeline is about: its entries, on which clock they are told, and whether older bookings were left out."""

    entries: list[Entry]
    zone: tzinfo
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it."""

    clock: str
    moment: str
    topic: str
    entry: Entry
    facts: list[tuple[str, str]]


def _of_appointment(row: Any, _user: User) -> Record:
    return Record(gather.about_booking(chain_id=row.chain_id), row.centre.zone)


def _of_patient(row: Any, user: User) -> Record:
    inside = visible_appointments(user).filter(chain__patient=row).order_by()
    chain_ids = gather.newest_bookings(patient=row, appointments=Q(pk__in=inside.values("pk")))
    shown = chain_ids[: gather.MOST_BOOKINGS]
    return Record(
        gather.about_patient(
            patient=row, chain_ids=shown, centre_ids=list(queries.centres_of(user).values_list("pk", flat=True))
        ),
        _zone_of(f"chain:{shown[0]}" if shown else ""),
        is_cut=len(chain_ids) > len(shown),
    )


def _of_refund(row: Any, _user: User) -> Record:
    return Record(gather.about_refund(refund=row), _zone_of(row.payment.source))


def _of_version(row: Any, _user: User) -> Record:
    return Record(gather.about_version(version=row), UTC)


_RECORDS: dict[str, Callable[[Any, User], Record]] = {
    "appointment": _of_appointment,
    "patient": _of_patient,
    "refund": _of_refund,
    "version": _of_version,
}


def timeline_url(site: AdminSite) -> URLPattern:
    """Return the address of all timelines."""

    def view(request: HttpRequest, kind: str, key: str) -> HttpResponse:
        return _page(site, request, kind, key)

    return path("timeline/<slug:kind>/<str:key>/", site.admin_view(require_safe(view)), name="appointments_timeline")


def _page(site: AdminSite, request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Show the entries, newest first. 403 without the right to it, 404 for a row that the account's own list does not show."""
    user = account_of(request)
    if kind not in SUBJECTS:
        raise Http404
    model = SUBJECTS[kind]
    registered = site._registry[model]  # noqa: SLF001 (no public way in)
    if not user.has_perm(SEE) or not registered.has_view_permission(request):
        raise PermissionDenied
    row = registered.get_object(request, key)
    if row is None:
        raise Http404
    record = _RECORDS[kind](row, user)
    back = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk])  # noqa: SLF001 (Django's own word for it)
    context = {
        **site.each_context(request),
        "title": _("Everything on record"),
        "subtitle": str(row),
        "opts": model._meta,  # noqa: SLF001 (the same)
        "row": row,
        "back": back,
        "days": list(_days(record)),
        "count": len(record.entries),
        "zone": get_timezone_name(record.zone, locale=_locale()) if record.zone is not UTC else "UTC",
        "most": gather.MOST_BOOKINGS if record.is_cut else 0,
    }
    return TemplateResponse(request, "admin/appointments/timeline.html", context)


def _days(record: Record) -> Iterable[tuple[str, list[Line]]]:
    """Yield the days of the record on its clock, the newest first, each with its lines."""

    def day_of(entry: Entry) -> Any:
        return entry.at.astimezone(record.zone).date()

    pattern = "EEEE d MMMM y" if _locale().startswith("en") else "full"
    for day, entries in groupby(reversed(record.entries), key=day_of):
        yield format_date(day, pattern, locale=_locale()), [_line(entry, record.zone) for entry in entries]


def _line(entry: Entry, zone: tzinfo) -> Line:
    local = entry.at.astimezone(zone)
    return Line(
        clock=f"{local:%H:%M:%S}",
        moment=local.isoformat(timespec="seconds"),
        topic=_topic_words(entry.topic),
        entry=entry,
        facts=[(name, value) for name, value in entry.facts if value],
    )


def _topic_words(topic: Topic) -> str:
    return {
        Topic.PAYMENT: _("Payment"),
        Topic.BOOKING: _("Booking"),
        Topic.REQUEST: _("Request"),
        Topic.REFUND: _("Refund"),
        Topic.LEDGER: _("Ledger"),
        Topic.MESSAGE: _("Message"),
        Topic.ACCESS: _("Access"),
        Topic.RECORD: _("Record"),
    }[topic]


def _zone_of(source: str) -> tzinfo:
    """Return the clock of the centre where this money belongs; UTC where it belongs nowhere."""
    place = places_of(sources=[source]).get(source)
    return place.zone if place else UTC


def _locale() -> str:
    return to_locale(get_language() or "en")
