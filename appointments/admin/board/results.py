"""What the search of the board found, in words."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from django.urls import reverse

from appointments.admin.board.forms import FindForm
from appointments.admin.detail import TAGS
from appointments.admin.scope import is_doctor_desk, visible_appointments
from appointments.board.search import find_appointments
from appointments.models import Appointment, User
from appointments.wording.formats import format_moment, reader_locale


@dataclass(frozen=True, slots=True)
class Result:
    """One appointment, with the addresses of its own page and of its day."""

    reference: str
    address: str
    name: str
    born: str
    when: str
    where: str
    tag: str
    colour: str
    centre: int
    day: str


@dataclass(frozen=True, slots=True)
class Results:
    """What was found for `text`."""

    text: str
    rows: tuple[Result, ...]
    has_more: bool


def results_of(user: User, form: FindForm, *, now: datetime) -> Results:
    """Return what the account may see of what it looks for; a doctor finds by reference and name alone."""
    text = form.cleaned_data["text"]
    found = find_appointments(visible_appointments(user), text=text, now=now, by_contact=not is_doctor_desk(user))
    return Results(text, tuple(_result(one) for one in found.appointments), found.has_more)


def _result(appointment: Appointment) -> Result:
    slot, centre, patient = appointment.slot, appointment.centre, appointment.chain.patient
    return Result(
        reference=appointment.reference,
        address=reverse("admin:appointments_appointment_change", args=[appointment.pk]),
        name=patient.name,
        born=format_date(patient.birth_date, "long", locale=reader_locale(centre)) if patient.birth_date else "",
        when=format_moment(slot.starts_at, centre=centre),
        where=f"{slot.doctor.name}, {centre.name}",
        tag=appointment.get_status_display(),
        colour=TAGS[appointment.status],
        centre=centre.pk,
        day=slot.starts_at.astimezone(centre.zone).date().isoformat(),
    )
