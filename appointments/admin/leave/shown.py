"""What the pages of a leave show, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.leave import queries as leave_queries
from appointments.leave.preview import Affected, Difference, LeavePreview
from appointments.models import Appointment, CaseState, EmergencyLeave, LeaveCase
from appointments.wording.formats import format_day, format_moment, format_money, zone_name

TAGS = {
    CaseState.PLANNED: "default",
    CaseState.OFFERED: "warning",
    CaseState.MOVED: "success",
    CaseState.DECLINED: "info",
    CaseState.LAPSED: "info",
    CaseState.CALLED_OFF: "info",
    CaseState.LEFT: "default",
}
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One patient of the preview."""

    when: str
    name: str
    contact: str
    is_phone_only: bool
    paid: str
    refund: str
    times: str
    address: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One patient of a started leave."""

    when: str
    name: str
    contact: str
    is_phone_only: bool
    state: str
    colour: str
    address: str
    answer_address: str
    new_time: str


def money_of(leave: EmergencyLeave, minor: int) -> str:
    """Return an amount as people at the centre write it."""
    return format_money(minor, currency=leave.centre.currency, centre=leave.centre)


def facts_of(leave: EmergencyLeave) -> dict[str, Any]:
    """Return whose leave and when, in words."""
    centre = leave.centre
    return {
        "doctor": leave.doctor,
        "centre": centre,
        "days": _days(leave),
        "zone": zone_name(leave.starts_at, centre=centre),
        "starts": format_moment(leave.starts_at, centre=centre),
        "answer_by": format_moment(leave.answer_by, centre=centre) if leave.answer_by else "",
        "started": format_moment(leave.started_at, centre=centre) if leave.started_at else "",
    }


def preview_rows(leave: EmergencyLeave, preview: LeavePreview) -> list[PatientRow]:
    """Return the patients of a preview, soonest first."""
    return [_patient_row(leave, one) for one in preview.people]


def figures_of(leave: EmergencyLeave, preview: LeavePreview) -> list[tuple[str, str]]:
    """Return the figures that count, each with its name. Patients and money are those that starting will do."""
    mails = len(preview.people) - preview.phone_only
    return [
        (_("Patients"), str(len(preview.people))),
        (_("Goes back to patients if nobody takes another time"), money_of(leave, preview.refund)),
        (_("Goes back to insurers"), money_of(leave, preview.insured)),
        (_("Other times found and held"), str(preview.times)),
        (_("Cancelled at once, no other time found"), str(preview.without_times)),
        (_("Mails to send"), str(mails)),
        (_("To be called, no e-mail address"), str(preview.phone_only)),
    ]


def difference_words(difference: Difference) -> list[str]:
    """Return what has changed, a sentence each, with names."""
    pks = (*difference.added, *difference.gone, *difference.changed)
    found = leave_queries.appointments_by_pk(pks)
    groups = (
        (difference.added, _("New: %(names)s")),
        (difference.gone, _("No longer: %(names)s")),
        (difference.changed, _("Other status or money: %(names)s")),
    )
    return [words % {"names": _names(found[pk] for pk in pks if pk in found)} for pks, words in groups if pks]


def case_rows(cases: Iterable[LeaveCase], *, may_answer: bool) -> list[CaseRow]:
    """Return the patients of a started leave, soonest first."""
    new = leave_queries.new_times_of(cases)
    return [
        _case_row(case, new.get(case.appointment_id), may_answer=may_answer) for case in cases if not case.was_draft
    ]


def answers_of(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Return each answer with its colour and how many gave it."""
    return [(str(CaseState(state).label), TAGS[CaseState(state)], counts[state]) for state in CaseState.values]


def _days(leave: EmergencyLeave) -> str:
    if leave.first_day == leave.last_day:
        return format_day(leave.starts_at, centre=leave.centre)
    about = {
        "first": format_day(leave.starts_at, centre=leave.centre),
        "last": format_day(_last_moment(leave), centre=leave.centre),
    }
    return _("%(first)s to %(last)s") % about


def _last_moment(leave: EmergencyLeave) -> datetime:
    return datetime.combine(leave.last_day, datetime.min.time(), tzinfo=leave.centre.zone)


def _patient_row(leave: EmergencyLeave, one: Affected) -> PatientRow:
    appointment, count = one.appointment, len(one.times)
    refund = money_of(leave, one.refund)
    if one.insured:
        refund = _("%(refund)s, insurer %(insured)s") % {"refund": refund, "insured": money_of(leave, one.insured)}
    return PatientRow(
        when=format_moment(appointment.slot.starts_at, centre=leave.centre),
        name=appointment.chain.patient.name,
        contact=_contact(appointment),
        is_phone_only=one.is_phone_only,
        paid=money_of(leave, one.refund + one.insured),
        refund=refund,
        times=ngettext("%(n)d time", "%(n)d times", count) % {"n": count} if count else _("none, cancelled at once"),
        address=_address(appointment),
    )


def _case_row(case: LeaveCase, new: Appointment | None, *, may_answer: bool) -> CaseRow:
    appointment = case.appointment
    centre = appointment.centre
    answer = reverse("admin:appointments_leavecase_answer", args=[case.pk]) if may_answer and case.is_open else ""
    moved = case.state == CaseState.MOVED and new is not None
    return CaseRow(
        when=format_moment(appointment.slot.starts_at, centre=centre),
        name=appointment.chain.patient.name,
        contact=_contact(appointment),
        is_phone_only=not appointment.chain.patient.email,
        state=case.get_state_display(),
        colour=TAGS[CaseState(case.state)],
        address=_address(appointment),
        answer_address=answer,
        new_time=format_moment(new.slot.starts_at, centre=centre) if moved and new else "",
    )


def _contact(appointment: Appointment) -> str:
    """Return how to reach the patient: by mail, else by phone."""
    patient = appointment.chain.patient
    return patient.email or patient.phone or _("no phone on record")


def _names(appointments: Iterable[Appointment]) -> str:
    named = [
        f"{one.chain.patient.name} ({format_moment(one.slot.starts_at, centre=one.centre)})" for one in appointments
    ]
    rest = len(named) - _MOST_NAMED
    return ", ".join(named[:_MOST_NAMED]) + (_(" and %(n)d more") % {"n": rest} if rest > 0 else "")


def _address(appointment: Appointment) -> str:
    return reverse("admin:appointments_appointment_change", args=[appointment.pk])
