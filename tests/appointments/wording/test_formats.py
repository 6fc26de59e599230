"""Money and time as people read them."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from appointments.models import Centre
from appointments.wording.formats import (
    format_clock,
    format_day,
    format_held_until,
    format_leaf,
    format_moment,
    format_money,
)

INDIA = Centre(time_zone="Asia/Kolkata", locale="en_IN")
LONDON = Centre(time_zone="Europe/London", locale="en_GB")
NOWHERE = Centre(time_zone="UTC", locale="tlh")


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (12_500_050, "INR", "₹1,25,000.50"),
        (0, "INR", "₹0.00"),
        (-2_500, "INR", "-₹25.00"),
        (1_500, "JPY", "JP¥1,500"),  # no places
        (1_234, "KWD", "KWD1.234"),  # three places
    ],
)
def test_money_when_in_india(minor: int, currency: str, words: str) -> None:
    with override("en"):
        assert format_money(minor, currency=currency, centre=INDIA) == words


def test_money_when_locale_is_unknown() -> None:
    with override("en"):
        assert format_money(150, currency="INR", centre=NOWHERE) == "₹1.50"


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(0, 0, "5:30am"), (6, 29, "11:59am"), (6, 30, "12:00pm"), (18, 29, "11:59pm"), (18, 30, "12:00am")],
)
def test_clock_when_in_india(hour: int, minute: int, words: str) -> None:
    with override("en"):
        assert format_clock(datetime(2026, 11, 5, hour, minute, tzinfo=UTC), centre=INDIA) == words


def test_day_when_it_is_another_at_the_centre() -> None:
    moment = datetime(2026, 11, 5, 20, 0, tzinfo=UTC)

    with override("en"):
        assert format_day(moment, centre=INDIA) == "Friday 6 November 2026"
        assert format_day(moment, centre=LONDON) == "Thursday 5 November 2026"


@pytest.mark.parametrize(("day", "clock"), [(24, "2:30pm"), (25, "1:30pm")])
def test_moment_when_clocks_go_back(day: int, clock: str) -> None:
    moment = datetime(2026, 10, day, 13, 30, tzinfo=UTC)

    with override("en"):
        assert format_moment(moment, centre=LONDON).endswith(f"at {clock}")


def test_held_until_when_another_day() -> None:
    evening, midnight = datetime(2026, 11, 5, 18, 20, tzinfo=UTC), datetime(2026, 11, 5, 18, 30, tzinfo=UTC)

    with override("en"):
        assert format_held_until(evening, centre=INDIA, now=evening) == "11:50pm"
        assert format_held_until(midnight, centre=INDIA, now=evening) == "Friday 6 November 2026 at 12:00am"


def test_day_when_read_in_another_language() -> None:
    moment = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)

    with override("de"):
        assert format_day(moment, centre=LONDON) == "Donnerstag, 5. November 2026"
        assert format_clock(moment, centre=LONDON) == "09:00"


def test_leaf_when_chinese_was_read_before() -> None:
    """Babel mixes up stand-alone month names once another language was asked for them."""
    moment = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)

    with override("zh-hans"):
        assert format_leaf(moment, centre=INDIA) == ("周四", "5", "11月")
    with override("hi"):
        assert format_leaf(moment, centre=INDIA) == ("गुरु", "5", "नव॰")
    with override("en"):
        assert format_leaf(moment, centre=INDIA) == ("Thu", "5", "Nov")


@pytest.mark.parametrize(
    ("language", "money", "moment"),
    [
        ("en", "₹1,25,000.50", "Thursday 5 November 2026 at 2:30pm"),
        ("hi", "₹1,25,000.50", "गुरुवार, 5 नवंबर 2026, 2:30 pm"),
        ("zh-hans", "₹125,000.50", "2026年11月5日星期四 14:30"),
    ],
)
def test_formats_when_in_each_language(language: str, money: str, moment: str) -> None:
    with override(language):
        assert format_money(12_500_050, currency="INR", centre=INDIA) == money
        assert format_moment(datetime(2026, 11, 5, 9, 0, tzinfo=UTC), centre=INDIA) == moment
