"""The only row locks of this app, in one order: centres by pk, an account, a leave, a doctor, slots by pk, appointments by pk, a waiting entry.

Whoever changes a chain or its money holds the locks of all its live appointments. What is returned was read under the
lock. On SQLite the transaction itself is the lock (BEGIN IMMEDIATE).
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from appointments.errors import ChangedMeanwhileError
from appointments.models import (
    AppConsent,
    Appointment,
    Centre,
    Chain,
    Doctor,
    EmergencyLeave,
    Patient,
    Slot,
    User,
    WaitingEntry,
)


@dataclass(frozen=True, slots=True)
class LockedChain:
    """A chain under lock: the appointment asked for, and the draft that waits to replace it, if there is one."""

    appointment: Appointment
    chain: Chain
    slots: dict[int, Slot]
    replacement: Appointment | None


def lock_centres(*, centre_ids: Collection[int]) -> dict[int, Centre]:
    """Lock centres, lowest pk first, and return them by pk: people are entered at them one by one; booking goes on meanwhile.

    Raises Centre.DoesNotExist if one is not there.
    """
    _require_transaction()
    locked = Centre.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(centre_ids)).order_by("pk")
    centres = {centre.pk: centre for centre in locked}
    if len(centres) != len(set(centre_ids)):
        raise Centre.DoesNotExist
    return centres


def lock_leave(*, leave_id: int) -> EmergencyLeave:
    """Lock an emergency leave and return it, its doctor loaded. Raises EmergencyLeave.DoesNotExist."""
    _require_transaction()
    leaves = EmergencyLeave.objects.select_for_update(of=("self",)).select_related("doctor__centre")
    return leaves.get(pk=leave_id)


def lock_doctor(*, doctor_id: int) -> Doctor:
    """Lock and return a doctor: slots are made and withdrawn by one at a time; booking goes on. Raises Doctor.DoesNotExist."""
    _require_transaction()
    return Doctor.objects.select_for_update(of=("self",), no_key=True).get(pk=doctor_id)


def lock_slots(*, slot_ids: Collection[int]) -> dict[int, Slot]:
    """Lock slots, lowest pk first, and return them by pk. Raises Slot.DoesNotExist if one is not there."""
    _require_transaction()
    slots = {slot.pk: slot for slot in Slot.objects.select_for_update().filter(pk__in=set(slot_ids)).order_by("pk")}
    if len(slots) != len(set(slot_ids)):
        raise Slot.DoesNotExist
    return slots


def lock_entry(*, entry_id: int) -> WaitingEntry:
    """Lock and return an entry of the waiting list; it comes after slots and appointments. Raises WaitingEntry.DoesNotExist."""
    _require_transaction()
    return WaitingEntry.objects.select_for_update(of=("self",)).select_related("centre").get(pk=entry_id)


def lock_account(*, user_id: int) -> User:
    """Lock and return an account, so that it does one thing at a time; other rows may name it meanwhile. Raises User.DoesNotExist."""
    _require_transaction()
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)


def lock_patient(*, patient_id: int) -> Patient:
    """Lock and return a patient; nothing else of this app is locked before or after it. Raises Patient.DoesNotExist."""
    _require_transaction()
    return Patient.objects.select_for_update(of=("self",)).get(pk=patient_id)


def lock_app_consent(*, app_id: int, user_id: int) -> AppConsent | None:
    """Lock and return what an account allows an app, if it does; the app's tokens are given and ended under this lock alone."""
    _require_transaction()
    consents = AppConsent.objects.select_for_update(of=("self",)).select_related("app", "user")
    return consents.filter(app=app_id, user=user_id, ended_at__isnull=True).first()


def lock_chain(*, appointment_id: int, also_slots: Collection[int] = ()) -> LockedChain:
    """Lock an appointment, every live one of its chain, and their slots; `also_slots` are locked in the same order.

    Raises Appointment.DoesNotExist, Slot.DoesNotExist, or ChangedMeanwhileError when the chain grew before it was locked.
    """
    _require_transaction()
    chain_id = Appointment.objects.values_list("chain_id", flat=True).get(pk=appointment_id)
    before = _wanted(chain_id, appointment_id)
    slots = lock_slots(slot_ids={*before.values(), *also_slots})
    # The case of a leave changes under the slot's lock only, which we hold: the joined row is as it stands.
    locked = Appointment.objects.select_for_update(of=("self",)).select_related("leave_case").filter(pk__in=before)
    appointments = {appointment.pk: appointment for appointment in locked.order_by("pk")}
    if _wanted(chain_id, appointment_id).keys() - before.keys():
        raise ChangedMeanwhileError
    chain = Chain.objects.select_related("terms", "channel__centre", "patient").get(pk=chain_id)
    for appointment in appointments.values():
        appointment.chain = chain
        appointment.slot = slots[appointment.slot_id]
    appointment = appointments[appointment_id]
    return LockedChain(appointment, chain, slots, _waiting_replacement(appointments.values(), appointment))


def _waiting_replacement(appointments: Collection[Appointment], appointment: Appointment) -> Appointment | None:
    waiting = (other for other in appointments if other.replaces_id == appointment.pk and other.holds_a_move)
    return next(waiting, None)


def _wanted(chain_id: UUID, appointment_id: int) -> dict[int, int]:
    """Return appointment pk → slot pk of everything in the chain that can still change, and of the one asked for."""
    rows = Appointment.objects.filter(chain_id=chain_id).values_list("pk", "slot_id", "status")
    return {pk: slot for pk, slot, status in rows if status not in Appointment.TERMINAL or pk == appointment_id}


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a lock needs a transaction")
