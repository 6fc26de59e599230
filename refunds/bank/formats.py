"""Which kinds of file can be made for which currency: pain.001 where the house's account is known, CSV where a template fits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from refunds.bank.csv_file import csv_file
from refunds.bank.details import kind_for
from refunds.bank.errors import UnknownFormat
from refunds.bank.pain001 import pain001_file
from refunds.bank.rows import Transfer
from refunds.models import AccountKind

PAIN_001 = "pain.001"


def formats() -> list[tuple[str, str]]:
    """Every (currency, format) that is set up, in order."""
    by_xml = [(currency, PAIN_001) for currency in settings.BANK_DEBTORS if kind_for(currency=currency)]
    by_csv = [(template["currency"], name) for name, template in settings.BANK_CSV_TEMPLATES.items()]
    return sorted(by_xml + by_csv)


def kinds_of(*, currency: str, file_format: str) -> tuple[AccountKind, ...]:
    """The kinds of account that such a file can pay. Raises `UnknownFormat`."""
    kind = kind_for(currency=currency)
    if kind is None or (currency, file_format) not in formats():
        raise UnknownFormat
    return (kind,)


def file_of(*, file_format: str, currency: str, batch_id: UUID, transfers: Sequence[Transfer], now: datetime) -> bytes:
    """The bytes of a file. Raises `UnknownFormat`."""
    kinds_of(currency=currency, file_format=file_format)
    if file_format == PAIN_001:
        debtor = settings.BANK_DEBTORS[currency]
        return pain001_file(batch_id=batch_id, debtor=debtor, transfers=transfers, now=now)
    return csv_file(columns=settings.BANK_CSV_TEMPLATES[file_format]["columns"], transfers=transfers)


def name_of(*, file_format: str, batch_id: UUID) -> str:
    """What the file is called when it is downloaded."""
    return f"refunds-{batch_id}.{'xml' if file_format == PAIN_001 else 'csv'}"
