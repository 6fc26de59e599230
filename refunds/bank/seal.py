"""Sealing what must not lie open in the database: encrypted and authenticated (Fernet), bound to its own row.

The newest key of BANK_DETAILS_KEYS seals, every key opens. A sealed text copied to another row does not open there.
"""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from refunds.bank.details import BankDetails
from refunds.bank.errors import NoBankKeys, UnreadableDetails
from refunds.models import AccountKind


def can_seal() -> bool:
    """Whether details can be kept here at all."""
    return bool(settings.BANK_DETAILS_KEYS)


def seal(content: bytes, *, owner: str) -> str:
    """The content as a text that opens only for this owner. Raises `NoBankKeys`."""
    return _box().encrypt(owner.encode() + b"\n" + content).decode()


def unseal(sealed: str, *, owner: str) -> bytes:
    """What was sealed for this owner. Raises `UnreadableDetails`, `NoBankKeys`."""
    try:
        named, _, content = _box().decrypt(sealed.encode()).partition(b"\n")
    except InvalidToken:
        raise UnreadableDetails from None
    if named != owner.encode():
        raise UnreadableDetails
    return content


def seal_details(details: BankDetails, *, owner: str) -> str:
    """The details as a sealed text. Raises `NoBankKeys`."""
    fields = {"kind": details.kind, "name": details.name, "account": details.account, "branch": details.branch}
    return seal(json.dumps(fields).encode(), owner=owner)


def unseal_details(sealed: str, *, owner: str) -> BankDetails:
    """The details that were sealed for this owner. Raises `UnreadableDetails`, `NoBankKeys`."""
    fields = json.loads(unseal(sealed, owner=owner))
    return BankDetails(**fields | {"kind": AccountKind(fields["kind"])})


def _box() -> MultiFernet:
    """The lock with all our keys."""
    if not can_seal():
        raise NoBankKeys
    return MultiFernet([Fernet(key) for key in settings.BANK_DETAILS_KEYS])
