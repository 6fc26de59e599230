"""What a centre lacks, from the facts alone."""

from dataclasses import replace
from typing import Any

import pytest

from appointments.setup.steps import NEEDED_ROLES, CentreFacts, HouseFacts, StepCode, left, steps_of

CENTRE = CentreFacts(
    has_phone=True,
    has_finance_phone=True,
    has_terms=True,
    has_website=True,
    doctors=2,
    roles=frozenset(NEEDED_ROLES),
)
HOUSE = HouseFacts(
    reasons_for=frozenset({"patients", "staff", "doctors"}),
    providers=("Stripe",),
    sends_mail=True,
    second_factor=True,
)


def test_steps_when_all_is_there() -> None:
    steps = steps_of(CENTRE, HOUSE)

    assert [step.code for step in steps] == list(StepCode)
    assert [step.code for step in steps if not step.is_done] == [StepCode.SMS]
    assert left(steps) == 0


def test_steps_when_nothing_is_there() -> None:
    steps = steps_of(CentreFacts(missing_years=(2026, 2027)), HouseFacts())

    assert [step.code for step in steps if step.is_done] == []
    assert left(steps) == len(StepCode) - 1
    assert {step.code: step.missing for step in steps if step.missing} == {
        StepCode.REASONS: ("patients", "staff", "doctors"),
        StepCode.HOLIDAYS: ("2026", "2027"),
        StepCode.PEOPLE: NEEDED_ROLES,
    }


@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"has_phone": False}, StepCode.CENTRE),
        ({"has_terms": False}, StepCode.POLICY),
        ({"has_website": False}, StepCode.CHANNEL),
        ({"doctors_without_times": ("Dr Rao",)}, StepCode.TIMES),
        ({"missing_years": (2027,)}, StepCode.HOLIDAYS),
        ({"has_finance_phone": False}, StepCode.FINANCE_PHONE),
        ({"roles": frozenset(NEEDED_ROLES[1:])}, StepCode.PEOPLE),
    ],
)
def test_steps_when_a_centre_lacks_one(lacks: dict[str, Any], code: StepCode) -> None:
    steps = steps_of(replace(CENTRE, **lacks), HOUSE)

    assert [step.code for step in steps if not step.is_done and not step.is_optional] == [code]


@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"reasons_for": frozenset({"patients"})}, StepCode.REASONS),
        ({"providers": ()}, StepCode.PROVIDER),
        ({"half_providers": ("Razorpay",)}, StepCode.PROVIDER),
        ({"sends_mail": False}, StepCode.MAIL),
        ({"second_factor": False}, StepCode.SECOND_FACTOR),
    ],
)
def test_steps_when_the_house_lacks_one(lacks: dict[str, Any], code: StepCode) -> None:
    steps = steps_of(CENTRE, replace(HOUSE, **lacks))

    assert [step.code for step in steps if not step.is_done and not step.is_optional] == [code]
