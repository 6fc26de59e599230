"""The figures of a desk's day: what is booked and cancelled by the hour, refunds by state and age, what waits. Read-only."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from appointments.days import ONE_DAY, midnights
from appointments.late.queries import waiting_requests
from appointments.models import (
    Appointment,
    AppointmentEvent,
    CaseState,
    Centre,
    EmergencyLeave,
    LeaveCase,
    OutboxMessage,
)
from appointments.overrides.queries import waiting_overrides
from refunds import queries as refund_queries
from refunds.models import Payment, Refund, RefundStatus

THREE_DAYS = timedelta(days=3)
_SHOWN_FROM, _SHOWN_UNTIL = 8, 18


@dataclass(frozen=True, slots=True)
class Hour:
    """What starts within an hour of the centre's clock: how much stands (or took place), how much was cancelled or moved."""

    hour: int
    standing: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class Ages:
    """How many refunds of one status were granted within a day, within three, and before."""

    status: RefundStatus
    fresh: int
    days: int
    old: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.fresh + self.days + self.old


def day_of(*, centre: Centre, now: datetime) -> tuple[datetime, datetime]:
    """Return the two midnights around now on the centre's clock."""
    return midnights(now.astimezone(centre.zone).date(), zone=centre.zone)


def hours_of(appointments: QuerySet[Appointment], *, centre: Centre, now: datetime) -> list[Hour]:
    """Return the centre's day hour by hour, from 8 to 18 and wherever something starts besides. One query.

    Holds that were never paid are left out.
    """
    first, last = day_of(centre=centre, now=now)
    rows = (
        appointments.filter(slot__doctor__centre=centre, slot__starts_at__gte=first, slot__starts_at__lt=last)
        .exclude(status=Appointment.Status.DRAFT)
        .exclude(
            Exists(AppointmentEvent.objects.filter(appointment=OuterRef("pk"), from_status="draft", kind="cancelled"))
        )
        .order_by()
        .values_list("slot__starts_at", "status")
    )
    gone = (Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED)
    counted = Counter((start.astimezone(centre.zone).hour, status in gone) for start, status in rows)
    hours = {hour for hour, _ in counted} | set(range(_SHOWN_FROM, _SHOWN_UNTIL))
    return [Hour(hour, counted[hour, False], counted[hour, True]) for hour in range(min(hours), max(hours) + 1)]


def ages_of(visible: Q, *, now: datetime) -> list[Ages]:
    """Return how old the refunds are that are not paid yet, by status, those to act on first. One query.

    `visible` is a condition on payments.
    """
    age = Case(
        When(granted_at__gt=now - ONE_DAY, then=Value("fresh")),
        When(granted_at__gt=now - THREE_DAYS, then=Value("days")),
        default=Value("old"),
        output_field=CharField(),
    )
    counted = dict.fromkeys(((status, name) for status in RefundStatus.values for name in ("fresh", "days", "old")), 0)
    rows = _open_refunds(visible).annotate(age=age).order_by().values_list("status", "age").annotate(n=Count("pk"))
    for status, name, n in rows:
        counted[status, name] = n
    return [
        Ages(status, counted[status, "fresh"], counted[status, "days"], counted[status, "old"])
        for status in (RefundStatus.FAILED, RefundStatus.PENDING, RefundStatus.PROCESSING)
    ]


def open_refunds(visible: Q) -> int:
    """Return how many refunds are not paid yet."""
    return _open_refunds(visible).count()


def missed_promises(visible: Q, *, now: datetime) -> int:
    """Return how many refunds are not paid though the day that was promised is over."""
    return refund_queries.late(today=now.date()).filter(payment__in=Payment.objects.filter(visible)).count()


def _open_refunds(visible: Q) -> QuerySet[Refund]:
    return Refund.objects.exclude(status=RefundStatus.COMPLETED).filter(payment__in=Payment.objects.filter(visible))


def waiting_for_approval(appointments: QuerySet[Appointment]) -> int:
    """Return how many wait for approval."""
    return appointments.filter(status=Appointment.Status.PENDING_APPROVAL).count()


def late_requests(appointments: QuerySet[Appointment], *, now: datetime) -> tuple[int, int]:
    """Return how many requests about these appointments wait for an answer, and how many of them for too long."""
    waiting = waiting_requests(now=now).filter(appointment__in=appointments.order_by().values("pk"))
    counted = waiting.order_by().aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return counted["all"], counted["late"]


def overrides_waiting(appointments: QuerySet[Appointment], *, now: datetime) -> int:
    """Return how many overrides of these appointments wait for a second person."""
    return waiting_overrides(now=now).filter(appointment__in=appointments.order_by().values("pk")).count()


def unsent(appointments: QuerySet[Appointment]) -> int:
    """Return how many messages about these appointments could not be sent or did not arrive."""
    lost = (OutboxMessage.State.FAILED, OutboxMessage.State.BOUNCED)
    messages = OutboxMessage.objects.filter(state__in=lost)
    return messages.filter(event__appointment__in=appointments.order_by().values("pk")).count()


def answers_awaited(leaves: QuerySet[EmergencyLeave]) -> int:
    """Return how many patients of absent doctors have not answered yet."""
    return LeaveCase.objects.filter(leave__in=leaves, state__in=[CaseState.PLANNED, CaseState.OFFERED]).count()
