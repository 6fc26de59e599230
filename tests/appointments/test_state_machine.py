"""Every status × every transition: legal, or refused; in the code and in the database."""

import pytest
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from appointments import record
from appointments.errors import WrongStatusError
from appointments.models import Appointment, Chain, EventKind
from appointments.models.appointment import Status
from appointments.references import new_reference
from tests import factories as make
from tests.appointments.rows import nothing_changed

pytestmark = pytest.mark.django_db

LEGAL = {
    ("draft", "submitted"): "pending_approval",
    ("draft", "confirmed"): "confirmed",
    ("draft", "cancelled"): "cancelled",
    ("pending_approval", "confirmed"): "confirmed",
    ("pending_approval", "cancelled"): "cancelled",
    ("pending_approval", "rescheduled"): "rescheduled",
    ("confirmed", "cancelled"): "cancelled",
    ("confirmed", "rescheduled"): "rescheduled",
    ("confirmed", "checked_in"): "checked_in",
    ("confirmed", "no_show"): "no_show",
    ("checked_in", "completed"): "completed",
}
NO_STEPS = (
    EventKind.HELD,
    EventKind.EXTENDED,
    EventKind.OFFER_TAKEN,
    EventKind.PAID,
    EventKind.DOCTOR_AWAY,
    EventKind.LINKS_REVOKED,
)
STEPS = [kind for kind in EventKind if kind not in NO_STEPS]
TERMINAL = ["completed", "no_show", "cancelled", "rescheduled"]


def inserted(status: str, *, chain: Chain | None = None) -> Appointment:
    """A row put straight into the table with this status."""
    chain = chain or make.held().chain
    appointment = Appointment(
        reference=new_reference(),
        chain=chain,
        slot=make.SlotFactory.create(doctor__centre=chain.channel.centre),
        status=status,
        hold_expires_at=make.NOW,
        approval_due_at=make.NOW,
        created_at=make.NOW,
    )
    appointment.save(force_insert=True)
    return appointment


@pytest.mark.parametrize("status", Status.values)
def test_steps_when_legal(status: str) -> None:
    chain = make.held().chain

    for kind in [kind for kind in STEPS if (status, kind) in LEGAL]:
        appointment = inserted(status, chain=chain)
        event = record.move(appointment=appointment, kind=kind, actor=make.system(), now=make.NOW)

        after = make.fresh(appointment)
        assert (event.from_status, event.to_status) == (status, LEGAL[status, kind])
        assert (after.status, after.version) == (LEGAL[status, kind], 2)


@pytest.mark.parametrize("status", Status.values)
def test_steps_when_not_legal(status: str) -> None:
    appointment = inserted(status)

    with nothing_changed():
        for kind in [kind for kind in STEPS if (status, kind) not in LEGAL]:
            with pytest.raises(WrongStatusError):
                record.move(appointment=appointment, kind=kind, actor=make.system(), now=make.NOW)


@pytest.mark.parametrize("status", Status.values)
def test_status_when_changed_by_raw_sql(status: str) -> None:
    appointment = inserted(status)
    set_status = "UPDATE appointments_appointment SET status = %s WHERE id = %s"

    taken = {target for target in Status.values if _passes(set_status, target, appointment.pk)}

    itself = set() if status in TERMINAL else {status}
    assert taken == itself | {end for (source, _), end in LEGAL.items() if source == status}


@pytest.mark.parametrize("status", TERMINAL)
def test_terminal_row_when_updated_by_raw_sql(status: str) -> None:
    appointment = inserted(status)

    for change in ("version = 99", "hold_expires_at = NULL", "created_at = created_at", "replaces_id = NULL"):
        assert not _passes(f"UPDATE appointments_appointment SET {change} WHERE id = %s", appointment.pk)


@pytest.mark.parametrize("status", Status.values)
def test_row_when_deleted_by_raw_sql(status: str) -> None:
    appointment = inserted(status)

    assert not _passes("DELETE FROM appointments_appointment WHERE id = %s", appointment.pk)


@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET reason_text = 'other'", "UPDATE {} SET actor_label = ''", "DELETE FROM {}"]
)
def test_event_when_touched_by_raw_sql(statement: str) -> None:
    make.booked()

    assert not _passes(statement.format("appointments_appointmentevent"))


@pytest.mark.parametrize("change", ["currency = 'EUR'", "patient_id = {patient}", "terms_id = {terms}"])
def test_chain_when_its_terms_are_changed_by_raw_sql(change: str) -> None:
    appointment = make.booked()
    patient = make.PatientFactory.create()
    terms = make.publish(appointment.centre.policy, now=make.NOW)
    change = change.format(patient=patient.pk, terms=terms.pk)

    assert not _passes(f"UPDATE appointments_chain SET {change}")
    assert not _passes("DELETE FROM appointments_chain")


@pytest.mark.parametrize("change", ["slot_id = {slot}", "reference = 'X'"])
def test_place_when_changed_by_raw_sql(change: str) -> None:
    appointment = make.booked()
    slot = make.SlotFactory.create()

    assert not _passes(
        f"UPDATE appointments_appointment SET {change.format(slot=slot.pk)} WHERE id = %s", appointment.pk
    )


@pytest.mark.parametrize("first", Status.values)
def test_slot_when_a_second_one_is_inserted(first: str) -> None:
    one = inserted(first)
    insert = (
        "INSERT INTO appointments_appointment"
        " (reference, chain_id, slot_id, status, hold_expires_at, approval_due_at, version, created_at)"
        " SELECT 'RIVAL', chain_id, slot_id, %s, hold_expires_at, approval_due_at, 1, created_at"
        " FROM appointments_appointment WHERE id = %s"
    )

    taken = {second for second in Status.values if _passes(insert, second, one.pk)}

    gone = {"cancelled", "rescheduled"}
    assert taken == (set(Status.values) if first in gone else gone)


def test_status_when_set_by_hand() -> None:
    appointment = make.booked()

    with pytest.raises(AttributeError):
        appointment.status = Status.CANCELLED


def test_transition_when_called_on_a_wrong_status() -> None:
    with pytest.raises(TransitionNotAllowed):
        make.booked().complete()


def _passes(statement: str, *parameters: str | int) -> bool:
    """Run raw SQL, tell whether the database took it, and undo it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True
