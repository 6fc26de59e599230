"""Finding an appointment by what somebody says at the counter."""

from datetime import date, datetime, timedelta

import pytest

from appointments.board.search import MOST_FOUND, find_appointments, read_birth_date
from appointments.models import Appointment, Patient
from tests.factories import PatientFactory, SlotFactory, booked, held


@pytest.fixture
def meera(db: None) -> Patient:
    return PatientFactory.create(name="Meera Nair", phone="+91 98200-11223", birth_date=date(1984, 3, 27))


@pytest.fixture
def appointment(meera: Patient) -> Appointment:
    return booked(patient=meera)


def found(text: str, *, now: datetime, by_contact: bool = True) -> list[int]:
    every = Appointment.objects.all()
    return [one.pk for one in find_appointments(every, text=text, now=now, by_contact=by_contact).appointments]


@pytest.mark.parametrize(
    "text",
    [
        " meera ",
        "nair MEERA",
        "+919820011223",
        "098200 11223",
        "98200-11223",
        "1223",
        "1984-03-27",
        "27/3/1984",
        "27.03.1984",
    ],
)
def test_search_when_it_fits(appointment: Appointment, now: datetime, text: str) -> None:
    booked(patient=PatientFactory.create(name="Arjun Rao", phone="+91 98333 44556", birth_date=date(1984, 3, 28)))

    assert found(text, now=now) == [appointment.pk]


@pytest.mark.parametrize("text", ["meera rao", "98200 99999", "122", "1984-03-26", "3/27/1984", "%", "_", ""])
def test_search_when_nothing_fits(appointment: Appointment, now: datetime, text: str) -> None:
    assert found(text, now=now) == []


def test_search_when_by_reference(appointment: Appointment, now: datetime) -> None:
    held(slot=SlotFactory.create())

    assert found(appointment.reference.lower().replace("-", " "), now=now, by_contact=False) == [appointment.pk]


@pytest.mark.parametrize("text", ["+919820011223", "1984-03-27"])
def test_search_when_contact_does_not_count(appointment: Appointment, now: datetime, text: str) -> None:
    assert found(text, now=now, by_contact=False) == []


def test_search_when_some_are_over(appointment: Appointment, meera: Patient, now: datetime) -> None:
    """What is to come first, soonest first; then what was, newest first."""
    later, older, old = (
        booked(
            patient=meera,
            slot=SlotFactory.create(starts_at=now + timedelta(days=days)),
            booked_at=now - timedelta(days=30),
        )
        for days in (9, -9, -2)
    )

    assert found("meera", now=now) == [appointment.pk, later.pk, old.pk, older.pk]


def test_search_when_more_than_a_page(appointment: Appointment, meera: Patient, now: datetime) -> None:
    for number in range(MOST_FOUND):
        held(
            patient=meera,
            slot=SlotFactory.create(doctor=appointment.slot.doctor, starts_at=now + timedelta(hours=number + 1)),
        )

    result = find_appointments(Appointment.objects.all(), text="meera", now=now, by_contact=True)

    assert (len(result.appointments), result.has_more) == (MOST_FOUND, True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("27 3 1984", date(1984, 3, 27)),
        (" 1984-03-27 ", date(1984, 3, 27)),
        ("31/2/1984", None),
        ("19840327", None),
        ("27/3/84", None),
    ],
)
def test_birth_date_when_written(text: str, day: date | None) -> None:
    assert read_birth_date(text) == day
