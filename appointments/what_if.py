"""What a version of a policy would have given back for the cancellations of the past. Reads only, in batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from appointments.models import AppointmentEvent, EventKind, HistoryCheck
from policies.models import PolicyVersion
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation, refund_when_cancelled
from policies.rules.facts import (
    ActorKind,
    Booking,
    CancellationRequest,
    ChannelFacts,
    Paid,
    PaymentMethod,
    Status,
)
from policies.rules.quote import CancellationQuote
from policies.rules.terms import Terms

#: Upper ends of the bars, in hours before the start; the last bar has none.
NOTICES = (2, 12, 24, 48, 168)
_BATCH = 2000
#: The rules whose outcome a policy decides. An override and the hospital's own cancellations follow none.
_BY_POLICY = ("tier", "cooling_off", "not_confirmed")


@dataclass
class Comparison:
    """The figures, in minor units. `less`, `more`: how many patients; `refused`: could not have cancelled online."""

    count: int = 0
    real: int = 0
    draft: int = 0
    less: int = 0
    more: int = 0
    refused: int = 0
    bars: list[list[int]] = field(default_factory=lambda: [[0, 0, 0] for _ in range(len(NOTICES) + 1)])

    def add(self, *, notice: timedelta, real: int, draft: int | None) -> None:
        """Take in one cancellation, made so long before the start; `draft` None: it would have been refused."""
        given = draft or 0
        self.count += 1
        self.real += real
        self.draft += given
        self.less += given < real
        self.more += given > real
        self.refused += draft is None
        hours = notice.total_seconds() / 3600
        bar = self.bars[next((number for number, end in enumerate(NOTICES) if hours < end), len(NOTICES))]
        bar[0] += 1
        bar[1] += real
        bar[2] += given

    def as_record(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "count": self.count,
            "real": self.real,
            "draft": self.draft,
            "less": self.less,
            "more": self.more,
            "refused": self.refused,
            "bars": self.bars,
        }


def compare_with_history(check: HistoryCheck, *, report: Callable[[int], None]) -> Comparison:
    """Return what the version would have given back for what patients cancelled under its policy.

    `report` is told now and then how many were looked at. Fees and deadlines of channels are those of today.
    """
    terms = terms_of(check.version)
    found = Comparison()
    for past in _cancellations(check):
        request = CancellationRequest(ActorKind(past.actor))
        draft = refund_when_cancelled(terms, past.booking, request, past.at)
        found.add(notice=past.booking.starts_at - past.at, real=past.refund, draft=draft)
        if found.count % (5 * _BATCH) == 0:
            report(found.count)
    return found


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One cancellation by a version and by the one in force; `standing` is None where none is."""

    draft: CancellationQuote
    standing: CancellationQuote | None

    @property
    def difference(self) -> int:
        """What the patient gets more by the version, in minor units; below 0: less. A refused cancellation gives nothing."""
        return self.draft.refund - (self.standing.refund if self.standing else 0)


def compare_one(
    *, draft: Terms, standing: Terms | None, booking: Booking, request: CancellationRequest, at: datetime
) -> SideBySide:
    """Return what cancelling this booking at that instant gives back by both. Pure."""
    return SideBySide(
        draft=quote_cancellation(draft, booking, request, at),
        standing=quote_cancellation(standing, booking, request, at) if standing else None,
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """One cancellation as it stood, and what really came back."""

    at: datetime
    actor: str
    booking: Booking
    refund: int


def _cancellations(check: HistoryCheck) -> Iterator[_Past]:
    """Yield what patients cancelled, or staff for them, out of the stored quotes; one query, read in batches."""
    in_time = AppointmentEvent.objects.filter(kind=EventKind.CANCELLED, at__gte=check.since, at__lt=check.asked_at)
    rows = (
        in_time.filter(
            for_hospital=False,
            actor_kind__in=[ActorKind.PATIENT, ActorKind.STAFF],
            quote__rule__in=_BY_POLICY,
            appointment__chain__terms__policy=check.version.policy_id,
        )
        .order_by()
        .values_list(
            "at",
            "actor_kind",
            "from_status",
            "quote__held",
            "quote__refund",
            "appointment__slot__starts_at",
            "appointment__chain__booked_at",
            "appointment__chain__percent_cap",
            "appointment__chain__channel__handling_fee",
            "appointment__chain__channel__deadline_hours",
        )
    )
    for row in rows.iterator(chunk_size=_BATCH):
        yield _past(row)


def _past(row: tuple[Any, ...]) -> _Past:
    """Return one row as the rules see it."""
    at, actor, status, held, refund, starts_at, booked_at, percent_cap, fee, deadline = row
    notice = None if deadline is None else timedelta(seconds=float(deadline * 3600))
    booking = Booking(
        status=Status(status),
        starts_at=starts_at,
        booked_at=booked_at,
        doctor="",
        reschedules=0,
        held=held,
        percent_cap=percent_cap,
        payments=(Paid("past", held, PaymentMethod.GATEWAY, 0, booked_at),),
        channel=ChannelFacts(deadline=notice, handling_fee=fee),
    )
    return _Past(at, actor, booking, refund)


def open_checks(*, limit: int) -> list[int]:
    """Return the comparisons that nobody has worked out yet, oldest first."""
    return list(HistoryCheck.objects.filter(finished_at=None).order_by("asked_at").values_list("pk", flat=True)[:limit])


def newest_check(version: PolicyVersion) -> HistoryCheck | None:
    """Return the newest comparison of a version, finished or not."""
    return HistoryCheck.objects.filter(version=version).order_by("-asked_at", "-pk").first()


def version_to_compare(version_id: int) -> PolicyVersion | None:
    """Return a version with its policy, or None."""
    return PolicyVersion.objects.select_related("policy").filter(pk=version_id).first()
