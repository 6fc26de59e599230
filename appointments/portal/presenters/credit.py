"""What the pages about a patient's credit show."""

from typing import Any

from django.utils.translation import gettext as _

from appointments.models import Appointment, User
from appointments.portal.presenters.common import SummaryRow, money, page_about
from appointments.usecases.pay import amount_due
from appointments.wording.formats import format_moment
from refunds import queries as refund_queries
from refunds.manual.credit import credit_balances, credit_entries
from refunds.models import Account
from refunds.money import formatted

_MOST_LISTED = 100


def credit_page(user: User) -> dict[str, Any]:
    """Return the balance in each currency, and the newest entries with their dates."""
    holder = user.patient.credit_holder if hasattr(user, "patient") else ""
    balances = credit_balances(holder=holder) if holder else {}
    entries = credit_entries(holder=holder)[:_MOST_LISTED] if holder else ()
    return {
        "balances": [formatted(amount=amount, currency=currency) for currency, amount in balances.items()],
        "entries": [
            {
                "is_given": entry.credit == Account.PATIENT_CREDIT,
                "amount": formatted(amount=entry.amount, currency=entry.currency),
                "at": entry.at,
            }
            for entry in entries
        ],
    }


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
