"""Asking for an exception, and every way in which that ends."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.db import IntegrityError, connection
from pytest_django import Settings

from appointments.errors import NotAllowedError, NotPermittedError, ReasonMissingError, WrongStatusError
from appointments.late import storage
from appointments.late.queries import waiting_requests
from appointments.late.uploads import checked_upload
from appointments.models import (
    Appointment,
    DocumentLook,
    LateDocument,
    LateRequest,
    LateState,
    LateWish,
    MessageKind,
    OutboxMessage,
)
from appointments.notifications.messages import word_message
from appointments.reasons import Reason
from appointments.usecases.attend import check_in
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.late_request import ask_for_exception, decline_request, withdraw_request
from appointments.usecases.open_document import open_document
from appointments.usecases.reschedule import reschedule_appointment
from refunds.models import Refund
from tests import factories as make
from tests.appointments.late.files import PDF

pytestmark = pytest.mark.django_db

LATE = make.STARTS_AT - timedelta(hours=1)


@pytest.fixture
def appointment() -> Appointment:
    """Booked under a policy that takes no cancellation in the last two hours."""
    make.ReasonCodeFactory.create(code="ill")
    centre = make.CentreFactory.create(policy=make.published_policy(window_hours=2))
    return make.booked(slot=make.SlotFactory.create(doctor=make.DoctorFactory.create(centre=centre)))


def ask(appointment: Appointment, **more: Any) -> LateRequest:
    values = {"wish": LateWish.REFUND, "text": "In hospital since Monday", "now": LATE, **more}
    return ask_for_exception(appointment_id=appointment.pk, actor=make.patient_of(appointment), **values)


@pytest.fixture(autouse=True)
def _folder_of_its_own(settings: Settings, tmp_path: Path) -> None:
    """Other processes keep documents too."""
    settings.VAR_DIR = tmp_path


def files() -> int:
    folder = Path(product.VAR_DIR) / "late-documents"
    return sum(path.is_file() for path in folder.rglob("*"))


def decision_mail() -> str:
    return word_message(OutboxMessage.objects.get(kind=MessageKind.LATE_DECIDED)).text


def test_request_when_the_window_is_closed(appointment: Appointment) -> None:
    late = ask(appointment)

    assert (late.state, late.due_at) == (LateState.WAITING, LATE + timedelta(hours=24))
    assert make.fresh(appointment).status == Appointment.Status.CONFIRMED
    assert list(waiting_requests(now=LATE)) == [late]
    assert list(waiting_requests(now=LATE + timedelta(hours=25), is_late=True)) == [late]


def test_request_when_it_can_still_be_cancelled_online(appointment: Appointment) -> None:
    with pytest.raises(WrongStatusError):
        ask(appointment, now=make.NOW)

    assert LateRequest.objects.count() == 0


def test_move_when_asked_for_after_its_window() -> None:
    """The terms still let it be cancelled, at 0 %: to that they say what they say, and a move is asked for."""
    make.ReasonCodeFactory.create(code="ill")
    appointment = make.booked()
    with pytest.raises(WrongStatusError):
        ask(appointment, wish=LateWish.PART)

    late = ask(appointment, wish=LateWish.CHANGE)
    reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment).pk,
        actor=make.staff_of(appointment, "override_reschedule_rules"),
        now=LATE,
        reason=Reason("ill", "In hospital"),
        override=True,
    )

    late.refresh_from_db()
    assert (late.state, LateRequest.objects.count()) == (LateState.CHANGED, 1)


def test_request_when_it_was_cancelled(appointment: Appointment) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)

    with pytest.raises(WrongStatusError):
        ask(appointment)

    assert LateRequest.objects.count() == 0


def test_request_when_sent_twice(appointment: Appointment) -> None:
    before = files()
    upload = checked_upload(PDF)

    first, second = ask(appointment, upload=upload), ask(appointment, text="Again", upload=upload)

    assert (second.pk, second.text) == (first.pk, "In hospital since Monday")
    assert LateRequest.objects.count() == 1
    assert files() == before + 1


def test_request_when_asked_a_fourth_time(appointment: Appointment) -> None:
    for _ in range(3):
        late = ask(appointment)
        withdraw_request(request_id=late.pk, actor=make.patient_of(appointment), now=LATE)

    with pytest.raises(WrongStatusError):
        ask(appointment)

    assert LateRequest.objects.count() == 3


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_request_when_no_words(appointment: Appointment, text: str) -> None:
    before = files()

    with pytest.raises(ReasonMissingError):
        ask(appointment, text=text, upload=checked_upload(PDF))

    assert LateRequest.objects.count() == 0
    assert files() == before


def test_document_when_stored(appointment: Appointment) -> None:
    late = ask(appointment, upload=checked_upload(PDF))

    path = product.VAR_DIR / "late-documents" / late.document.stored_as[:2] / late.document.stored_as
    assert storage.read(late.document.stored_as) == PDF
    assert path.stat().st_mode & 0o777 == 0o600
    assert (late.document.kind, late.document.size) == ("pdf", len(PDF))


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "a" * 31, "G" * 32])
def test_document_when_its_name_is_none_of_ours(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        storage.read(name)


def test_approve_when_staff_set_a_percentage(appointment: Appointment) -> None:
    late = ask(appointment)

    done = cancel_appointment(
        appointment_id=appointment.pk,
        actor=make.staff_of(appointment, "override_percentage"),
        now=LATE,
        reason=Reason("ill", "The letter of the hospital shows it"),
        override_percent=Decimal(80),
    )

    late.refresh_from_db()
    assert (late.state, late.percent, late.event) == (LateState.APPROVED, Decimal(80), done.event)
    assert late.decision_text == "The letter of the hospital shows it"
    assert (done.event.quote or {})["rule"] == "override"
    assert Refund.objects.get().amount == 80_000
    assert "The clinic agreed to your request. Your appointment is cancelled and 80% comes back." in decision_mail()
    assert "In the clinic’s words:\nThe letter of the hospital shows it" in decision_mail()


def test_approve_when_staff_move_it(appointment: Appointment) -> None:
    late = ask(appointment, wish=LateWish.CHANGE)

    reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment).pk,
        actor=make.staff_of(appointment, "override_reschedule_rules"),
        now=LATE,
        reason=Reason("ill", "Next week instead"),
        override=True,
    )

    late.refresh_from_db()
    assert late.state == LateState.CHANGED
    assert "The clinic agreed to your request and moved your appointment." in decision_mail()


def test_decline_when_staff_say_why(appointment: Appointment) -> None:
    late = ask(appointment)

    decline_request(
        request_id=late.pk, text="No proof", actor=make.staff_of(appointment), now=LATE + timedelta(minutes=5)
    )

    late.refresh_from_db()
    assert (late.state, late.decision_text, late.event) == (LateState.DECLINED, "No proof", None)
    assert make.fresh(appointment).status == Appointment.Status.CONFIRMED
    assert "The clinic did not agree to your request. Your appointment stands as it was." in decision_mail()


def test_decline_when_no_words(appointment: Appointment) -> None:
    late = ask(appointment)

    with pytest.raises(ReasonMissingError):
        decline_request(request_id=late.pk, text=" ", actor=make.staff_of(appointment), now=LATE)

    late.refresh_from_db()
    assert late.state == LateState.WAITING


def test_decline_when_it_is_ones_own(appointment: Appointment) -> None:
    late = ask(appointment)
    user = appointment.chain.patient.user
    assert user is not None

    with pytest.raises(NotPermittedError):
        decline_request(request_id=late.pk, text="No", actor=make.staff_of(appointment).staff(user), now=LATE)

    late.refresh_from_db()
    assert late.state == LateState.WAITING


def test_decline_when_decided_already(appointment: Appointment) -> None:
    late = ask(appointment)
    withdraw_request(request_id=late.pk, actor=make.patient_of(appointment), now=LATE)

    with pytest.raises(WrongStatusError):
        decline_request(request_id=late.pk, text="No", actor=make.staff_of(appointment), now=LATE)

    late.refresh_from_db()
    assert (late.state, OutboxMessage.objects.filter(kind=MessageKind.LATE_DECIDED).count()) == ("withdrawn", 0)


def test_request_when_the_patient_comes_after_all(appointment: Appointment) -> None:
    late = ask(appointment)

    check_in(appointment_id=appointment.pk, actor=make.staff_of(appointment), now=LATE)

    late.refresh_from_db()
    assert late.state == LateState.LAPSED


def test_request_when_the_hospital_cancels(appointment: Appointment) -> None:
    late = ask(appointment)

    cancel_appointment(appointment_id=appointment.pk, actor=make.doctor_of(appointment), now=LATE, reason=Reason("ill"))

    late.refresh_from_db()
    assert late.state == LateState.LAPSED
    assert Refund.objects.get().amount == 100_000


def test_override_when_the_patient_cancels_alone(appointment: Appointment) -> None:
    with pytest.raises(NotAllowedError):
        cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=LATE)


def test_look_when_a_document_is_opened(appointment: Appointment) -> None:
    late = ask(appointment, upload=checked_upload(PDF))
    user = make.staff_member(appointment.centre)

    open_document(document=late.document, user=user, purpose="Checking the dates", now=LATE)

    look = DocumentLook.objects.get()
    assert (look.user, look.purpose, look.at) == (user, "Checking the dates", LATE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE appointments_laterequest SET state = 'approved'", "late_request_decided_once"),
        ("DELETE FROM appointments_laterequest", "late_request_is_never_deleted"),
        ("DELETE FROM appointments_documentlook", "document_look_is_never_deleted"),
        ("UPDATE appointments_documentlook SET purpose = 'x'", "document_look_is_never_changed"),
    ],
)
def test_history_when_raw_sql_changes_it(appointment: Appointment, statement: str, guard: str) -> None:
    late = ask(appointment, upload=checked_upload(PDF))
    open_document(document=late.document, user=make.staff_member(appointment.centre), purpose="x", now=LATE)
    withdraw_request(request_id=late.pk, actor=make.patient_of(appointment), now=LATE)

    with pytest.raises(IntegrityError, match=guard), connection.cursor() as cursor:
        cursor.execute(statement)

    assert (LateDocument.objects.count(), LateRequest.objects.get().state) == (1, "withdrawn")
