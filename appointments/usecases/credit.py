"""What the clinic owes a patient: it pays for a draft, or is paid out as money."""

from datetime import datetime

from appointments.actor import Actor
from appointments.errors import NothingDueError, WrongStatusError
from appointments.locks import lock_chain
from appointments.models import Appointment, Patient
from appointments.transactions import in_one_transaction
from appointments.usecases.pay import amount_due, record_desk_payment
from policies.rules.facts import PaymentMethod
from refunds import queries as refund_queries
from refunds.manual import credit
from refunds.models import Payment, Refund, Way


@in_one_transaction
def pay_with_credit(*, appointment_id: int, actor: Actor, now: datetime) -> Payment:
    """Pay a draft with the patient's credit, as far as it goes, and do what that is for: book it, or complete the move.

    A first booking takes what there is; what is still owed is paid another way. A move is paid whole or not at all. Raises
    WrongStatusError for anything but a live draft, NothingDueError if nothing is owed or there is no credit, and
    WrongAmountError for credit that does not cover a move.
    """
    draft = lock_chain(appointment_id=appointment_id).appointment
    if draft.status != Appointment.Status.DRAFT:
        raise WrongStatusError("pay")
    amount = min(amount_due(draft), _balance(draft.chain.patient.credit_holder, draft.chain.currency))
    if not amount:
        raise NothingDueError
    return record_desk_payment(
        appointment_id=appointment_id,
        method=PaymentMethod.CREDIT,
        amount=amount,
        reference=f"credit for {draft.reference}",
        actor=actor,
        now=now,
    )


@in_one_transaction
def pay_out_credit(*, user_id: int, currency: str, way: Way, actor: Actor, now: datetime) -> Refund:
    """Pay all of the signed-in patient's credit in a currency out as money, by transfer or at the cash desk.

    Raises Patient.DoesNotExist, `refunds.errors.CreditTooLow` where there is none (any more), and `WayNotPossible`.
    """
    holder = Patient.objects.get(user_id=user_id).credit_holder
    return credit.pay_out_credit(holder=holder, currency=currency, way=way, requested_by=actor.label, now=now)


def _balance(holder: str, currency: str) -> int:
    return max(refund_queries.credit_balance(holder=holder, currency=currency), 0)
