"""Rows for tests: quiet factories for what admins enter, and builders that go through the use cases for the rest."""

from tests.factories.bookings import (
    booked,
    captured,
    card_payment,
    checkout_for,
    fresh,
    held,
    moving,
    paid_at_desk,
    pay,
    pending_approval,
    second_capture,
    waiting_move,
)
from tests.factories.clock import LONG_AGO, NOW, PUBLISHED_AT, STARTS_AT
from tests.factories.people import PatientFactory, UserFactory, doctor_of, patient_of, staff_member, staff_of, system
from tests.factories.policies import PolicyFactory, publish, published_policy
from tests.factories.scheduling import (
    CentreFactory,
    ChannelFactory,
    DoctorFactory,
    ReasonCodeFactory,
    SlotFactory,
    WeeklyHoursFactory,
)

__all__ = [
    "LONG_AGO",
    "NOW",
    "PUBLISHED_AT",
    "STARTS_AT",
    "CentreFactory",
    "ChannelFactory",
    "DoctorFactory",
    "PatientFactory",
    "PolicyFactory",
    "ReasonCodeFactory",
    "SlotFactory",
    "UserFactory",
    "WeeklyHoursFactory",
    "booked",
    "captured",
    "card_payment",
    "checkout_for",
    "doctor_of",
    "fresh",
    "held",
    "moving",
    "paid_at_desk",
    "patient_of",
    "pay",
    "pending_approval",
    "publish",
    "published_policy",
    "second_capture",
    "staff_member",
    "staff_of",
    "system",
    "waiting_move",
]
