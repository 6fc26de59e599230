"""A signed-in patient at a moment that stands still."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment
from tests.factories import NOW


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    """The pages read the clock; here it stands at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign_in(client: Client) -> Callable[[Appointment], Client]:
    """`sign_in(appointment)`: the client, signed in as the appointment's patient."""

    def as_patient_of(appointment: Appointment) -> Client:
        user = appointment.chain.patient.user
        assert user is not None
        client.force_login(user)
        return client

    return as_patient_of
