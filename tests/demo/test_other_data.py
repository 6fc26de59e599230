"""The demonstration is made in an empty database only."""

from datetime import UTC, datetime

import pytest

from appointments.demo.build import OtherDataError, build_demo
from appointments.models import Appointment
from tests.appointments.rows import snapshot
from tests.factories import PatientFactory

MONDAY_MORNING = datetime(2025, 6, 2, 6, 40, tzinfo=UTC)


@pytest.mark.django_db
def test_demo_when_other_data_is_there() -> None:
    PatientFactory.create()
    before = snapshot()

    with pytest.raises(OtherDataError):
        build_demo(now=MONDAY_MORNING)

    assert snapshot() == before
    assert not Appointment.objects.exists()
