"""Locks: only in a transaction, everything of the chain that can still change, read anew."""

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from appointments import locks
from appointments.errors import ChangedMeanwhileError
from appointments.locks import lock_chain, lock_slots
from appointments.models import Appointment, Slot
from tests import factories as make


@pytest.mark.django_db(transaction=True)
def test_locks_when_outside_a_transaction() -> None:
    appointment = make.booked()

    with pytest.raises(TransactionManagementError):
        lock_slots(slot_ids=[appointment.slot_id])
    with pytest.raises(TransactionManagementError):
        lock_chain(appointment_id=appointment.pk)


@pytest.mark.django_db
def test_slots_when_one_is_missing() -> None:
    slot = make.SlotFactory.create()

    with pytest.raises(Slot.DoesNotExist):
        lock_slots(slot_ids=[slot.pk, slot.pk + 1])


@pytest.mark.django_db
def test_slots_when_named_twice() -> None:
    one, other = make.SlotFactory.create(), make.SlotFactory.create()

    assert list(lock_slots(slot_ids=[other.pk, one.pk, other.pk])) == [one.pk, other.pk]


@pytest.mark.django_db
def test_chain_when_a_move_waits() -> None:
    old, draft = make.waiting_move()
    target = make.SlotFactory.create()

    locked = lock_chain(appointment_id=old.pk, also_slots=[target.pk])

    assert (locked.appointment, locked.replacement, locked.chain) == (old, draft, old.chain)
    assert set(locked.slots) == {old.slot_id, draft.slot_id, target.pk}
    assert lock_chain(appointment_id=draft.pk).replacement is None


@pytest.mark.django_db
def test_chain_when_unknown() -> None:
    with pytest.raises(Appointment.DoesNotExist):
        lock_chain(appointment_id=0)


@pytest.mark.django_db
def test_chain_when_it_grows_before_it_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    old, _ = make.waiting_move()
    seen = [{old.pk: old.slot_id}]
    real = locks._wanted
    monkeypatch.setattr(locks, "_wanted", lambda *args: seen.pop() if seen else real(*args))

    with pytest.raises(ChangedMeanwhileError):
        lock_chain(appointment_id=old.pk)


@pytest.mark.django_db
def test_chain_when_a_stale_copy_is_in_hand() -> None:
    stale = make.booked()
    Appointment.objects.filter(pk=stale.pk).update(version=9)

    with transaction.atomic():
        assert lock_chain(appointment_id=stale.pk).appointment.version == 9
