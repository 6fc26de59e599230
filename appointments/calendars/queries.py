"""Which appointments a calendar shows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from appointments.calendars.entries import Entry, entry_for_doctor, entry_for_patient
from appointments.models import Appointment, AppointmentEvent, CalendarFeed, FeedOf
from appointments.queries import appointments_of_doctor, with_everything
from appointments.visitors import Visitor, appointments_of

#: How long a cancelled one is still told of, and how long one that is past stays.
KEPT_FOR = timedelta(days=30)
_MOST_SHOWN = 1000
_OVER = (Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED)


def entries_of_feed(feed: CalendarFeed, *, now: datetime) -> list[Entry]:
    """Return what a feed shows, soonest first: one entry a chain."""
    if feed.of == FeedOf.DOCTOR:
        shown = _newest_of_chains(_shown(appointments_of_doctor(feed.user), now=now))
        return [entry_for_doctor(row, changed_at=_changed_at(row)) for row in shown]
    shown = _newest_of_chains(_shown(appointments_of(Visitor(user=feed.user)), now=now))
    return [entry_for_patient(row, changed_at=_changed_at(row)) for row in shown]


def entry_of_chain(appointment: Appointment) -> Entry | None:
    """Return the entry of an appointment's chain: where it went, if it was moved. None for one never booked."""
    chain = with_everything(Appointment.objects.filter(chain_id=appointment.chain_id))
    current = _seen(chain).exclude(status=Appointment.Status.RESCHEDULED).order_by("-pk").first()
    return entry_for_patient(current, changed_at=_changed_at(current)) if current else None


def _seen(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Narrow to those that calendars have seen, with the moment of their last change there."""
    changes = AppointmentEvent.objects.filter(appointment=OuterRef("pk"), calendar_sequence__isnull=False)
    last = changes.order_by("-sequence").values("at")
    return appointments.filter(Exists(changes)).annotate(changed_at=Subquery(last[:1]))


def _shown(appointments: QuerySet[Appointment], *, now: datetime) -> QuerySet[Appointment]:
    stands = ~Q(status__in=_OVER) & Q(slot__ends_at__gte=now - KEPT_FOR)
    ended = Q(status__in=_OVER, changed_at__gte=now - KEPT_FOR)
    return _seen(appointments).filter(stands | ended).order_by("slot__starts_at", "pk")[:_MOST_SHOWN]


def _newest_of_chains(appointments: Iterable[Appointment]) -> list[Appointment]:
    """Leave out what was moved within the calendar; what was moved out of it stays, as cancelled there."""
    rows = list(appointments)
    newest: dict[Any, int] = {}
    for row in rows:
        newest[row.chain_id] = max(newest.get(row.chain_id, 0), row.pk)
    return [row for row in rows if newest[row.chain_id] == row.pk]


def _changed_at(appointment: Appointment) -> datetime:
    annotated: Any = appointment
    changed_at: datetime = annotated.changed_at
    return changed_at
