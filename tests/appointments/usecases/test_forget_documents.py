"""Documents of late requests, when their time is over."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from appointments import tasks
from appointments.late import storage
from appointments.late.uploads import checked_upload
from appointments.models import Appointment, LateDocument, LateRequest, LateState, LateWish
from appointments.usecases.forget_documents import due_documents, orphaned_files
from appointments.usecases.late_request import ask_for_exception, withdraw_request
from tests import factories as make
from tests.appointments.late.files import PDF

pytestmark = pytest.mark.django_db

ASKED = make.STARTS_AT - timedelta(hours=1)
KEPT = timedelta(days=10)


@pytest.fixture(autouse=True)
def _folder_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR, settings.LATE_DOCUMENT_DAYS = tmp_path, KEPT.days


@pytest.fixture
def late() -> LateRequest:
    """Asked with a document, and taken back at once."""
    asked = waiting()
    return withdraw_request(request_id=asked.pk, actor=make.patient_of(asked.appointment), now=ASKED)


def waiting() -> LateRequest:
    centre = make.CentreFactory.create(policy=make.published_policy(window_hours=2))
    appointment: Appointment = make.booked(
        slot=make.SlotFactory.create(doctor=make.DoctorFactory.create(centre=centre))
    )
    return ask_for_exception(
        appointment_id=appointment.pk,
        wish=LateWish.REFUND,
        text="In hospital",
        upload=checked_upload(PDF),
        actor=make.patient_of(appointment),
        now=ASKED,
    )


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("late-documents/*/*"))


def forget(now: datetime) -> int:
    """Run the nightly task; return how much there was to destroy."""
    found = len(due_documents(now=now, limit=100)) + len(orphaned_files(now=now))
    with time_machine.travel(now, tick=False):
        tasks.forget_documents()
    return found


def test_document_when_its_time_is_not_quite_over(late: LateRequest, tmp_path: Path) -> None:
    assert forget(ASKED + KEPT) == 0

    assert storage.read(late.document.stored_as) == PDF
    assert LateDocument.objects.get().destroyed_at is None


def test_document_when_its_time_is_over(late: LateRequest, tmp_path: Path) -> None:
    then = ASKED + KEPT + timedelta(microseconds=1)

    assert forget(then) == 1

    assert files(tmp_path) == []
    kept = LateDocument.objects.get()
    assert (kept.destroyed_at, kept.sha256) == (then, late.document.sha256)
    assert LateRequest.objects.get().text == "In hospital"


def test_document_when_forgotten_twice(late: LateRequest) -> None:
    forget(ASKED + KEPT + timedelta(days=1))

    assert forget(ASKED + KEPT + timedelta(days=2)) == 0
    assert LateDocument.objects.get().destroyed_at == ASKED + KEPT + timedelta(days=1)


def test_document_when_the_file_went_and_the_program_was_killed(late: LateRequest) -> None:
    storage.discard(late.document.stored_as)

    assert forget(ASKED + KEPT + timedelta(days=1)) == 1
    assert LateDocument.objects.get().destroyed_at is not None


def test_document_when_the_request_still_waits(tmp_path: Path) -> None:
    asked = waiting()

    assert forget(ASKED + timedelta(days=3650)) == 0
    assert (asked.state, files(tmp_path)) == (LateState.WAITING, [asked.document.stored_as])


@pytest.mark.parametrize(("age", "left"), [(timedelta(hours=23), 2), (timedelta(hours=25), 1)])
def test_file_when_no_request_names_it(late: LateRequest, tmp_path: Path, age: timedelta, left: int) -> None:
    name, _ = storage.store(PDF)
    for path in tmp_path.glob("late-documents/*/*"):
        os.utime(path, (ASKED.timestamp(), (ASKED - age).timestamp()))

    forget(ASKED)

    assert len(files(tmp_path)) == left
    assert (name in files(tmp_path)) == (left == 2)


def test_database_when_a_destroyed_document_is_brought_back(late: LateRequest) -> None:
    forget(ASKED + KEPT + timedelta(days=1))

    with pytest.raises(DatabaseError, match="late_document_stays_destroyed"), transaction.atomic():
        connection.cursor().execute("UPDATE appointments_latedocument SET destroyed_at = NULL")


def test_document_when_another_cannot_be_removed(
    late: LateRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = waiting()
    withdraw_request(request_id=asked.pk, actor=make.patient_of(asked.appointment), now=ASKED)
    discard = storage.discard

    def refuse_the_first(name: str) -> None:
        if name == late.document.stored_as:
            raise PermissionError
        discard(name)

    monkeypatch.setattr(storage, "discard", refuse_the_first)

    forget(ASKED + KEPT + timedelta(days=1))

    assert files(tmp_path) == [late.document.stored_as]
    assert list(LateDocument.objects.filter(destroyed_at__isnull=True)) == [late.document]
