"""What is paid by hand: the keys of bank details, the house's own accounts, bank files, the limit of the cash desk."""

import base64
import hashlib
from typing import Any

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

#: What banks ask for differs: a heading for each column, and the field that fills it (`refunds.bank.csv_file.FIELDS`).
_COLUMNS: dict[str, dict[str, Any]] = {
    "neft": {
        "currency": "INR",
        "columns": [
            ["Beneficiary Name", "name"],
            ["Beneficiary Account Number", "account"],
            ["IFSC Code", "branch"],
            ["Amount", "amount"],
            ["Payment Reference", "end_to_end_id"],
        ],
    },
    "bacs": {
        "currency": "GBP",
        "columns": [
            ["Name", "name"],
            ["Sort code", "branch"],
            ["Account number", "account"],
            ["Amount", "amount"],
            ["Reference", "end_to_end_id"],
        ],
    },
}

#: Most cash that one refund may be paid in, in minor units: `INR:2000000,GBP:50000`. Other currencies have no limit.
CASH_REFUND_LIMIT: dict[str, int] = env.dict("CASH_REFUND_LIMIT", cast={"value": int}, default={})
#: How long a refund waits after its bank details were changed.
PAYEE_CHANGE_HOLD_HOURS: int = env.int("PAYEE_CHANGE_HOLD_HOURS", default=24)
#: How long a refund waits whose bank details were given after the patient's contact details had been changed.
CONTACT_CHANGE_HOLD_DAYS: int = env.int("CONTACT_CHANGE_HOLD_DAYS", default=3)
#: For how long after such a change bank details are taken for possibly not the patient's own.
CONTACT_CHANGE_RECENT_DAYS: int = env.int("CONTACT_CHANGE_RECENT_DAYS", default=30)
#: How long the link with which a patient says how to be paid can be used.
PAYOUT_LINK_DAYS: int = env.int("PAYOUT_LINK_DAYS", default=14)
#: JSON by format: `{"neft": {"currency": "INR", "columns": [["Beneficiary Name", "name"], …]}}`.
BANK_CSV_TEMPLATES: dict[str, Any] = env.json("BANK_CSV_TEMPLATES", default=_COLUMNS)
#: JSON by currency: the account that pays: `{"EUR": {"name": …, "iban": …, "bic": …}, "INR": {"name": …, "account": …,
#: "branch": "an IFSC"}}`. pain.001 is offered for these currencies.
BANK_DEBTORS: dict[str, dict[str, str]] = env.json("BANK_DEBTORS", default={})
#: Whether somebody else than who made a bank file must release it.
BANK_FOUR_EYES: bool = env.bool("BANK_FOUR_EYES", default=True)


def bank_details_keys(*, secret_key: str, may_derive: bool) -> list[str]:
    """The keys of bank details, newest first: those of BANK_DETAILS_KEYS; on a developer's machine one out of `secret_key`.

    Without any, patients cannot give bank details. Raises `ImproperlyConfigured` for what is no key.
    """
    given: list[str] = env.list("BANK_DETAILS_KEYS", default=[])
    if not given and may_derive:
        digest = hashlib.sha256(f"fairslot bank details|{secret_key}".encode()).digest()
        return [base64.urlsafe_b64encode(digest).decode()]
    for key in given:
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                "BANK_DETAILS_KEYS holds something that is no key: make one with cryptography's Fernet.generate_key()."
            ) from None
    return given
