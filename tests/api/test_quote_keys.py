"""The API's quotes are those of the quote command, key for key and figure for figure."""

import json
from typing import Any

import pytest

from appointments.api.documents import cancellation_quote, reschedule_quote
from policies.cases.reading import parse_line, read_case
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import CancellationRequest
from policies.rules.rescheduling import quote_reschedule
from tests.policies.cases.worked import WORKED


@pytest.mark.parametrize("pair", WORKED, ids=[pair["case"]["id"] for pair in WORKED])
def test_quote_when_worked_case(pair: dict[str, Any]) -> None:
    case, currency = read_case(parse_line(json.dumps(pair["case"]).encode())), pair["case"]["currency"]

    if isinstance(case.request, CancellationRequest):
        own = cancellation_quote(quote_cancellation(case.terms, case.booking, case.request, case.at), currency)
    else:
        assert case.target is not None
        own = reschedule_quote(quote_reschedule(case.terms, case.booking, case.target, case.request, case.at), currency)

    assert json.dumps({"id": case.id, **own}) == json.dumps(pair["expected"])
