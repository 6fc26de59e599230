"""How each promise about emergency leaves is broken."""

from datetime import timedelta

from appointments.models import LeaveCase
from appointments.usecases.leave_case import take_money
from tests import factories
from tests.appointments.leave.rows import booking, time_of, worked
from tests.audit.scenes import keys_of
from tests.audit.tampering import Keys, Tampering
from tests.factories import NOW

_LEAVE = "appointments_emergencyleave"
_CASE = "appointments_leavecase"
_TIME = "appointments_leavealternative"


def called_off() -> Keys:
    """The doctor is away, no other time was found: cancelled, everything goes back."""
    appointment = booking(factories.DoctorFactory.create(), booked_at=NOW)
    leave = worked(appointment.slot.doctor)
    return {**keys_of(appointment), "leave": str(leave.pk)}


def asked() -> Keys:
    """The doctor is away, a later time is held."""
    appointment = booking(factories.DoctorFactory.create(), booked_at=NOW)
    kept = time_of(appointment.slot.doctor, days=1)
    leave = worked(appointment.slot.doctor)
    return {**keys_of(appointment), "leave": str(leave.pk), "kept": str(kept.pk)}


def answered() -> Keys:
    """The patient wanted the money."""
    keys = asked()
    appointment = factories.fresh(LeaveCase.objects.get().appointment)
    take_money(appointment_id=appointment.pk, actor=factories.patient_of(appointment), now=NOW)
    return keys


LEAVES = (
    Tampering(
        code="leave_has_its_cases",
        scene=called_off,
        sql=(f"UPDATE {_LEAVE} SET people = 2",),
        guards=("leave_stands_once_started",),
        offenders=("{leave}",),
    ),
    Tampering(
        code="leave_has_its_cases",
        scene=asked,
        sql=(f"UPDATE {_CASE} SET refund = 1",),
        offenders=("{leave}",),
    ),
    Tampering(
        code="leave_cases_go_on",
        scene=asked,
        sql=(f"UPDATE {_CASE} SET answer_by = '{(NOW - timedelta(hours=1)).isoformat(sep=' ')}'",),
        offenders=("{reference}",),
    ),
    Tampering(
        code="ended_case_holds_no_time",
        scene=answered,
        sql=(f"UPDATE {_TIME} SET is_held = (1 = 1)",),
        offenders=("{kept}",),
    ),
    Tampering(
        code="called_off_gives_all_back",
        scene=called_off,
        sql=(f"UPDATE {_CASE} SET refund = refund + 1", f"UPDATE {_LEAVE} SET refund = refund + 1"),
        guards=("leave_case_end_is_final", "leave_stands_once_started"),
        offenders=("{reference}",),
    ),
)
