"""What cannot be taken, and how the answer names it."""

import json

import pytest

from policies.cases import answer_line
from tests.policies.cases.worked import a_case, drop, error_of, shown, spoil


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "the line is no JSON"),
        (b"{'id': 1}", "the line is no JSON"),
        (b'{"id": "\xff"}', "the line is no JSON"),
        (b"[" * 100_000, "the line is no JSON"),
        (b'{"id": ' * 100_000, "the line is no JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "the line is no JSON"),
        (b'{"id": 1e999999999999999999999}', "the line is no JSON"),
        (b"[]", "the line is no JSON object"),
        (b'"text"', "the line is no JSON object"),
        (b"null", "the line is no JSON object"),
        (b"NaN", "the line is no JSON object"),
    ],
)
def test_line_when_no_json_object(line: bytes, message: str) -> None:
    answer, taken = answer_line(line)

    assert not taken
    assert json.loads(answer) == {"id": None, "error": {"code": "invalid_case", "field": "", "message": message}}


@pytest.mark.parametrize("identifier", [7, None, ["x"], {}])
def test_id_when_no_text(identifier: object) -> None:
    line, _ = answer_line(json.dumps(a_case() | {"id": identifier}).encode())

    assert json.loads(line)["id"] is None
    assert json.loads(line)["error"]["field"] == "id"


def test_error_keeps_the_id() -> None:
    line, _ = answer_line(json.dumps(a_case() | {"id": "mine", "kind": "x"}).encode())

    assert json.loads(line)["id"] == "mine"


NEEDED = [
    *("id", "kind", "at", "actor", "currency", "appointment", "payments", "policy"),
    *(f"appointment.{key}" for key in ("status", "start", "booked_at", "doctor", "reschedules", "held")),
    *(f"payments.0.{key}" for key in ("id", "amount", "method", "captured_at")),
    *(f"channel.{key}" for key in ("self_service", "deadline_hours", "handling_fee")),
    *(f"policy.{key}" for key in ("tiers", "cooling_off_hours", "window_hours", "reason_required")),
    *(f"policy.{key}" for key in ("max_reschedules", "reschedule_window_hours", "same_doctor_required")),
    *(f"policy.{key}" for key in ("free_reschedules", "reschedule_fee", "price_difference")),
    *("policy.keep_tier_after_reschedule", "policy.tiers.0.hours", "policy.tiers.0.percent"),
]


@pytest.mark.parametrize("path", NEEDED)
def test_key_when_missing(path: str) -> None:
    assert error_of(drop(a_case(), path)) == (shown(path), "is missing")


@pytest.mark.parametrize("path", ["target", "target.start", "target.doctor", "target.price", "target.available"])
def test_key_of_a_target_when_missing(path: str) -> None:
    assert error_of(drop(a_case("reschedule"), path)) == (path, "is missing")


@pytest.mark.parametrize("path", ["appointment", "policy", "channel", "payments.0", "policy.tiers.0"])
@pytest.mark.parametrize("value", [[], "text", 7])
def test_part_when_no_object(path: str, value: object) -> None:
    case = a_case()
    if path == "payments.0":
        case["payments"] = [value]
    elif path == "policy.tiers.0":
        case["policy"]["tiers"] = [value]
    else:
        spoil(case, path, value)

    assert error_of(case) == (shown(path), "must be an object")


@pytest.mark.parametrize("path", ["payments", "policy.tiers", "policy.reason_required"])
@pytest.mark.parametrize("value", [{}, "text", None])
def test_list_when_none(path: str, value: object) -> None:
    assert error_of(spoil(a_case(), path, value)) == (path, "must be a list")


def test_payments_when_two_have_the_same_id() -> None:
    case = a_case()
    case["payments"] *= 2

    assert error_of(case) == ("payments", "two payments have the same id")


def test_held_when_more_than_was_paid() -> None:
    assert error_of(spoil(a_case(), "appointment.held", "500.01")) == (
        "appointment.held",
        "is more than what is left of the patient's payments",
    )


def test_refunded_when_more_than_was_paid() -> None:
    assert error_of(spoil(a_case(), "payments.0.refunded", "500.01")) == (
        "payments[0].refunded",
        "is more than the amount",
    )
