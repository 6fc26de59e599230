from datetime import datetime, timedelta

import pytest

from appointments.models import Appointment, OverrideRequest, User
from appointments.usecases.override import (
    ask_for_override,
)
from tests import factories as make
from tests.appointments.overrides.rows import HALF, WHY
from tests.factories.people import staff_member


@pytest.fixture
def late(db: None) -> Appointment:
    """Booked for 1,000 rupees, one hour before its start: the terms give nothing, and one person may give up to 200."""
    make.ReasonCodeFactory.create(code="ill", label="Ill")
    appointment = make.booked()
    centre = appointment.centre
    centre.override_limit = 20_000
    centre.save(update_fields=["override_limit"])
    return make.fresh(appointment)


@pytest.fixture
def soon(late: Appointment) -> datetime:
    return late.slot.starts_at - timedelta(hours=1)


@pytest.fixture
def asker(late: Appointment) -> User:
    return staff_member(late.centre, "override_percentage", "override_reschedule_rules", "approve_override")


@pytest.fixture
def second(late: Appointment) -> User:
    return staff_member(late.centre, "approve_override")


@pytest.fixture
def asked(late: Appointment, asker: User, soon: datetime) -> OverrideRequest:
    return ask_for_override(appointment_id=late.pk, asked_by=asker, now=soon, reason=WHY, percent=HALF)
