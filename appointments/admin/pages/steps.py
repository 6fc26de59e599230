"""The small steps of the day: approve, check in, complete, missed. A page asks, a POST does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from appointments.actor import Actor
from appointments.admin.deeds import APPROVE, CHECK_IN, COMPLETE, MISSED, Deed
from appointments.admin.desk import Desk
from appointments.errors import WrongStatusError
from appointments.models import AppointmentEvent
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from appointments.usecases.book import approve_appointment


class UseCase(Protocol):
    """One call that moves an appointment a step on."""

    def __call__(self, *, appointment_id: int, actor: Actor, now: datetime) -> AppointmentEvent:
        """Raises WrongStatusError."""
        ...


@dataclass(frozen=True, slots=True)
class SmallStep:
    """A deed that asks for nothing but a yes."""

    deed: Deed
    do: UseCase
    question: str | Promise
    done: str | Promise


_STEPS = (
    SmallStep(
        APPROVE,
        approve_appointment,
        gettext_lazy("The appointment is booked for good and the patient is told."),
        gettext_lazy("Appointment approved."),
    ),
    SmallStep(
        CHECK_IN,
        check_in,
        gettext_lazy("The patient has come. The appointment can no longer be cancelled or moved."),
        gettext_lazy("Patient checked in."),
    ),
    SmallStep(
        COMPLETE,
        complete_appointment,
        gettext_lazy("The consultation took place. This cannot be undone."),
        gettext_lazy("Appointment completed."),
    ),
    SmallStep(
        MISSED,
        mark_no_show,
        gettext_lazy("The patient did not come. Nothing comes back. This cannot be undone."),
        gettext_lazy("Appointment marked as missed."),
    ),
)


def step_page(step: SmallStep) -> Callable[[Desk], HttpResponse]:
    """Return the page of a small step."""

    def page(desk: Desk) -> HttpResponse:
        if desk.request.method != "POST":
            if not step.deed.fits(desk.appointment, now=desk.now):
                return desk.back(refused=desk.as_it_stands())
            return desk.page("step.html", title=str(step.deed.label), question=step.question)
        try:
            step.do(appointment_id=desk.appointment.pk, actor=desk.actor, now=desk.now)
        except WrongStatusError:
            return desk.back(refused=desk.as_it_stands())
        return desk.back(done=str(step.done))

    return page


STEP_PAGES: dict[str, tuple[Deed, Callable[[Desk], HttpResponse]]] = {
    step.deed.name: (step.deed, step_page(step)) for step in _STEPS
}
