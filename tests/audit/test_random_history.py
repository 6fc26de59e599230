"""Whatever happens in whatever order, the audit finds nothing after any of it. HISTORY_SEEDS asks for more histories a policy."""

import os
from typing import Any

import pytest

from tests.audit.deeds import Chance
from tests.audit.house import House
from tests.factories import PatientFactory, ReasonCodeFactory

STEPS = 80
SEEDS = range(1, int(os.environ.get("HISTORY_SEEDS", "2")) + 1)
TERMS: dict[str, dict[str, Any]] = {
    "charging the difference": {"reschedule_fee": 10_000, "max_reschedules": 9, "handling_fee": 2_000},
    "giving credit for nothing": {
        "price_difference": "credit_difference",
        "free_reschedules": 0,
        "reschedule_fee": 500,
    },
    "a fixed fee": {"price_difference": "fixed_fee", "reschedule_fee": 5_000, "keep_tier_after_reschedule": True},
    "no cooling-off": {"cooling_off_hours": 0, "max_reschedules": 9, "reschedule_fee": 30_000},
}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("terms", TERMS)
def test_history_when_left_to_chance(terms: str, seed: int) -> None:
    house = House.opened(**TERMS[terms])
    chance = Chance(
        house, PatientFactory.create_batch(3), seed=seed * 1000 + len(terms), reason=ReasonCodeFactory.create().code
    )
    done: list[str] = []

    for _ in range(STEPS):
        done.append(chance.step())
        assert (house.broken(), done[-12:]) == ([], done[-12:])
    assert sum(not step.startswith("(") for step in done) > STEPS / 3
