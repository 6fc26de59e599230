"""Who races against whom in the appointments, and how it must end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from appointments.actor import Actor
from appointments.errors import NotAllowedError, SlotTakenError, WrongStatusError
from appointments.models import Appointment, AppointmentEvent, Channel, Doctor, OutboxMessage, Patient, Slot
from appointments.usecases.attend import check_in
from appointments.usecases.cancel import Cancellation, cancel_appointment
from appointments.usecases.expire import expire_draft
from appointments.usecases.hold import hold_slot
from appointments.usecases.pay import apply_payment
from appointments.usecases.reschedule import Reschedule, reschedule_appointment
from refunds.models import LedgerEntry, Payment, Refund
from tests import factories as make
from tests.concurrency.race import Race

RUN_OUT = make.NOW + timedelta(minutes=15)


@dataclass
class Clinic:
    """One doctor with as many slots as a race needs, and one patient."""

    doctor: Doctor = field(default_factory=make.DoctorFactory.create)
    patient: Patient = field(default_factory=make.PatientFactory.create)
    numbers: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        """Open the centre's portal."""
        self.channel: Channel = make.ChannelFactory.create(centre=self.doctor.centre)
        assert self.patient.user is not None
        self.actor = Actor.patient(self.patient.user)

    def slot(self) -> Slot:
        """One more slot."""
        starts_at = make.STARTS_AT + timedelta(hours=next(self.numbers))
        return make.SlotFactory.create(doctor=self.doctor, starts_at=starts_at)

    def held(self) -> Appointment:
        """One more unpaid draft."""
        return make.held(slot=self.slot(), patient=self.patient, channel=self.channel)

    def booked(self) -> Appointment:
        """One more appointment, paid in cash."""
        return make.booked(slot=self.slot(), patient=self.patient, channel=self.channel, method="cash")


def tally(appointment: Appointment) -> tuple[list[str], list[int], int, list[str]]:
    """Return what the chain holds: how appointments ended, refunds, entries for them, and messages but the first."""
    chain = appointment.chain_id
    events = AppointmentEvent.objects.filter(appointment__chain=chain, kind__in=["cancelled", "rescheduled"])
    refunds = Refund.objects.filter(payment__source=appointment.chain.source)
    messages = OutboxMessage.objects.filter(event__appointment__chain=chain).exclude(kind="booked")
    return (
        sorted(events.values_list("kind", flat=True)),
        sorted(refunds.values_list("amount", flat=True)),
        LedgerEntry.objects.filter(kind="grant", refund__in=refunds).count(),
        sorted(messages.values_list("kind", flat=True)),
    )


ONE_CANCELLATION = (["cancelled"], [100_000], 1, ["cancelled"])
ONE_MOVE: tuple[list[str], list[int], int, list[str]] = (["rescheduled"], [], 0, ["rescheduled"])


def two_clicks_on_cancel(clinic: Clinic) -> Race:
    """The same patient twice: one deed, both get its answer."""
    appointment = clinic.booked()

    def cancel() -> object:
        return cancel_appointment(appointment_id=appointment.pk, actor=clinic.actor, now=make.NOW)

    def judge(results: list[object]) -> bool:
        answers = [result.repeated for result in results if isinstance(result, Cancellation)]
        return sorted(answers) == [False, True] and tally(appointment) == ONE_CANCELLATION

    return Race((cancel, cancel), judge)


def patient_and_hospital_cancel(clinic: Clinic) -> Race:
    """Two actors: one does it, the other is told."""
    appointment = clinic.booked()

    def cancel(actor: Actor) -> Callable[[], object]:
        return lambda: cancel_appointment(appointment_id=appointment.pk, actor=actor, now=make.NOW)

    def judge(results: list[object]) -> bool:
        return _kinds(results) == [Cancellation, NotAllowedError] and tally(appointment) == ONE_CANCELLATION

    return Race((cancel(clinic.actor), cancel(make.system())), judge)


def cancel_and_move(clinic: Clinic) -> Race:
    """Cancelled or moved, never both."""
    appointment, slot = clinic.booked(), clinic.slot()

    def cancel() -> object:
        return cancel_appointment(appointment_id=appointment.pk, actor=clinic.actor, now=make.NOW)

    def judge(results: list[object]) -> bool:
        if _kinds(results) == [Cancellation, NotAllowedError]:
            return tally(appointment) == ONE_CANCELLATION and not slot.appointments.exists()
        return _kinds(results) == [NotAllowedError, Reschedule] and tally(appointment) == ONE_MOVE

    return Race((cancel, _move(clinic, appointment, slot)), judge)


def cancel_and_expiry(clinic: Clinic) -> Race:
    """A partly paid draft ends once, its money comes back once."""
    draft = clinic.held()
    make.paid_at_desk(draft, amount=40_000)

    def judge(results: list[object]) -> bool:
        ended_by = (isinstance(results[0], Cancellation), results[1] is True)
        told = isinstance(results[0], NotAllowedError) or results[1] is False
        return sum(ended_by) == 1 and told and tally(draft)[:3] == (["cancelled"], [40_000], 1)

    return Race(
        (
            lambda: cancel_appointment(appointment_id=draft.pk, actor=clinic.actor, now=make.NOW),
            lambda: expire_draft(appointment_id=draft.pk, now=RUN_OUT),
        ),
        judge,
    )


def cancel_and_check_in(clinic: Clinic) -> Race:
    """The patient has come, or it is cancelled."""
    appointment = clinic.booked()

    def judge(results: list[object]) -> bool:
        if isinstance(results[0], Cancellation):
            return isinstance(results[1], WrongStatusError) and tally(appointment) == ONE_CANCELLATION
        came = make.fresh(appointment).status == Appointment.Status.CHECKED_IN
        return isinstance(results[0], NotAllowedError) and came and tally(appointment) == ([], [], 0, [])

    return Race(
        (
            lambda: cancel_appointment(appointment_id=appointment.pk, actor=clinic.actor, now=make.NOW),
            lambda: check_in(appointment_id=appointment.pk, actor=make.system(), now=make.NOW),
        ),
        judge,
    )


def two_patients_hold_one_slot(clinic: Clinic) -> Race:
    """One gets it, the other is told."""
    slot = clinic.slot()

    def hold(patient: Patient) -> Callable[[], object]:
        return lambda: hold_slot(
            slot_id=slot.pk,
            patient_id=patient.pk,
            channel_id=clinic.channel.pk,
            actor=make.system(),
            now=make.NOW,
        )

    def judge(results: list[object]) -> bool:
        return _kinds(results) == [Appointment, SlotTakenError] and slot.appointments.count() == 1

    return Race((hold(clinic.patient), hold(make.PatientFactory.create())), judge)


def two_clicks_on_move(clinic: Clinic) -> Race:
    """One move, both get its answer."""
    appointment, slot = clinic.booked(), clinic.slot()

    def judge(results: list[object]) -> bool:
        answers = [result.repeated for result in results if isinstance(result, Reschedule)]
        once = slot.appointments.count() == 1 and make.fresh(appointment).chain.reschedules == 1
        return sorted(answers) == [False, True] and once and tally(appointment) == ONE_MOVE

    return Race((_move(clinic, appointment, slot), _move(clinic, appointment, slot)), judge)


def two_moves_into_one_slot(clinic: Clinic) -> Race:
    """One gets it, the other keeps what they have."""
    one, other, slot = clinic.booked(), clinic.booked(), clinic.slot()

    def judge(results: list[object]) -> bool:
        statuses = sorted([make.fresh(one).status, make.fresh(other).status])
        return (
            _kinds(results) == [NotAllowedError, Reschedule]
            and statuses == [Appointment.Status.CONFIRMED, Appointment.Status.RESCHEDULED]
            and slot.appointments.count() == 1
        )

    return Race((_move(clinic, one, slot), _move(clinic, other, slot)), judge)


def payment_and_expiry(clinic: Clinic) -> Race:
    """Paid and booked, or ended and nothing taken."""
    draft = clinic.held()

    def judge(results: list[object]) -> bool:
        after = make.fresh(draft)
        if isinstance(results[0], Payment):
            booked = (after.status, after.chain.held) == (Appointment.Status.CONFIRMED, 100_000)
            return booked and results[1] is False and tally(draft) == ([], [], 0, [])
        unpaid = not Payment.objects.filter(source=draft.chain.source).exists()
        return isinstance(results[0], WrongStatusError) and results[1] is True and unpaid

    return Race((lambda: make.paid_at_desk(draft), lambda: expire_draft(appointment_id=draft.pk, now=RUN_OUT)), judge)


def two_workers_apply_one_payment(clinic: Clinic) -> Race:
    """Booked once, with the money once."""
    draft = clinic.held()
    payment = make.captured(make.checkout_for(draft))

    def apply() -> object:
        return apply_payment(payment_id=payment.pk, now=make.NOW)

    def judge(results: list[object]) -> bool:
        after = make.fresh(draft)
        booked = (after.status, after.chain.held, after.version) == (Appointment.Status.CONFIRMED, 100_000, 2)
        noted = AppointmentEvent.objects.filter(payment=payment.pk).count() == 1
        return results == [None, None] and booked and noted and tally(draft) == ([], [], 0, [])

    return Race((apply, apply), judge)


RIVALS = (
    two_clicks_on_cancel,
    patient_and_hospital_cancel,
    cancel_and_move,
    cancel_and_expiry,
    cancel_and_check_in,
    two_patients_hold_one_slot,
    two_clicks_on_move,
    two_moves_into_one_slot,
    payment_and_expiry,
    two_workers_apply_one_payment,
)


def _move(clinic: Clinic, appointment: Appointment, slot: Slot) -> Callable[[], object]:
    return lambda: reschedule_appointment(
        appointment_id=appointment.pk, slot_id=slot.pk, actor=clinic.actor, now=make.NOW
    )


def _kinds(results: list[object]) -> list[type]:
    return sorted((type(result) for result in results), key=lambda kind: kind.__name__)
