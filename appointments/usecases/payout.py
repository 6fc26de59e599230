"""How a refund is paid: asked of the patient, and taken from nobody else."""

from datetime import datetime
from uuid import UUID

from appointments import contacts, payouts
from appointments.models import MessageKind
from appointments.telling import tell_everybody, write_message
from appointments.transactions import in_one_transaction
from refunds import queries as refund_queries
from refunds.bank import payees
from refunds.bank.details import BankDetails
from refunds.models import Refund, RefundPayee


@in_one_transaction
def give_bank_details(*, refund_id: UUID, details: BankDetails, actor: str, now: datetime) -> RefundPayee:
    """Keep where the patient wants the money, and tell them and their carers so: whoever did not do it must hear of it.

    Where the patient's contact details changed a short while ago the refund is held, and the address of before hears of it too. Raises what `refunds.bank.payees.give_bank_details` raises.
    """
    refund = refund_queries.refund(refund_id=refund_id)
    hold = contacts.hold_for(refund=refund, now=now)
    payee = payees.give_bank_details(refund_id=refund_id, details=details, actor=actor, now=now, hold=hold)
    event = payouts.event_of(payee.refund)
    if event is None:
        return payee
    once = str(payee.number)
    tell_everybody(event=event, kind=MessageKind.PAYOUT_DETAILS, now=now, refund=refund_id, once=once)
    earlier = contacts.earlier_addresses(refund=refund, now=now)
    for number, address in enumerate(sorted(earlier), start=1):
        write_message(
            event=event,
            kind=MessageKind.PAYOUT_DETAILS,
            now=now,
            refund=refund_id,
            once=f"before{number}:{payee.number}",
            recipient=address,
        )
    return payee


@in_one_transaction
def choose_cash(*, refund_id: UUID, actor: str, now: datetime) -> Refund:
    """Let the patient collect the money at the cash desk. Raises what `refunds.bank.payees.choose_cash` raises."""
    return payees.choose_cash(refund_id=refund_id, actor=actor, now=now)


@in_one_transaction
def ask_for_bank_details(*, refund: Refund, now: datetime) -> bool:
    """Write the message that asks where to transfer a refund, once. Returns False where there is nobody to ask."""
    event = payouts.event_of(refund)
    if event is None or not payouts.can_choose(refund):
        return False
    tell_everybody(event=event, kind=MessageKind.PAYOUT_ASKED, now=now, refund=refund.pk)
    return True
