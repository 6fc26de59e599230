"""The answer to a case, as the JSON that `manage.py quote` writes."""

import json
from typing import Any

from policies.cases.reading import Case, InvalidCaseError, parse_line, read_case
from policies.cases.values import write_amount, write_instant
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import CancellationRequest
from policies.rules.money import Allocation, percent_text
from policies.rules.quote import CancellationQuote, RescheduleQuote
from policies.rules.rescheduling import quote_reschedule


def answer_line(line: bytes) -> tuple[str, bool]:
    """Return the answer to one line as JSON, and whether the case could be taken."""
    identifier: object = None
    try:
        raw = parse_line(line)
        identifier = raw.get("id")
        return json.dumps(answer_case(read_case(raw))), True
    except InvalidCaseError as error:
        about = {"code": "invalid_case", "field": error.field, "message": error.message}
        known = identifier if isinstance(identifier, str) else None
        return json.dumps({"id": known, "error": about}), False


def answer_case(case: Case) -> dict[str, Any]:
    """Decide a case and return the answer with amounts and percentages as texts."""
    if isinstance(case.request, CancellationRequest):
        quote = quote_cancellation(case.terms, case.booking, case.request, case.at)
        return {"id": case.id, **_describe_cancellation(quote, case.places)}
    assert case.target is not None
    move = quote_reschedule(case.terms, case.booking, case.target, case.request, case.at)
    return {"id": case.id, **_describe_reschedule(move, case.places)}


def _describe_cancellation(quote: CancellationQuote, places: int) -> dict[str, Any]:
    if not quote.allowed:
        return {
            "allowed": False,
            "refusal": quote.refusal,
            "changes_at": None,
            "reason_required": quote.reason_required,
        }
    return {
        "allowed": True,
        "refusal": None,
        "rule": quote.rule,
        "percent": percent_text(quote.percent),
        "held": write_amount(quote.held, places),
        "gross": write_amount(quote.gross, places),
        "fee": write_amount(quote.fee, places),
        "refund": write_amount(quote.refund, places),
        "insured": write_amount(quote.insured, places),
        "allocations": _describe_allocations(quote.allocations, places),
        "changes_at": write_instant(quote.changes_at) if quote.changes_at else None,
        "reason_required": quote.reason_required,
    }


def _describe_reschedule(quote: RescheduleQuote, places: int) -> dict[str, Any]:
    if not quote.allowed:
        return {"allowed": False, "refusal": quote.refusal}
    return {
        "allowed": True,
        "refusal": None,
        "fee": write_amount(quote.fee, places),
        "difference": write_amount(quote.difference, places),
        "due": write_amount(quote.due, places),
        "refund": write_amount(quote.refund, places),
        "credit": write_amount(quote.credit, places),
        "held_after": write_amount(quote.held_after, places),
        "allocations": _describe_allocations(quote.allocations, places),
        "reschedules": quote.reschedules,
        "reschedules_left": quote.reschedules_left,
        "percent_cap": None if quote.percent_cap is None else percent_text(quote.percent_cap),
    }


def _describe_allocations(allocations: tuple[Allocation, ...], places: int) -> list[dict[str, str]]:
    return [
        {"payment": part.payment, "amount": write_amount(part.amount, places), "method": part.way}
        for part in allocations
    ]
