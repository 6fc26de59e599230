"""Centres, channels, doctors, slots and reasons."""

# mypy: disable-error-code="no-untyped-call"
# (factory_boy types its factories, not its declarations)

from datetime import date, time, timedelta

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from appointments.models import Centre, Channel, Doctor, ReasonCode, Slot, WeeklyHours
from tests.factories.clock import STARTS_AT
from tests.factories.names import spoken
from tests.factories.policies import published_policy


class CentreFactory(DjangoModelFactory[Centre]):
    """A centre in India with a default policy in force."""

    class Meta:
        model = Centre

    name = Sequence(lambda number: f"Centre {spoken(number)}")
    slug = Sequence(lambda number: f"centre-{spoken(number).lower()}")
    address = "12 Lake Road, Pune"
    time_zone = "Asia/Kolkata"
    locale = "en_IN"
    currency = "INR"
    phone = "+91 20 5550 0100"
    policy = LazyAttribute(lambda centre: published_policy(currency=centre.currency))


class ChannelFactory(DjangoModelFactory[Channel]):
    """The centre's own portal: patients cancel here, no fee, no deadline."""

    class Meta:
        model = Channel

    centre = SubFactory(CentreFactory)
    name = Sequence(lambda number: f"Portal {spoken(number)}")


class DoctorFactory(DjangoModelFactory[Doctor]):
    """A doctor without an account; bookings need no approval."""

    class Meta:
        model = Doctor

    centre = SubFactory(CentreFactory)
    name = Sequence(lambda number: f"Dr {spoken(number)}")
    specialty = "Cardiology"


class SlotFactory(DjangoModelFactory[Slot]):
    """Half an hour, three days after NOW, for 1,000 rupees. Two slots of one doctor need two starts."""

    class Meta:
        model = Slot

    doctor = SubFactory(DoctorFactory)
    starts_at = STARTS_AT
    ends_at = LazyAttribute(lambda slot: slot.starts_at + timedelta(minutes=30))
    price = 100_000


class WeeklyHoursFactory(DjangoModelFactory[WeeklyHours]):
    """Mondays from 9:00 to 10:30, half an hour each for 1,000 rupees, without an end."""

    class Meta:
        model = WeeklyHours

    doctor = SubFactory(DoctorFactory)
    weekday = 0
    begins = time(9)
    ends = time(10, 30)
    slot_minutes = 30
    price = 100_000
    first_day = date(2026, 1, 1)


class ReasonCodeFactory(DjangoModelFactory[ReasonCode]):
    """A reason offered to everybody, without a text."""

    class Meta:
        model = ReasonCode

    code = Sequence(lambda number: f"reason-{spoken(number).lower()}")
    label = Sequence(lambda number: f"Reason {spoken(number)}")
    for_patients = True
    for_staff = True
    for_doctors = True
