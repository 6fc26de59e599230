"""Phone numbers as people at a centre write them."""

import pytest

from appointments.models import Centre
from appointments.phones import international, region_of


@pytest.mark.parametrize(
    ("number", "region", "expected"),
    [
        ("098220 11223", "IN", "+919822011223"),
        ("+91 98220-11223", "GB", "+919822011223"),
        ("0091 98220 11223", "GB", "+919822011223"),
        ("07700 900101", "GB", "+447700900101"),
        ("06 6982 0001", "IT", "+390669820001"),
        ("07700 900101", "", ""),
        ("12", "IN", ""),
        ("not a number", "IN", ""),
    ],
)
def test_number_when_read(number: str, region: str, expected: str) -> None:
    assert international(number, region=region) == expected


@pytest.mark.parametrize(
    ("phone", "country", "locale", "expected"),
    [
        ("+44 20 7946 0100", "IN", "en_IN", "GB"),
        ("020 7946 0100", "GB", "en_IN", "GB"),
        ("020 7946 0100", "", "en_IN", "IN"),
        ("none yet", "", "en", ""),
    ],
)
def test_region_when_centre(phone: str, country: str, locale: str, expected: str) -> None:
    assert region_of(Centre(phone=phone, country=country, locale=locale)) == expected
