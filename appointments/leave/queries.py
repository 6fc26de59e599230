"""Rows about emergency leaves. Read-only."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from appointments.models import (
    Appointment,
    CaseState,
    EmergencyLeave,
    LeaveAlternative,
    LeaveCase,
    Slot,
    User,
)
from appointments.queries import LIST_HAS_FIRST, centres_of, free_slots, with_everything

#: How long before its start a time may still be offered, and how far after the leave one is looked for.
SHORTEST_NOTICE = timedelta(hours=2)
HORIZON = timedelta(days=60)


def leaves_of_staff(user: User) -> QuerySet[EmergencyLeave]:
    """Return the leaves of doctors of the centres this account works for."""
    return _leaves().filter(doctor__centre__in=centres_of(user))


def leaves_of_doctor(user: User) -> QuerySet[EmergencyLeave]:
    """Return the doctor's own leaves."""
    return _leaves().filter(doctor__user=user)


def _leaves() -> QuerySet[EmergencyLeave]:
    return EmergencyLeave.objects.select_related("doctor__centre")


def in_leave(leave: EmergencyLeave) -> QuerySet[Appointment]:
    """Return what stands in the doctor's slots while they are away, soonest first, unless another leave has it."""
    slots = Q(slot__doctor=leave.doctor_id, slot__starts_at__lt=leave.ends_at, slot__ends_at__gt=leave.starts_at)
    appointments = Appointment.objects.filter(slots, leave_case__isnull=True).exclude(status__in=Appointment.TERMINAL)
    return with_everything(appointments).order_by("slot__starts_at", "pk")


def slot_ids_in(leave: EmergencyLeave) -> list[int]:
    """Return the pks of the doctor's slots while they are away, withdrawn ones too."""
    slots = Slot.objects.filter(doctor=leave.doctor_id, starts_at__lt=leave.ends_at, ends_at__gt=leave.starts_at)
    return list(slots.order_by("pk").values_list("pk", flat=True))


def times_of_same_doctor(leave: EmergencyLeave, *, now: datetime, limit: int) -> list[Slot]:
    """Return free times of the doctor after the leave, soonest first."""
    free = _not_kept(
        free_slots(centre_id=leave.doctor.centre_id, now=now, until=leave.ends_at + HORIZON, doctor_id=leave.doctor_id)
    )
    return list(free.filter(starts_at__gte=leave.ends_at)[:limit])


def times_of_others(leave: EmergencyLeave, *, now: datetime, limit: int) -> list[Slot]:
    """Return free times of other doctors of the centre with the same specialty, soonest first."""
    free = _not_kept(free_slots(centre_id=leave.doctor.centre_id, now=now, until=leave.ends_at + HORIZON))
    others = free.filter(doctor__specialty=leave.doctor.specialty, starts_at__gte=now + SHORTEST_NOTICE)
    return list(others.exclude(doctor=leave.doctor_id)[:limit])


def _not_kept(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """Leave out times held for somebody, also where the hold is over and waits to be put down."""
    return slots.filter(~Exists(LeaveAlternative.objects.filter(slot=OuterRef("pk"), is_held=True)))


def taken_slot_ids(slot_ids: Iterable[int], *, now: datetime) -> set[int]:
    """Return which of these slots cannot be had any more. Whoever acts on it has locked them."""
    wanted = set(slot_ids)
    free = _not_kept(Slot.objects.filter(pk__in=wanted, is_withdrawn=False)).filter(
        Q(bookable_from__isnull=True) | Q(bookable_from__lte=now),
        Q(list_turn_at__isnull=True) | Q(list_turn_at__lte=now - LIST_HAS_FIRST),
        ~Exists(
            Appointment.objects.filter(slot=OuterRef("pk")).exclude(
                status__in=[Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED]
            )
        ),
    )
    return wanted - set(free.values_list("pk", flat=True))


def case_of(appointment: Appointment) -> LeaveCase | None:
    """Return the case of an appointment as it stands now, its leave loaded, or None."""
    return LeaveCase.objects.select_related("leave__doctor").filter(appointment=appointment.pk).first()


def alternatives_of(case: LeaveCase, *, now: datetime) -> QuerySet[LeaveAlternative]:
    """Return the times that the patient can still choose."""
    held = case.alternatives.filter(is_held=True, held_until__gt=now, slot__starts_at__gt=now)
    return held.select_related("slot__doctor__centre").order_by("slot__starts_at", "pk")


def cases_of(leave: EmergencyLeave) -> QuerySet[LeaveCase]:
    """Return the cases of a leave with their patients, soonest appointment first."""
    cases = LeaveCase.objects.filter(leave=leave).select_related(
        "appointment__chain__patient", "appointment__slot__doctor__centre"
    )
    return cases.order_by("appointment__slot__starts_at", "pk")


def counts_of(leave: EmergencyLeave) -> dict[str, int]:
    """Return how many cases there are in each state, none left out."""
    counted = LeaveCase.objects.filter(leave=leave).order_by().values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(CaseState.values, 0) | dict(counted)


def planned_case_ids(*, limit: int) -> list[int]:
    """Return the cases whose patients are still to be told, soonest appointment first."""
    planned = LeaveCase.objects.filter(state=CaseState.PLANNED)
    return list(planned.order_by("appointment__slot__starts_at", "pk").values_list("pk", flat=True)[:limit])


def overdue_case_ids(*, now: datetime, limit: int) -> list[int]:
    """Return the cases whose patients did not answer in time, longest overdue first."""
    overdue = LeaveCase.objects.filter(state=CaseState.OFFERED, answer_by__lte=now)
    return list(overdue.order_by("answer_by", "pk").values_list("pk", flat=True)[:limit])


def case_in(leaves: QuerySet[EmergencyLeave], *, case_id: int) -> LeaveCase | None:
    """Return a case of one of these leaves, with what pages need, or None."""
    case = LeaveCase.objects.select_related("leave__doctor__centre").filter(pk=case_id, leave__in=leaves).first()
    if case:
        case.appointment = with_everything(Appointment.objects.all()).get(pk=case.appointment_id)
    return case


def appointments_by_pk(pks: Iterable[int]) -> dict[int, Appointment]:
    """Return appointments with what pages need, by pk."""
    return {one.pk: one for one in with_everything(Appointment.objects.filter(pk__in=list(pks)))}


def checked_in_during(leave: EmergencyLeave) -> QuerySet[Appointment]:
    """Return the appointments in the leave whose patients have come: somebody has to talk to them."""
    return in_leave(leave).filter(status=Appointment.Status.CHECKED_IN)


def new_times_of(cases: Iterable[LeaveCase]) -> dict[int, Appointment]:
    """Return what took the place of the appointments that moved, by the old one's pk."""
    moved = [case.appointment_id for case in cases if case.state == CaseState.MOVED]
    new = Appointment.objects.filter(replaces__in=moved).exclude(status=Appointment.Status.DRAFT)
    return {one.replaces_id: one for one in new.select_related("slot") if one.replaces_id}


def returned_by(leave: EmergencyLeave) -> int:
    """Return what the leave's cancellations have given back to patients and insurers so far, in minor units."""
    ended = LeaveCase.objects.filter(
        leave=leave, state__in=[CaseState.DECLINED, CaseState.LAPSED, CaseState.CALLED_OFF], was_draft=False
    )
    sums = ended.aggregate(refund=Sum("refund", default=0), insured=Sum("insured", default=0))
    return int(sums["refund"]) + int(sums["insured"])
