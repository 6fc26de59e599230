"""The guards of the database come, go and come back with their migration."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from appointments.models import Appointment
from appointments.usecases.cancel import cancel_appointment
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)

protection = import_module("appointments.migrations.0002_protection")


@pytest.fixture(autouse=True)
def _latest_afterwards() -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0)


def triggers() -> set[str]:
    """The names of the guards that stand on this app's tables."""
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'appointments%%'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'appointments%%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(listed[connection.vendor].replace("%%", "%"))
        return {name for (name,) in cursor.fetchall()}


def is_refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def test_guards_when_migrated_back_and_forth() -> None:
    appointment = make.booked()
    cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)
    revive = "UPDATE appointments_appointment SET status = 'confirmed'"
    names = {guard.name for guard in protection.GUARDS}
    assert triggers() >= names
    assert is_refused(revive)

    call_command("migrate", "appointments", "0001", verbosity=0)
    assert not triggers() & names
    assert not is_refused(revive)

    call_command("migrate", "appointments", verbosity=0)
    assert triggers() >= names
    assert is_refused(revive)
    assert make.fresh(appointment).status == Appointment.Status.CANCELLED


def test_edges_when_compared_with_the_state_machine() -> None:
    """The database's list of steps and the transitions of the model say the same."""
    transitions = {
        f"{source}>{transition.target}"
        for source in Appointment.Status.values
        for transition in Appointment._meta.get_field("status").get_all_transitions(Appointment)
        if transition.source == source
    }

    assert set(protection.EDGES) == transitions


def test_models_when_compared_with_the_migrations() -> None:
    call_command("makemigrations", "appointments", check=True, dry_run=True, verbosity=0)
