"""Who races for a doctor's times while slots are made out of the weekly hours."""

from datetime import timedelta

from appointments.errors import SlotTakenError
from appointments.hours.plan import SlotPlan
from appointments.models import Appointment, Slot
from appointments.usecases.hold import hold_slot
from appointments.usecases.make_slots import make_slots
from tests import factories as make
from tests.concurrency.race import Race
from tests.concurrency.rivals import Clinic


def two_make_the_slots(clinic: Clinic) -> Race:
    """The night's task and a press on the button: every time is made once."""
    doctor = make.DoctorFactory.create(centre=clinic.doctor.centre)
    make.WeeklyHoursFactory.create(doctor=doctor, weekday=2)

    def generate() -> object:
        return make_slots(doctor_id=doctor.pk, now=make.NOW)

    def judge(results: list[object]) -> bool:
        plans = sorted(len(one.make) for one in results if isinstance(one, SlotPlan))
        starts = list(Slot.objects.filter(doctor=doctor).values_list("starts_at", flat=True))
        return len(plans) == 2 and plans[0] == 0 and plans[1] == len(starts) == len(set(starts)) > 0

    return Race((generate, generate), judge)


def make_slots_and_book(clinic: Clinic) -> Race:
    """A time that the hours offer no more: booked, and it stays; or withdrawn, and nobody has it."""
    doctor = make.DoctorFactory.create(centre=clinic.doctor.centre)
    slot = make.SlotFactory.create(doctor=doctor, is_generated=True, starts_at=make.STARTS_AT + timedelta(hours=1))

    def hold() -> object:
        return hold_slot(
            slot_id=slot.pk,
            patient_id=clinic.patient.pk,
            channel_id=clinic.channel.pk,
            actor=clinic.actor,
            now=make.NOW,
        )

    def judge(results: list[object]) -> bool:
        held, plan = results
        slot.refresh_from_db()
        if not isinstance(plan, SlotPlan):
            return False
        if isinstance(held, Appointment):
            return not slot.is_withdrawn and plan.outside == [slot.pk]
        return isinstance(held, SlotTakenError) and slot.is_withdrawn and plan.withdraw == [slot.pk]

    return Race((hold, lambda: make_slots(doctor_id=doctor.pk, now=make.NOW)), judge)


HOURS_RIVALS = (two_make_the_slots, make_slots_and_book)
