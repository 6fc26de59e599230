"""Quotes as plain JSON values, to be stored with what they decided, and back."""

import hashlib
import json
from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import CancellationQuote, Line, LineCode, Refusal, RescheduleQuote


def to_record(quote: CancellationQuote | RescheduleQuote) -> dict[str, Any]:
    """Return the whole quote as JSON values: amounts as integers, percentages and instants as texts."""
    record: dict[str, Any] = json.loads(json.dumps(asdict(quote), default=_plain))
    return record


def digest(quote: CancellationQuote | RescheduleQuote) -> str:
    """Return a short fingerprint: two quotes with the same fingerprint say the same."""
    text = json.dumps(to_record(quote), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def reschedule_from_record(record: dict[str, Any]) -> RescheduleQuote:
    """Return the quote for a move that `to_record` wrote. Raises KeyError or ValueError if it is not one."""
    values = {field.name: record[field.name] for field in fields(RescheduleQuote)}
    values["refusal"] = Refusal(values["refusal"]) if values["refusal"] else None
    values["allocations"] = tuple(
        Allocation(part["payment"], part["amount"], RefundWay(part["way"])) for part in values["allocations"]
    )
    values["percent_cap"] = None if values["percent_cap"] is None else Decimal(values["percent_cap"])
    values["lines"] = lines_from_record(record)
    return RescheduleQuote(**values)


def lines_from_record(record: dict[str, Any]) -> tuple[Line, ...]:
    """Return the explanation of a stored quote, from which page, mail and certificate are worded."""
    return tuple(Line(LineCode(line["code"]), line["amount"], line["parameters"]) for line in record["lines"])


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a quote")
