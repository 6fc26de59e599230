"""A clinic in London at a moment that stands still."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import NOW
from tests.notifications.letters import appointment, slot

__all__ = ["appointment", "slot"]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The pages read the clock; here it stands at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
