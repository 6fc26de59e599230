"""Until when a quote holds, the lines that explain it, and that no zone and no change of clocks moves a boundary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ChannelFacts, PaymentMethod
from policies.rules.quote import Line, LineCode
from tests.policies.bookings import BOOKED, PATIENT, START, TICK, booking, paid
from tests.policies.terms import HOUR, SEED


def test_changes_at_names_each_boundary_in_turn() -> None:
    moments = []
    now: datetime | None = BOOKED
    while now is not None:
        now = quote_cancellation(SEED, booking(), PATIENT, now).changes_at
        moments.append(now)
        now = now + TICK if now else None

    assert moments == [START - 24 * HOUR, START - 12 * HOUR, START - 2 * HOUR, START, None]


def test_lines_explain_a_tier() -> None:
    about = booking(channel=ChannelFacts(handling_fee=10_00), percent_cap=Decimal(60))

    assert quote_cancellation(SEED, about, PATIENT, START - 12 * HOUR).lines == (
        Line(LineCode.HELD, 500_00),
        Line(
            LineCode.KEPT_BY_RULE,
            -200_00,
            {
                "rule": "tier",
                "percent": "60",
                "notice_seconds": "43200",
                "inclusive": "true",
                "until": "2026-11-11T21:00:00+00:00",
                "percent_cap": "60",
            },
        ),
        Line(LineCode.HANDLING_FEE, -10_00),
        Line(LineCode.REFUND, 290_00),
    )


def test_lines_explain_cooling_off_and_the_insurer() -> None:
    payments = (paid(500_00), paid(70_00, PaymentMethod.INSURANCE, name="i"))

    assert quote_cancellation(SEED, booking(payments=payments), PATIENT, BOOKED).lines == (
        Line(LineCode.HELD, 500_00),
        Line(LineCode.KEPT_BY_RULE, 0, {"rule": "cooling_off", "percent": "100", "until": "2026-11-03T09:00:00+00:00"}),
        Line(LineCode.REFUND, 500_00),
        Line(LineCode.INSURED, 70_00),
    )


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York"])
def test_quote_is_the_same_in_every_zone(zone: str) -> None:
    here = ZoneInfo(zone)
    about = booking(starts_at=START.astimezone(here), booked_at=BOOKED.astimezone(here))

    answer = quote_cancellation(SEED, about, PATIENT, (START - 12 * HOUR).astimezone(here))

    assert answer == quote_cancellation(SEED, booking(), PATIENT, START - 12 * HOUR)


@pytest.mark.parametrize(
    ("start", "exactly_24_hours_before"),
    [
        ("2026-03-29T10:00:00+02:00", "2026-03-28T09:00:00+01:00"),
        ("2026-10-25T10:00:00+01:00", "2026-10-24T11:00:00+02:00"),
    ],
    ids=["clocks forward", "clocks back"],
)
def test_change_of_clocks_moves_no_boundary(start: str, exactly_24_hours_before: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts_at = datetime.fromisoformat(start).astimezone(berlin)
    moment = datetime.fromisoformat(exactly_24_hours_before).astimezone(berlin)
    about = booking(starts_at=starts_at, booked_at=datetime(2026, 1, 5, tzinfo=UTC))

    assert quote_cancellation(SEED, about, PATIENT, moment).percent == 75
    assert quote_cancellation(SEED, about, PATIENT, moment.astimezone(UTC) - TICK).percent == 100


def test_now_when_it_has_no_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        quote_cancellation(SEED, booking(), PATIENT, START.replace(tzinfo=None))


def test_changes_at_when_cooling_off_reaches_beyond_the_calendar() -> None:
    rules = replace(SEED, cancellation=replace(SEED.cancellation, cooling_off=timedelta(days=366 * 9000)))
    answer = quote_cancellation(rules, booking(), PATIENT, BOOKED)

    assert answer.changes_at == START
    assert answer.lines[1].parameters == {"rule": "cooling_off", "percent": "100"}
