"""Single values that cannot be taken: amounts, hours, percentages, times, choices."""

import json

import pytest

from policies.cases import answer_line
from tests.policies.cases.worked import a_case, error_of, shown, spoil

TIME = "must be an ISO 8601 time with an offset from UTC"
NUMBER = "must be a finite decimal number"
COUNT = "must be a whole number, 0 or more"

AMOUNTS = ["appointment.held", "payments.0.amount", "payments.0.refunded", "channel.handling_fee"]
AMOUNTS += ["policy.reschedule_fee"]


@pytest.mark.parametrize("path", AMOUNTS)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-0.01", "must not be negative"),
        (-1, "must not be negative"),
        ("1.005", "has more than the currency's 2 decimal places"),
        (0.001, "has more than the currency's 2 decimal places"),
        ("10000000000000.01", "is too large"),
        ("NaN", NUMBER),
        ("Infinity", NUMBER),
        ("1e9", NUMBER),
        ("1,000.00", NUMBER),
        ("", NUMBER),
        ("\u0661", NUMBER),
        (True, NUMBER),
        (None, NUMBER),
        ([], NUMBER),
        (float("nan"), NUMBER),
        (float("inf"), NUMBER),
        (float("-inf"), NUMBER),
        ("9" * 41, NUMBER),
    ],
)
def test_amount_when_it_is_none(path: str, value: object, message: str) -> None:
    assert error_of(spoil(a_case(), path, value)) == (shown(path), message)


def test_amount_when_1e999() -> None:
    text = json.dumps(spoil(a_case(), "appointment.held", 0.5)).replace("0.5,", "1e999,")

    assert json.loads(answer_line(text.encode())[0])["error"]["message"] == NUMBER


def test_amount_when_yen_have_places() -> None:
    case = spoil(a_case() | {"currency": "JPY"}, "payments.0.amount", "500.5")

    assert error_of(case) == ("payments[0].amount", "has more than the currency's 0 decimal places")


HOURS = ["policy.cooling_off_hours", "policy.window_hours", "policy.reschedule_window_hours"]
HOURS += ["policy.tiers.0.hours", "channel.deadline_hours"]


@pytest.mark.parametrize("path", HOURS)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-1, "must be from 0 to 878400 hours"),
        ("-0.01", "must be from 0 to 878400 hours"),
        (878_401, "must be from 0 to 878400 hours"),
        ("a day", NUMBER),
        (True, NUMBER),
        ([], NUMBER),
        (float("nan"), NUMBER),
    ],
)
def test_hours_when_out_of_range(path: str, value: object, message: str) -> None:
    assert error_of(spoil(a_case(), path, value)) == (shown(path), message)


@pytest.mark.parametrize("path", ["policy.tiers.0.percent", "override_percent", "appointment.percent_cap"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (101, "must be from 0 to 100"),
        ("100.01", "must be from 0 to 100"),
        (-1, "must be from 0 to 100"),
        ("1e9", NUMBER),
        (False, NUMBER),
        ({}, NUMBER),
        (float("inf"), NUMBER),
    ],
)
def test_percent_when_out_of_range(path: str, value: object, message: str) -> None:
    assert error_of(spoil(a_case(), path, value)) == (shown(path), message)


@pytest.mark.parametrize(
    ("path", "choices"),
    [
        ("kind", "cancellation, reschedule"),
        ("actor", "patient, staff, doctor, system"),
        ("policy.price_difference", "charge_difference, credit_difference, fixed_fee"),
        (
            "appointment.status",
            "draft, pending_approval, confirmed, checked_in, completed, no_show, cancelled, rescheduled",
        ),
        (
            "payments.0.method",
            ("card, upi, wallet, netbanking, gateway, razorpay, stripe, cash, bank_transfer, insurance, credit"),
        ),
    ],
)
@pytest.mark.parametrize("value", ["barter", "", "CARD", None, 7, []])
def test_choice_when_unknown(path: str, choices: str, value: object) -> None:
    assert error_of(spoil(a_case(), path, value)) == (shown(path), f"must be one of: {choices}")


def test_actor_who_needs_a_reason_when_unknown() -> None:
    field, message = error_of(spoil(a_case(), "policy.reason_required", ["staff", "janitor"]))

    assert (field, message) == ("policy.reason_required[1]", "must be one of: patient, staff, doctor, system")


@pytest.mark.parametrize("value", ["ABC", "inr", "", None, 356, ["INR"]])
def test_currency_when_unknown(value: object) -> None:
    assert error_of(a_case() | {"currency": value}) == ("currency", "must be a currency code of ISO 4217")


@pytest.mark.parametrize("path", ["at", "appointment.start", "appointment.booked_at", "payments.0.captured_at"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-03-08T09:00:00", TIME),
        ("2026-03-08", TIME),
        ("2026-02-30T09:00:00+05:30", TIME),
        ("soon", TIME),
        ("0001-01-01T00:00:00+23:59", TIME),
        ("9999-12-31T23:59:59-23:59", TIME),
        (1_772_000_000, "must be a text"),
        (None, "must be a text"),
        ("2026-03-08T09:00:00.0000001+05:30", "must not be finer than a microsecond"),
    ],
)
def test_time_when_none(path: str, value: object, message: str) -> None:
    assert error_of(spoil(a_case(), path, value)) == (shown(path), message)


@pytest.mark.parametrize("path", ["policy.max_reschedules", "policy.free_reschedules", "appointment.reschedules"])
@pytest.mark.parametrize("value", [-1, 1.5, "1", True, None])
def test_count_when_none(path: str, value: object) -> None:
    assert error_of(spoil(a_case(), path, value)) == (path, COUNT)


FLAGS = ["hospital_initiated", "channel.self_service", "policy.tiers.0.inclusive", "policy.same_doctor_required"]


@pytest.mark.parametrize("path", [*FLAGS, "policy.keep_tier_after_reschedule"])
@pytest.mark.parametrize("value", ["true", 1, None])
def test_flag_when_none(path: str, value: object) -> None:
    assert error_of(spoil(a_case(), path, value)) == (shown(path), "must be true or false")


@pytest.mark.parametrize("path", ["appointment.doctor", "payments.0.id"])
def test_text_when_none(path: str) -> None:
    assert error_of(spoil(a_case(), path, 7)) == (shown(path), "must be a text")
