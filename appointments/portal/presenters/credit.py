"""What the pages about a patient's credit show."""

from typing import Any

from django.utils.translation import gettext as _

from appointments.models import Appointment, User
from appointments.portal.presenters.common import SummaryRow, money, page_about
from appointments.usecases.pay import amount_due
from appointments.wording.formats import format_moment
from refunds import queries as refund_queries
from refunds.manual.credit import credit_balances, credit_entries, ways_to_pay_out
from refunds.models import Account, Way
from refunds.money import formatted

_MOST_LISTED = 100


def credit_page(user: User) -> dict[str, Any]:
    """Return the balance in each currency, and the newest entries with their dates."""
    holder = user.patient.credit_holder if hasattr(user, "patient") else ""
    balances = credit_balances(holder=holder) if holder else {}
    entries = credit_entries(holder=holder)[:_MOST_LISTED] if holder else ()
    return {
        "balances": [
            {
                "amount": formatted(amount=amount, currency=currency),
                "currency": currency,
                "can_pay_out": bool(ways_to_pay_out(amount=amount, currency=currency)),
            }
            for currency, amount in balances.items()
        ],
        "entries": [
            {
                "is_given": entry.credit == Account.PATIENT_CREDIT,
                "amount": formatted(amount=entry.amount, currency=entry.currency),
                "at": entry.at,
            }
            for entry in entries
        ],
    }


def pay_out_ways(user: User, *, currency: str) -> list[Way]:
    """Return how the patient's credit in this currency can be paid out; none where there is none."""
    amount = credit_balances(holder=user.patient.credit_holder).get(currency, 0) if hasattr(user, "patient") else 0
    return ways_to_pay_out(amount=amount, currency=currency) if amount > 0 else []


def pay_out_page(user: User, *, currency: str) -> dict[str, Any]:
    """Return what would be paid out: all of it."""
    amount = refund_queries.credit_balance(holder=user.patient.credit_holder, currency=currency)
    return {"amount": formatted(amount=amount, currency=currency)}


def covers(draft: Appointment) -> bool:
    """Tell whether the patient's credit covers what a move costs."""
    return 0 < amount_due(draft) <= _balance(draft)


def pay_page(draft: Appointment, old: Appointment) -> dict[str, Any]:
    """Return what is owed for the move, what there is, and what is left."""
    due, balance = amount_due(draft), _balance(draft)
    return page_about(
        old,
        new_when=format_moment(draft.slot.starts_at, centre=draft.centre),
        due=money(due, draft),
        rows=[
            SummaryRow(_("Your credit"), money(balance, draft), kind="amount"),
            SummaryRow(_("For the change"), money(due, draft), kind="deduction"),
            SummaryRow(_("Credit left"), money(balance - due, draft), kind="total"),
        ],
    )


def _balance(draft: Appointment) -> int:
    holder = draft.chain.patient.credit_holder
    return refund_queries.credit_balance(holder=holder, currency=draft.chain.currency)
