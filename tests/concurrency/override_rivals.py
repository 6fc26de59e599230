"""Who races against whom about an override that waits for a second person."""

from decimal import Decimal

from appointments.errors import WrongStatusError
from appointments.models import Appointment, OverrideRequest, ReasonCode, User
from appointments.reasons import Reason
from appointments.usecases.cancel import Cancellation, cancel_appointment
from appointments.usecases.override import approve_override, ask_for_override, worth_now
from tests import factories as make
from tests.concurrency.race import Race
from tests.concurrency.rivals import Clinic, tally
from tests.factories.people import staff_member


def _asked(clinic: Clinic) -> tuple[Appointment, OverrideRequest]:
    appointment = clinic.booked()
    ReasonCode.objects.get_or_create(code="ill", defaults={"label": "Ill", "for_staff": True, "for_patients": True})
    asked = ask_for_override(
        appointment_id=appointment.pk,
        asked_by=staff_member(appointment.centre, "override_percentage"),
        now=make.NOW,
        reason=Reason("ill", "Letter seen"),
        percent=Decimal(40),
    )
    return appointment, asked


def _second(appointment: Appointment) -> User:
    return staff_member(appointment.centre, "approve_override")


def approve_twice(clinic: Clinic) -> Race:
    """Two second persons approve: one does it, the other is told."""
    appointment, asked = _asked(clinic)
    people, shown = (_second(appointment), _second(appointment)), worth_now(asked, now=make.NOW).figures

    def approve(user: User) -> object:
        return approve_override(request_id=asked.pk, user=user, shown=shown, now=make.NOW)

    def judge(results: list[object]) -> bool:
        done = [result for result in results if isinstance(result, OverrideRequest)]
        told = [result for result in results if isinstance(result, WrongStatusError)]
        ends, refunds, _entries, _messages = tally(appointment)
        return (len(done), len(told), ends, refunds) == (1, 1, ["cancelled"], [40_000])

    return Race((lambda: approve(people[0]), lambda: approve(people[1])), judge)


def approve_and_patient_cancels(clinic: Clinic) -> Race:
    """The exception is made, or the patient cancels by the terms: never both, and the request says which."""
    appointment, asked = _asked(clinic)
    second, shown = _second(appointment), worth_now(asked, now=make.NOW).figures

    def approve() -> object:
        return approve_override(request_id=asked.pk, user=second, shown=shown, now=make.NOW)

    def cancel() -> object:
        return cancel_appointment(appointment_id=appointment.pk, actor=clinic.actor, now=make.NOW, reason=Reason("ill"))

    def judge(results: list[object]) -> bool:
        asked.refresh_from_db()
        ends, refunds, _entries, _messages = tally(appointment)
        if ends != ["cancelled"]:
            return False
        if isinstance(results[0], OverrideRequest):
            return not isinstance(results[1], Cancellation) and (asked.state, refunds) == ("approved", [40_000])
        by_patient = isinstance(results[0], WrongStatusError) and isinstance(results[1], Cancellation)
        return by_patient and (asked.state, refunds) == ("lapsed", [100_000])

    return Race((approve, cancel), judge)


OVERRIDE_RIVALS = (approve_twice, approve_and_patient_cancels)
