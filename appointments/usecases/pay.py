"""Pay for a draft: a first booking, or what is owed for a move."""

from datetime import datetime
from uuid import UUID

from appointments import queries, record
from appointments.actor import Actor
from appointments.errors import NothingDueError, NotPermittedError, WrongAmountError, WrongStatusError
from appointments.facts import booking_facts, is_run_out
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, AppointmentEvent
from appointments.transactions import in_one_transaction
from appointments.usecases.book import settle_draft
from appointments.usecases.money import give_back
from appointments.usecases.reschedule import complete_move
from policies.rules.facts import RESCHEDULABLE, PaymentMethod
from policies.rules.money import Allocation, way_back
from refunds import operations as refund_operations
from refunds.models import Checkout, Method, Payment, Purpose

_CAUSE = "pay"


def amount_due(draft: Appointment) -> int:
    """Return what is still to be paid for a draft, in minor units: for a move what its quote says, else the rest of the price."""
    if draft.pending_move:
        return int(draft.pending_move["quote"]["due"])
    booking = booking_facts(draft)
    return max(draft.slot.price - booking.held - booking.left_of_insurer, 0)


@in_one_transaction
def start_payment(*, appointment_id: int, gateway: str, return_url: str, now: datetime) -> Checkout:
    """Open (or find) the checkout for what a draft still owes; it can be paid until the hold runs out.

    Raises WrongStatusError for anything but a live draft, NothingDueError if nothing is owed.
    """
    draft = lock_chain(appointment_id=appointment_id).appointment
    if draft.status != Appointment.Status.DRAFT or is_run_out(draft, now=now) or draft.hold_expires_at is None:
        raise WrongStatusError("pay")
    due = amount_due(draft)
    if not due:
        raise NothingDueError
    return refund_operations.open_checkout(
        source=draft.chain.source,
        purpose=_purpose(draft),
        cause=f"{_CAUSE}:{draft.pk}",
        amount=due,
        currency=draft.chain.currency,
        gateway=gateway,
        return_url=return_url,
        expires_at=draft.hold_expires_at,
        now=now,
    )


@in_one_transaction
def record_desk_payment(
    *, appointment_id: int, method: PaymentMethod, amount: int, reference: str, actor: Actor, now: datetime
) -> Payment:
    """Record what was paid at the desk, by bank or by the insurer for a draft, and book it if that was the rest.

    With a `reference` a repeat returns the first payment. Raises WrongStatusError for anything but a live draft,
    WrongAmountError for nothing, for more than is owed, or less for a move, and NotPermittedError for an insurer who would pay for a move:
    what stands for the new time then is the patient's own.
    """
    locked = lock_chain(appointment_id=appointment_id)
    draft = locked.appointment
    if draft.status != Appointment.Status.DRAFT or is_run_out(draft, now=now):
        raise WrongStatusError("pay")
    if draft.holds_a_move and method is PaymentMethod.INSURANCE:
        raise NotPermittedError
    due = amount_due(draft)
    if not 0 < amount <= due or (draft.holds_a_move and amount != due):
        raise WrongAmountError(due)
    # A card checkout that is open asks for more than will be owed.
    refund_operations.close_checkouts(cause=f"{_CAUSE}:{draft.pk}")
    payment = refund_operations.record_manual_payment(
        source=draft.chain.source,
        purpose=_purpose(draft),
        method=Method(method.value),
        holder=draft.chain.patient.credit_holder,
        amount=amount,
        currency=draft.chain.currency,
        reference=reference,
        now=now,
        actor=actor.label,
    )
    if not _is_noted(payment.pk):
        _take_note(locked, payment, actor=actor, now=now)
    return payment


@in_one_transaction
def apply_payment(*, payment_id: UUID, now: datetime) -> None:
    """Do what a captured payment was made for, once: book the draft or complete the move.

    Money that came too late, twice or in the wrong amount goes back in full by itself.
    """
    purpose = queries.payment(payment_id).cause
    cause, _, appointment_id = purpose.partition(":")
    if cause != _CAUSE:
        raise ValueError(f"payment {payment_id} was made for {purpose}")
    locked = lock_chain(appointment_id=int(appointment_id))
    if not _is_noted(payment_id):
        _take_note(locked, queries.payment(payment_id), actor=Actor.system("payment"), now=now)


def _is_noted(payment_id: UUID) -> bool:
    return AppointmentEvent.objects.filter(payment=payment_id).exists()


def _purpose(draft: Appointment) -> Purpose:
    return Purpose.CONSULTATION if draft.replaces_id is None else Purpose.RESCHEDULE


def _take_note(locked: LockedChain, payment: Payment, *, actor: Actor, now: datetime) -> None:
    draft = locked.appointment
    record.note_payment(appointment=draft, payment=payment.pk, actor=actor, now=now)
    if not payment.usable or draft.status != Appointment.Status.DRAFT:
        _give_back_whole(locked, payment, now=now)
    elif draft.replaces_id is not None:
        _complete_paid_move(draft.replaces_id, payment, actor=actor, now=now)
    elif payment.method == PaymentMethod.INSURANCE:
        settle_draft(locked, actor=actor, now=now)
    elif payment.amount > amount_due(draft):
        _give_back_whole(locked, payment, now=now)
    else:
        locked.chain.held += payment.amount
        locked.chain.save(update_fields=["held"])
        settle_draft(locked, actor=actor, now=now)


def _complete_paid_move(old_id: int, payment: Payment, *, actor: Actor, now: datetime) -> None:
    locked = lock_chain(appointment_id=old_id)
    if locked.replacement and locked.appointment.status in RESCHEDULABLE:
        complete_move(locked, locked.replacement, actor=actor, now=now)
    else:
        _give_back_whole(locked, payment, now=now)


def _give_back_whole(locked: LockedChain, payment: Payment, *, now: datetime) -> None:
    if not payment.remaining:
        return
    part = Allocation(str(payment.pk), payment.remaining, way_back(PaymentMethod(payment.method)))
    actor = Actor.system("payment came too late")
    give_back([part], chain=locked.chain, cause=f"late:{payment.pk}", actor=actor, now=now)
