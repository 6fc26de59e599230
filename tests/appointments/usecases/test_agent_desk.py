"""Three numbers at the desk: who is let in, and what is written down of every try."""

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from appointments.models import AgentVisit, Appointment, CarerRelation, User
from appointments.queries import appointments_of_staff
from appointments.usecases.agent_desk import LONGEST_VISIT, agent_at_the_desk, receive_agent
from appointments.usecases.carers import end_carer, forget_id_numbers
from appointments.usecases.reschedule import reschedule_appointment
from tests import factories as make
from tests.appointments.rows import nothing_changed
from tests.appointments.usecases.agents import agent_of, asks

NO_MATCH = (None, None)


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def appointment(db: None) -> Appointment:
    return make.booked()


@pytest.fixture
def clerk(appointment: Appointment) -> User:
    return make.staff_member(appointment.centre)


def tried(clerk: User, appointment: Appointment, *, now: datetime, **other: str) -> AgentVisit:
    return receive_agent(
        user=clerk, appointments=appointments_of_staff(clerk), asks=asks(appointment, **other), now=now
    )


def matched(visit: AgentVisit) -> tuple[Appointment | None, CarerRelation | None]:
    visit.refresh_from_db()
    return visit.appointment, visit.relation


def test_agent_when_all_three_fit(clerk: User, appointment: Appointment, now: datetime) -> None:
    right = agent_of(appointment)

    visit = tried(clerk, appointment, now=now, reference=appointment.reference.lower(), agent_number="pb55119022")

    assert matched(visit) == (appointment, right)
    assert (visit.user, visit.at, visit.purpose, visit.reference) == (
        clerk,
        now,
        "cancel, the child is well",
        appointment.reference,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": "3467-9CD3"},
        {"reference": "nonsense"},
        {"patient_number": "XK-2048 8193 0178"},
        {"agent_number": "PB 55 11 90 23"},
        {"patient_number": "PB 55 11 90 22", "agent_number": "XK-2048 8193 0177"},
        {"agent_number": "--"},
    ],
)
def test_agent_when_one_number_is_wrong(
    clerk: User, appointment: Appointment, now: datetime, wrong: dict[str, str]
) -> None:
    agent_of(appointment)

    assert matched(tried(clerk, appointment, now=now, **wrong)) == NO_MATCH


@pytest.mark.parametrize(
    "parts",
    [
        {"rights": "view"},
        {"starts_on": date(2026, 11, 3)},
        {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 11, 1)},
        {"id_number": ""},
    ],
)
def test_agent_when_the_right_is_no_right_to_act_now(
    clerk: User, appointment: Appointment, now: datetime, parts: dict[str, Any]
) -> None:
    agent_of(appointment, **parts)

    assert matched(tried(clerk, appointment, now=now)) == NO_MATCH


def test_agent_when_the_right_has_ended(clerk: User, appointment: Appointment, now: datetime) -> None:
    end_carer(relation_id=agent_of(appointment).pk, actor=make.system(), now=now)

    assert matched(tried(clerk, appointment, now=now)) == NO_MATCH


def test_agent_when_their_number_was_destroyed(clerk: User, appointment: Appointment, now: datetime) -> None:
    right = agent_of(appointment)
    forget_id_numbers(now=now + timedelta(days=731))

    right.refresh_from_db()
    assert right.id_number_digest == ""
    assert matched(tried(clerk, appointment, now=now)) == NO_MATCH


def test_agent_when_of_another_patient(clerk: User, appointment: Appointment, now: datetime) -> None:
    """The booking of one patient and the papers for another: no way in."""
    agent_of(make.booked(slot=make.moving(appointment)))

    assert matched(tried(clerk, appointment, now=now)) == NO_MATCH


def test_agent_when_of_another_centre(appointment: Appointment, now: datetime) -> None:
    agent_of(appointment)
    stranger = make.staff_member(make.CentreFactory.create())

    assert matched(tried(stranger, appointment, now=now)) == NO_MATCH


def test_agent_when_moved_since(clerk: User, appointment: Appointment, now: datetime) -> None:
    """An old reference leads to where the booking stands."""
    agent_of(appointment)
    done = reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment).pk,
        actor=make.patient_of(appointment),
        now=now,
    )

    assert matched(tried(clerk, appointment, now=now))[0] == done.appointment


def test_visit_when_it_stands(clerk: User, appointment: Appointment, now: datetime) -> None:
    right = agent_of(appointment)
    visit = tried(clerk, appointment, now=now)

    def stands(*, user: User = clerk, of: Appointment = appointment, at: datetime = now) -> bool:
        return agent_at_the_desk(visit_id=visit.pk, user=user, appointment=of, now=at) is not None

    assert stands()
    assert stands(at=now + LONGEST_VISIT - timedelta(seconds=1))
    assert not stands(at=now + LONGEST_VISIT)
    assert not stands(user=make.staff_member(appointment.centre))
    assert not stands(of=make.booked(slot=make.moving(appointment)))
    end_carer(relation_id=right.pk, actor=make.system(), now=now)
    assert not stands()


def test_visit_when_nothing_matched(clerk: User, appointment: Appointment, now: datetime) -> None:
    visit = tried(clerk, appointment, now=now)

    assert agent_at_the_desk(visit_id=visit.pk, user=clerk, appointment=appointment, now=now) is None


def test_misses_when_counted_and_timed(
    clerk: User, appointment: Appointment, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Each miss asks the same one question, and takes as long."""
    agent_of(appointment)
    misses = ({"reference": "nonsense"}, {"agent_number": "PB 55 11 90 23"})

    def seconds(wrong: dict[str, str]) -> float:
        begun = time.perf_counter()
        tried(clerk, appointment, now=now, **wrong)
        return time.perf_counter() - begun

    for wrong in misses:
        with transaction.atomic(), django_assert_num_queries(2):  # the question, and the row about it
            tried(clerk, appointment, now=now, **wrong)
    # In turns, and the shortest of each: a busy machine makes some tries longer, none shorter.
    unknown, wrong_agent = map(min, zip(*[[seconds(wrong) for wrong in misses] for _ in range(30)], strict=True))
    assert 0.5 < unknown / wrong_agent < 2


@pytest.mark.parametrize("statement", ["UPDATE {} SET purpose = 'x'", "DELETE FROM {}"])
def test_try_when_written_over(clerk: User, appointment: Appointment, now: datetime, statement: str) -> None:
    tried(clerk, appointment, now=now)

    with nothing_changed(), pytest.raises(IntegrityError, match="agent_visit_is_never"), transaction.atomic():
        connection.cursor().execute(statement.format(AgentVisit._meta.db_table))
