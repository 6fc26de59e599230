"""The two leaf apps may not know each other; what both know of currencies must be the same."""

import pytest

from policies.rules.currencies import PLACES
from refunds.currencies import places_of


@pytest.mark.parametrize("currency", sorted(PLACES))
def test_places_when_both_apps_are_asked(currency: str) -> None:
    assert places_of(currency) == PLACES[currency]
