"""SEQUENCE: counted on the chain, one more at every change that a calendar sees."""

import pytest
from django.db import Error, transaction

from appointments.models import Appointment, Chain
from appointments.usecases.attend import check_in
from appointments.usecases.book import approve_appointment
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft
from tests.factories import NOW, booked, fresh, held, moving, patient_of, pending_approval, system, waiting_move
from tests.notifications.moves import move


def number(appointment: Appointment) -> int | None:
    return Chain.objects.get(pk=appointment.chain_id).calendar_sequence


def numbers(appointment: Appointment) -> list[tuple[str, int | None]]:
    return list(appointment.events.order_by("sequence").values_list("kind", "calendar_sequence"))


def test_number_when_only_held(db: None) -> None:
    draft = held()
    expire_draft(appointment_id=draft.pk, now=NOW.replace(hour=10))

    assert numbers(draft) == [("held", None), ("cancelled", None)]
    assert number(draft) is None


def test_number_when_booked_moved_and_cancelled(appointment: Appointment) -> None:
    new = move(appointment, moving(appointment), now=NOW)
    cancel_appointment(appointment_id=new.pk, actor=patient_of(new), now=NOW)

    assert numbers(appointment) == [("held", None), ("paid", None), ("confirmed", 0), ("rescheduled", 1)]
    assert numbers(new) == [("held", None), ("confirmed", 1), ("cancelled", 2)]
    assert number(new) == 2


def test_number_when_approved(db: None) -> None:
    waiting = pending_approval()
    approve_appointment(appointment_id=waiting.pk, actor=system(), now=NOW)

    assert numbers(waiting)[-2:] == [("submitted", 0), ("confirmed", 1)]


def test_number_when_a_move_is_given_up(appointment: Appointment) -> None:
    old, draft = waiting_move(booked())
    expire_draft(appointment_id=draft.pk, now=NOW.replace(hour=10))

    assert fresh(draft).status == "cancelled"
    assert number(old) == 0


def test_number_when_the_patient_comes(appointment: Appointment) -> None:
    check_in(appointment_id=appointment.pk, actor=system(), now=NOW)

    assert number(appointment) == 0


@pytest.mark.parametrize("value", [0, None])
def test_number_when_set_back_by_hand(appointment: Appointment, value: int | None) -> None:
    Chain.objects.update(calendar_sequence=3)

    with pytest.raises(Error, match="chain_calendar_never_goes_back"), transaction.atomic():
        Chain.objects.update(calendar_sequence=value)

    assert number(appointment) == 3
