"""Who races against whom about a request for an exception."""

from datetime import timedelta
from decimal import Decimal

from appointments.actor import Actor
from appointments.errors import WrongStatusError
from appointments.models import Appointment, LateRequest, LateWish, ReasonCode
from appointments.reasons import Reason
from appointments.usecases.attend import check_in
from appointments.usecases.cancel import Cancellation, cancel_appointment
from appointments.usecases.late_request import ask_for_exception, decline_request
from policies.rules.facts import ActorKind
from tests import factories as make
from tests.concurrency.race import Race
from tests.concurrency.rivals import Clinic, tally

STAFF = Actor(ActorKind.STAFF, "Ayo", may_override_percentage=True)


def _asked(clinic: Clinic) -> tuple[Appointment, LateRequest]:
    appointment = clinic.booked()
    ReasonCode.objects.get_or_create(code="ill", defaults={"label": "Ill", "for_staff": True})
    late = ask_for_exception(
        appointment_id=appointment.pk,
        wish=LateWish.REFUND,
        text="In hospital",
        actor=clinic.actor,
        now=appointment.slot.starts_at,
    )
    return appointment, late


def decline_and_agree(clinic: Clinic) -> Race:
    """Declined and then cancelled all the same, or agreed to and not declined: never both on one request."""
    appointment, late = _asked(clinic)
    now = appointment.slot.starts_at + timedelta(minutes=1)

    def agree() -> object:
        return cancel_appointment(
            appointment_id=appointment.pk,
            actor=STAFF,
            now=now,
            reason=Reason("ill", "Letter seen"),
            override_percent=Decimal(50),
        )

    def decline() -> object:
        return decline_request(request_id=late.pk, text="No letter", actor=STAFF, now=now)

    def judge(results: list[object]) -> bool:
        late.refresh_from_db()
        told = tally(appointment)[3].count("late_decided")
        if not isinstance(results[0], Cancellation) or told != 1:
            return False
        if isinstance(results[1], WrongStatusError):
            return (late.state, late.percent) == ("approved", Decimal(50))
        return isinstance(results[1], LateRequest) and (late.state, late.percent) == ("declined", None)

    return Race((agree, decline), judge)


def ask_and_check_in(clinic: Clinic) -> Race:
    """The patient is here: no request is left waiting."""
    appointment = clinic.booked()
    now = appointment.slot.starts_at

    def ask() -> object:
        return ask_for_exception(
            appointment_id=appointment.pk, wish=LateWish.REFUND, text="Ill", actor=clinic.actor, now=now
        )

    def come() -> object:
        return check_in(appointment_id=appointment.pk, actor=STAFF, now=now)

    def judge(results: list[object]) -> bool:
        came = make.fresh(appointment).status == Appointment.Status.CHECKED_IN
        waiting = LateRequest.objects.filter(appointment=appointment, state="waiting").count()
        return came and not waiting and isinstance(results[0], LateRequest | WrongStatusError)

    return Race((ask, come), judge)


LATE_RIVALS = (decline_and_agree, ask_and_check_in)
