"""Who is affected by a leave, what goes back to them, and what has changed since somebody looked."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from appointments import queries
from appointments.facts import booking_facts, may_be_ended
from appointments.leave import queries as leave_queries
from appointments.leave.plan import MOST_EACH, Free, Lost, deal_times
from appointments.models import Appointment, EmergencyLeave, Slot
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, CancellationRequest

_BY_THE_SYSTEM = CancellationRequest(ActorKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Affected:
    """An appointment that cannot take place, and what goes back if no other time is taken, in minor units."""

    appointment: Appointment
    refund: int
    insured: int
    times: tuple[Slot, ...]

    @property
    def is_phone_only(self) -> bool:
        """Tell whether a mail cannot reach the patient."""
        return not self.appointment.chain.patient.email

    @property
    def is_draft(self) -> bool:
        """Tell whether the booking, or the move there, is not finished: its hold ends and nobody is told."""
        return bool(self.appointment.status == Appointment.Status.DRAFT)


@dataclass(frozen=True)
class LeavePreview:
    """What a leave would do now. `here` have come already: nothing is done to them."""

    affected: tuple[Affected, ...]
    here: tuple[Appointment, ...]

    @cached_property
    def people(self) -> tuple[Affected, ...]:
        """Whose appointment is booked or waits for approval."""
        return tuple(one for one in self.affected if not one.is_draft)

    @cached_property
    def drafts(self) -> tuple[Affected, ...]:
        """Bookings and moves that are not finished."""
        return tuple(one for one in self.affected if one.is_draft)

    @property
    def refund(self) -> int:
        """What goes back to patients if nobody takes another time, in minor units."""
        return sum(one.refund for one in self.people)

    @property
    def insured(self) -> int:
        """What goes back to insurers if nobody takes another time, in minor units."""
        return sum(one.insured for one in self.people)

    @property
    def phone_only(self) -> int:
        """How many have to be called."""
        return sum(one.is_phone_only for one in self.people)

    @property
    def without_times(self) -> int:
        """How many are cancelled at once, since no other time was found."""
        return sum(not one.times for one in self.people)

    @property
    def times(self) -> int:
        """How many other times are held."""
        return sum(len(one.times) for one in self.people)

    def as_record(self) -> dict[str, list[Any]]:
        """Return what counts of it, as JSON values: appointment pk → [status, refund, insured]."""
        return {str(one.appointment.pk): [str(one.appointment.status), one.refund, one.insured] for one in self.people}


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed since a preview was shown, by appointment pk."""

    added: tuple[int, ...]
    gone: tuple[int, ...]
    changed: tuple[int, ...]

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.added or self.gone or self.changed)


def preview_leave(*, leave: EmergencyLeave, now: datetime) -> LeavePreview:
    """Return what the leave would do now. A fixed number of queries, however many are affected."""
    standing = list(leave_queries.in_leave(leave))
    here = tuple(one for one in standing if one.status == Appointment.Status.CHECKED_IN)
    lost = [one for one in standing if one.status in Appointment.CANCELLABLE and not may_be_ended(one, now=now)]
    payments = queries.payments_by_source(lost)
    booked = [one for one in lost if one.status != Appointment.Status.DRAFT]
    times = _times_for(leave, booked, now=now)
    affected = []
    for one in lost:
        booking = booking_facts(one, payments=payments[one.chain.source])
        quote = quote_cancellation(terms_of(one.chain.terms), booking, _BY_THE_SYSTEM, now)
        affected.append(Affected(one, quote.refund, quote.insured, times.get(one.pk, ())))
    return LeavePreview(tuple(affected), here)


def difference(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> Difference:
    """Return what has changed between two records of previews."""
    return Difference(
        added=tuple(sorted(int(pk) for pk in after.keys() - before.keys())),
        gone=tuple(sorted(int(pk) for pk in before.keys() - after.keys())),
        changed=tuple(sorted(int(pk) for pk in after.keys() & before.keys() if after[pk] != before[pk])),
    )


def _times_for(leave: EmergencyLeave, appointments: list[Appointment], *, now: datetime) -> dict[int, tuple[Slot, ...]]:
    """Return the times to offer for each appointment, by its pk."""
    limit = MOST_EACH * len(appointments)
    if not limit:
        return {}
    own = leave_queries.times_of_same_doctor(leave, now=now, limit=limit)
    others = leave_queries.times_of_others(leave, now=now, limit=limit)
    slots = {slot.pk: slot for slot in [*own, *others]}
    dealt = deal_times(
        [Lost(one.pk, one.slot.starts_at) for one in appointments],
        same_doctor=[Free(slot.pk, slot.starts_at) for slot in own],
        others=[Free(slot.pk, slot.starts_at) for slot in others],
    )
    return {pk: tuple(slots[key] for key in keys) for pk, keys in dealt.items()}
