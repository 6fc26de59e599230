"""The two centres of the demonstration with their booking channels, doctors, reasons and free slots."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from appointments.demo.terms import LONDON, SENIOR, STANDARD, WALLET
from appointments.models import Centre, Channel, Doctor, ReasonCode, Slot, WeeklyHours
from policies.models import Policy

PUNE = "elm-clinic-pune"
KIRKWOOD = "kirkwood-clinic-london"
DAYS_OFFERED = 21
LENGTH = timedelta(minutes=30)

_MORNING_AND_AFTERNOON = [time(hour, minute) for hour in (9, 10, 11, 14, 15, 16) for minute in (0, 30)]
_EVENING = [time(18, 0), time(18, 30)]
#: The same as weekly hours; those of the evening last.
_SPANS = [(time(9), time(12)), (time(14), time(17)), (time(18), time(19))]
#: Evening hours cost more: day price times 8/5.
_EVENING_RATE = (8, 5)


@dataclass(frozen=True, slots=True)
class DoctorPlan:
    """A doctor to be: where, what, and the price of a day slot in minor units."""

    centre: str
    name: str
    specialty: str
    price: int
    policy: str = ""
    requires_approval: bool = False
    delay_is_risky: bool = False
    evenings_cost_more: bool = True


KULKARNI = DoctorPlan(PUNE, "Dr Asha Kulkarni", "General medicine", 500_00)
DESHPANDE = DoctorPlan(PUNE, "Dr Rohan Deshpande", "Cardiology", 1200_00)
SHAIKH = DoctorPlan(PUNE, "Dr Farah Shaikh", "Dermatology", 900_00)
JOSHI = DoctorPlan(PUNE, "Dr Nikhil Joshi", "Orthopaedics", 1000_00)
MENON = DoctorPlan(PUNE, "Dr Leela Menon", "Paediatrics", 700_00)
RAO = DoctorPlan(PUNE, "Dr Kavita Rao", "Acute care, day and night", 1000_00, evenings_cost_more=False)
IYER = DoctorPlan(PUNE, "Dr Suresh Iyer", "Neurology", 1500_00, requires_approval=True, delay_is_risky=True)
PATIL = DoctorPlan(PUNE, "Dr Meenal Patil", "Endocrinology", 1800_00, policy=SENIOR.name)
WHITFIELD = DoctorPlan(KIRKWOOD, "Dr Eleanor Whitfield", "General practice", 85_00)
OKAFOR = DoctorPlan(KIRKWOOD, "Dr James Okafor", "Cardiology", 180_00)
CHANDRA = DoctorPlan(KIRKWOOD, "Dr Priti Chandra", "Dermatology", 140_00)
BIRCH = DoctorPlan(KIRKWOOD, "Dr Thomas Birch", "Acute care, day and night", 110_00, evenings_cost_more=False)
DOCTORS = (KULKARNI, DESHPANDE, SHAIKH, JOSHI, MENON, RAO, IYER, PATIL, WHITFIELD, OKAFOR, CHANDRA, BIRCH)

#: code, words, for patients, for staff, for doctors, asks for a text
_REASONS = (
    ("feeling_better", "I feel better", True, False, False, False),
    ("time_does_not_suit", "The day or time does not suit me any more", True, False, False, False),
    ("cannot_travel", "I cannot get to the clinic", True, False, False, False),
    ("other_doctor", "I have found another doctor", True, False, False, False),
    ("cost", "It costs too much", True, False, False, False),
    ("patient_asked", "The patient asked, by phone or at the desk", False, True, False, False),
    ("doctor_away", "The doctor is away", False, True, False, False),
    ("room_or_equipment", "A room or a device is not available", False, True, False, False),
    ("not_needed", "The consultation is not needed clinically", False, False, True, False),
    ("other_specialist", "The patient needs another specialist", False, False, True, False),
    ("tests_first", "Tests have to be done first", False, False, True, True),
    ("other", "Another reason", True, True, True, True),
)


@dataclass(frozen=True, slots=True)
class Places:
    """What was made, by short name, channel name and plan."""

    centres: dict[str, Centre]
    channels: dict[str, Channel]
    doctors: dict[DoctorPlan, Doctor]

    def slot(self, doctor: DoctorPlan, starts_at: datetime) -> Slot:
        """Return the doctor's slot at that time, made if it is not there."""
        slot, _ = Slot.objects.get_or_create(
            doctor=self.doctors[doctor],
            starts_at=starts_at,
            defaults={"ends_at": starts_at + LENGTH, "price": doctor.price},
        )
        return slot

    def working_day(self, doctor: DoctorPlan, days: int, at: time, *, now: datetime) -> datetime:
        """Return the clock time at the doctor's centre so many working days from now (below 0: ago)."""
        zone = self.doctors[doctor].centre.zone
        day, step = now.astimezone(zone).date(), timedelta(days=1 if days > 0 else -1)
        for _ in range(abs(days)):
            day += step
            while day.weekday() >= 5:
                day += step
        return datetime.combine(day, at, zone)


def make_places(*, policies: dict[str, Policy], now: datetime) -> Places:
    """Make both centres with everything in them, and free slots on the working days of the next three weeks."""
    centres = {PUNE: _make_pune(policies), KIRKWOOD: _make_kirkwood(policies)}
    channels = {channel.name: channel for channel in _make_channels(centres, policies)}
    doctors = {plan: _make_doctor(plan, centres[plan.centre], policies) for plan in DOCTORS}
    WeeklyHours.objects.bulk_create(row for plan, doctor in doctors.items() for row in _hours(plan, doctor, now=now))
    Slot.objects.bulk_create(slot for plan, doctor in doctors.items() for slot in _free_slots(plan, doctor, now=now))
    ReasonCode.objects.bulk_create(
        ReasonCode(
            code=code,
            label=label,
            for_patients=patients,
            for_staff=staff,
            for_doctors=for_doctors,
            needs_text=text,
            position=position,
        )
        for position, (code, label, patients, staff, for_doctors, text) in enumerate(_REASONS)
    )
    return Places(centres, channels, doctors)


def _make_pune(policies: dict[str, Policy]) -> Centre:
    return Centre.objects.create(
        name="Elm Clinic, Pune",
        slug=PUNE,
        address="12 Elm Avenue, Koregaon Park, Pune",
        time_zone="Asia/Kolkata",
        locale="en_IN",
        currency="INR",
        slot_horizon_days=DAYS_OFFERED,
        phone="+91 20 5550 0100",
        phone_hours="Monday to Saturday, 8am to 8pm",
        finance_phone="+91 20 5550 0109",
        policy=policies[STANDARD.name],
    )


def _make_kirkwood(policies: dict[str, Policy]) -> Centre:
    return Centre.objects.create(
        name="Kirkwood Clinic, London",
        slug=KIRKWOOD,
        address="3 Kirkwood Mews, London",
        time_zone="Europe/London",
        locale="en_GB",
        currency="GBP",
        slot_horizon_days=DAYS_OFFERED,
        phone="+44 20 7946 0100",
        phone_hours="Monday to Friday, 8am to 6pm",
        finance_phone="+44 20 7946 0109",
        policy=policies[LONDON.name],
    )


PORTAL = "Elm Clinic website"
MINI_PROGRAM = "Mango Wallet mini program"
PLATFORM = "HealthGate platform"
LONDON_PORTAL = "Kirkwood Clinic website"
LONDON_WALLET = "Penny Wallet mini program"


def _make_channels(centres: dict[str, Centre], policies: dict[str, Policy]) -> Iterator[Channel]:
    """Yield every channel once it is made."""
    pune, london = centres[PUNE], centres[KIRKWOOD]
    yield Channel.objects.create(centre=pune, name=PORTAL, is_website=True)
    yield Channel.objects.create(
        centre=pune,
        name=MINI_PROGRAM,
        deadline_hours=Decimal(24),
        handling_fee=10_00,
        policy=policies[WALLET.name],
    )
    yield Channel.objects.create(
        centre=pune,
        name=PLATFORM,
        self_service=False,
        entrance_text="in the HealthGate app, under My bookings",
        entrance_phone="+91 22 5550 0200",
    )
    yield Channel.objects.create(centre=london, name=LONDON_PORTAL, is_website=True)
    yield Channel.objects.create(centre=london, name=LONDON_WALLET, deadline_hours=Decimal(48), handling_fee=2_50)


def _make_doctor(plan: DoctorPlan, centre: Centre, policies: dict[str, Policy]) -> Doctor:
    return Doctor.objects.create(
        centre=centre,
        name=plan.name,
        specialty=plan.specialty,
        requires_approval=plan.requires_approval,
        delay_is_risky=plan.delay_is_risky,
        policy=policies[plan.policy] if plan.policy else None,
    )


def _hours(plan: DoctorPlan, doctor: Doctor, *, now: datetime) -> Iterator[WeeklyHours]:
    """Yield the weekly hours out of which every night one day more of slots is made."""
    for weekday in range(5):
        for begins, ends in _SPANS:
            yield WeeklyHours(
                doctor=doctor,
                weekday=weekday,
                begins=begins,
                ends=ends,
                slot_minutes=int(LENGTH.total_seconds()) // 60,
                price=_prices(plan)[begins],
                first_day=now.astimezone(doctor.centre.zone).date(),
            )


def _prices(plan: DoctorPlan) -> dict[time, int]:
    """Return what each start of a day costs."""
    times, per = _EVENING_RATE if plan.evenings_cost_more else (1, 1)
    day = dict.fromkeys(_MORNING_AND_AFTERNOON, plan.price)
    return day | dict.fromkeys(_EVENING, plan.price * times // per)


def _free_slots(plan: DoctorPlan, doctor: Doctor, *, now: datetime) -> Iterator[Slot]:
    """Yield slots that are still to come, on the centre's clock."""
    zone = doctor.centre.zone
    today = now.astimezone(zone).date()
    prices = _prices(plan)
    for days in range(DAYS_OFFERED + 1):
        day = today + timedelta(days=days)
        if day.weekday() >= 5:
            continue
        for at, price in prices.items():
            starts_at = datetime.combine(day, at, zone)
            if starts_at > now:
                yield Slot(
                    doctor=doctor, starts_at=starts_at, ends_at=starts_at + LENGTH, price=price, is_generated=True
                )
