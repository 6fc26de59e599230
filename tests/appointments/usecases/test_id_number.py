"""A patient's ID number: kept sealed, found by a digest, opened for a purpose, destroyed in time."""

from datetime import date, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from appointments.errors import WrongStatusError
from appointments.manage.lookup import find_booking
from appointments.models import IdNumberNote, Patient
from appointments.tasks import forget_id_numbers
from appointments.usecases.id_number import (
    destroy_id_number,
    enter_id_number,
    id_numbers_to_destroy,
    open_id_number,
)
from refunds.bank.errors import NoBankKeys, UnreadableDetails
from refunds.bank.seal import seal
from tests import factories as make
from tests.appointments.rows import nothing_changed

TYPED, PLAIN = "xk-2048 8193 0177", "XK204881930177"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


def entered(*, now: datetime) -> Patient:
    return enter_id_number(patient_id=make.PatientFactory.create().pk, number=TYPED, actor=make.system(), now=now)


def notes(patient: Patient) -> list[tuple[str, str, str]]:
    return list(patient.id_number_notes.order_by("pk").values_list("kind", "actor_label", "purpose"))


def test_number_when_entered(db: None, now: datetime) -> None:
    patient = entered(now=now)

    patient.refresh_from_db()
    assert (patient.id_number_masked, patient.id_number_keep_until) == ("•••• 0177", date(2028, 11, 1))
    assert PLAIN not in patient.id_number_sealed + patient.id_number_digest
    assert notes(patient) == [("entered", "system: test job", "")]


def test_number_when_looked_up(db: None, now: datetime) -> None:
    appointment = make.booked()
    enter_id_number(patient_id=appointment.chain.patient_id, number=TYPED, actor=make.system(), now=now)

    found = [
        find_booking(reference=appointment.reference, birth_date=None, id_number=typed) for typed in (PLAIN, "XK2")
    ]

    assert found == [appointment, None]


def test_number_when_opened(db: None, now: datetime) -> None:
    patient, user = entered(now=now), make.UserFactory.create(full_name="Asha Kulkarni")

    assert open_id_number(patient_id=patient.pk, user=user, purpose="passport office asks", now=now) == PLAIN
    assert notes(patient)[1:] == [("opened", f"Asha Kulkarni, account {user.pk}", "passport office asks")]


def test_number_when_opened_for_nothing(db: None, now: datetime) -> None:
    patient, user = entered(now=now), make.UserFactory.create()

    with nothing_changed(), pytest.raises(IntegrityError, match="id_number_opened_by_whom"), transaction.atomic():
        open_id_number(patient_id=patient.pk, user=user, purpose="", now=now)


def test_number_when_of_another_patient(db: None, now: datetime) -> None:
    """A sealed number copied to another row opens nothing."""
    patient, other = entered(now=now), entered(now=now)
    Patient.objects.filter(pk=other.pk).update(id_number_sealed=patient.id_number_sealed)

    with nothing_changed(), pytest.raises(UnreadableDetails), transaction.atomic():
        open_id_number(patient_id=other.pk, user=make.UserFactory.create(), purpose="look", now=now)


def test_number_when_destroyed(db: None, now: datetime) -> None:
    patient = entered(now=now)

    done = [destroy_id_number(patient_id=patient.pk, actor=make.system(), now=now) for _ in range(2)]

    patient.refresh_from_db()
    assert done == [True, False]
    assert (patient.id_number_sealed, patient.id_number_digest, patient.id_number_masked) == ("", "", "•••• 0177")
    assert [kind for kind, _who, _what in notes(patient)] == ["entered", "destroyed"]
    with pytest.raises(WrongStatusError):
        open_id_number(patient_id=patient.pk, user=make.UserFactory.create(), purpose="look", now=now)


def test_number_when_its_time_is_over(db: None, now: datetime) -> None:
    """Whoever still has an appointment to come keeps it."""
    over, awaited, young = entered(now=now), entered(now=now), entered(now=now + timedelta(days=1))
    then = now + timedelta(days=731)
    make.booked(patient=awaited, slot=make.SlotFactory.create(starts_at=then + timedelta(days=1)))

    assert id_numbers_to_destroy(now=then - timedelta(days=1), limit=9) == []
    assert id_numbers_to_destroy(now=then, limit=9) == [over.pk]
    assert id_numbers_to_destroy(now=then + timedelta(days=3), limit=9) == [over.pk, awaited.pk, young.pk]


def test_task_when_a_number_is_over(db: None) -> None:
    patient = entered(now=make.NOW - timedelta(days=3000))

    forget_id_numbers()

    patient.refresh_from_db()
    assert patient.id_number_digest == ""
    assert notes(patient)[-1] == ("destroyed", "system: end of ID numbers", "")


def test_number_when_nothing_can_be_sealed(db: None, now: datetime, settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = []
    patient = make.PatientFactory.create()

    with nothing_changed(), pytest.raises(NoBankKeys):
        enter_id_number(patient_id=patient.pk, number=TYPED, actor=make.system(), now=now)


def test_number_when_kept_without_an_end(db: None) -> None:
    patient = make.PatientFactory.create()
    sealed = seal(b"1", owner=f"patient:{patient.pk}")

    with nothing_changed(), pytest.raises(IntegrityError, match="patient_id_number_has_an_end"), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).update(id_number_sealed=sealed)


@pytest.mark.parametrize("statement", ["UPDATE {} SET purpose = 'x'", "DELETE FROM {}"])
def test_note_when_written_over(db: None, now: datetime, statement: str) -> None:
    entered(now=now)

    with nothing_changed(), pytest.raises(IntegrityError, match="id_number_note_is_never"), transaction.atomic():
        connection.cursor().execute(statement.format(IdNumberNote._meta.db_table))
