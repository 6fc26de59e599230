from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from appointments.models import Appointment, Centre, User
from tests.admin.desk import member
from tests.factories import ReasonCodeFactory, booked


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Iterator[None]:
    """The desk's clock stands at `now`."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def appointment(db: None) -> Appointment:
    """Booked by card for 1,000 rupees, in three days; a reason is there for everybody."""
    ReasonCodeFactory.create(code="ill", label="Patient is ill")
    ReasonCodeFactory.create(code="other", label="Another reason", needs_text=True)
    return booked()


@pytest.fixture
def centre(appointment: Appointment) -> Centre:
    return appointment.centre


@pytest.fixture
def front_desk(centre: Centre) -> User:
    return member(centre, "front desk")


@pytest.fixture
def manager(centre: Centre) -> User:
    return member(centre, "centre manager")
