"""Bank details, and whether they can be right. Pure: no database, no clock.

An IBAN proves itself by its check digits (python-stdnum). Indian and British account numbers prove nothing without the banks' own
tables, so they are asked for twice; an IFSC is four letters of the bank, a zero kept for later, and six of the branch (Reserve Bank of
India).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import stdnum.exceptions
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import iban

from refunds.bank.errors import BadDetails
from refunds.models import AccountKind

LONGEST_NAME = 70
"""What SEPA and most national formats take."""

_IFSC = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
_INDIAN_ACCOUNT = re.compile(r"[0-9]{9,18}")
_SORT_CODE = re.compile(r"[0-9]{6}")
_BRITISH_ACCOUNT = re.compile(r"[0-9]{8}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")

_NATIONAL = {"INR": AccountKind.INDIA, "GBP": AccountKind.UK}
#: Currencies of countries that use IBANs.
_IBAN_CURRENCIES = (
    "AED ALL AZN BAM BGN BHD BRL BYN CHF CZK DKK EGP EUR GEL HUF ILS ISK JOD KWD KZT LBP MDL MKD NOK OMR PKR PLN QAR RON"
    " RSD SAR SEK TND TRY UAH"
)
_BY_IBAN = frozenset(_IBAN_CURRENCIES.split())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BankDetails:
    """Where money goes. `account` is an IBAN or a number; `branch` an IFSC or a sort code, empty for an IBAN."""

    kind: AccountKind
    name: str
    account: str
    branch: str = ""

    @property
    def masked(self) -> str:
        """All that is ever shown: the last four characters."""
        return f"•••• {self.account[-4:]}"

    def __repr__(self) -> str:
        """Masked as well: logs and error reports print what they find."""
        return f"<BankDetails {self.masked}>"


def kind_for(*, currency: str) -> AccountKind | None:
    """How accounts are written where this currency is paid; none where we would only guess."""
    if currency in _BY_IBAN:
        return AccountKind.IBAN
    return _NATIONAL.get(currency)


def checked_details(*, kind: AccountKind, given: Mapping[str, str]) -> BankDetails:
    """The details out of what was typed (`name`, `account`, `account_again`, `branch`). Raises `BadDetails` with every problem."""
    name = " ".join(_UNPRINTABLE.sub(" ", given.get("name", "")).split())
    account, again, branch = (_compact(given.get(field, "")) for field in ("account", "account_again", "branch"))
    problems: dict[str, str | Promise] = {}
    if not name:
        problems["name"] = _("Enter the name on the account")
    elif len(name) > LONGEST_NAME:
        problems["name"] = _("The name on the account must be 70 characters or less")
    problems |= {
        AccountKind.IBAN: _problems_of_iban,
        AccountKind.INDIA: _problems_of_indian_account,
        AccountKind.UK: _problems_of_british_account,
    }[kind](account, branch)
    if kind != AccountKind.IBAN and "account" not in problems and again != account:
        problems["account_again"] = _("The account numbers are not the same. Check both")
    if problems:
        raise BadDetails(problems=problems)
    return BankDetails(kind=kind, name=name, account=account, branch="" if kind == AccountKind.IBAN else branch)


def _compact(typed: str) -> str:
    """Without the blanks and hyphens that people put between groups."""
    return re.sub(r"[\s\u00a0.-]", "", typed).upper()


def _problems_of_iban(account: str, _branch: str) -> dict[str, str | Promise]:
    """Country, length and check digits."""
    if not account:
        return {"account": _("Enter your IBAN")}
    try:
        iban.validate(account)
    except stdnum.exceptions.ValidationError:
        return {"account": _("This IBAN is not right. Check every character")}
    return {}


def _problems_of_indian_account(account: str, branch: str) -> dict[str, str | Promise]:
    """An IFSC and nine to eighteen digits."""
    problems: dict[str, str | Promise] = {}
    if not _IFSC.fullmatch(branch):
        problems["branch"] = _("Enter the IFSC: 11 characters, the fifth is a zero, such as HDFC0001234")
    if not _INDIAN_ACCOUNT.fullmatch(account):
        problems["account"] = _("Enter the account number: 9 to 18 digits")
    return problems


def _problems_of_british_account(account: str, branch: str) -> dict[str, str | Promise]:
    """Six and eight digits."""
    problems: dict[str, str | Promise] = {}
    if not _SORT_CODE.fullmatch(branch):
        problems["branch"] = _("Enter the sort code: 6 digits, such as 20-00-00")
    if not _BRITISH_ACCOUNT.fullmatch(account):
        problems["account"] = _("Enter the account number: 8 digits; put a zero in front if yours has 7")
    return problems
