"""Every worked case of the specification, to the character and in the same order of keys."""

import json
from typing import Any

import pytest

from policies.cases import answer_line
from tests.policies.cases.worked import WORKED, a_case, drop


@pytest.mark.parametrize("pair", WORKED, ids=[pair["case"]["id"] for pair in WORKED])
def test_worked_case(pair: dict[str, Any]) -> None:
    line, taken = answer_line(json.dumps(pair["case"]).encode())

    assert taken
    assert line == json.dumps(pair["expected"])


def test_there_are_93_worked_cases() -> None:
    assert len({pair["case"]["id"] for pair in WORKED}) == 93


@pytest.mark.parametrize(
    "key",
    ["channel", "hospital_initiated", "override_percent", "appointment.percent_cap", "payments.0.refunded"],
)
def test_key_that_may_be_missing(key: str) -> None:
    whole = answer_line(json.dumps(a_case()).encode())

    assert answer_line(json.dumps(drop(a_case(), key)).encode()) == whole


def test_override_of_a_move_may_be_missing() -> None:
    line, taken = answer_line(json.dumps(drop(a_case("reschedule") | {"override": False}, "override")).encode())

    assert taken
    assert json.loads(line)["allowed"] is True


def test_inclusive_is_meant_when_missing() -> None:
    case = drop(a_case(), "policy.tiers.0.inclusive") | {"at": "2026-03-09T09:00:00+05:30"}

    assert json.loads(answer_line(json.dumps(case).encode())[0])["percent"] == "100"


@pytest.mark.parametrize("amount", [500, 500.0, "500", "500.0", "500.00"])
def test_amount_as_number_or_text(amount: object) -> None:
    case = a_case()
    case["appointment"]["held"] = amount

    assert json.loads(answer_line(json.dumps(case).encode())[0])["held"] == "500.00"


def test_answer_when_cooling_off_outlasts_the_calendar() -> None:
    case = a_case()
    case["policy"]["cooling_off_hours"] = 878_400
    case["appointment"] |= {"start": "9999-12-30T00:00:00+00:00", "booked_at": "9990-01-01T00:00:00+00:00"}
    case["at"] = "9999-12-29T00:00:00+00:00"

    assert json.loads(answer_line(json.dumps(case).encode())[0])["rule"] == "cooling_off"


def test_answer_when_the_start_is_the_end_of_the_calendar() -> None:
    case = a_case()
    case["appointment"]["start"] = "9999-12-31T23:59:59.999999+00:00"

    assert answer_line(json.dumps(case).encode())[1]


def test_changes_at_keeps_microseconds() -> None:
    case = a_case()
    case["appointment"]["start"] = "2026-03-10T09:00:00.000001+05:30"

    assert json.loads(answer_line(json.dumps(case).encode())[0])["changes_at"] == "2026-03-09T03:30:00.000001Z"


def test_amount_when_it_is_the_largest() -> None:
    case = a_case()
    case["payments"][0]["amount"] = "10000000000000.00"

    assert answer_line(json.dumps(case).encode())[1]
