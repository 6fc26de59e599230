"""A centre's own words: what may stand in them."""

import pytest

from appointments.wording.additions import filled_in, problem_with

VALUES = {"patient": "Rosa", "when": "Monday", "reference": "K7QP-3MHC", "phone": "020 7946 0100"}


@pytest.mark.parametrize(
    "text",
    ["Bring your card.", "{patient}, come to gate 2 on {when}.", "Say {reference} at {phone}.", "{{so}}", "50 %"],
)
def test_problem_when_all_is_well(text: str) -> None:
    assert problem_with(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Come to {gate}.", "{gate} is not known"),
        ("{patient.email}", "{patient.email} is not known"),
        ("{when!r}", "{when} is not known"),
        ("{when:>999999999}", "{when} is not known"),
        ("{}", "{} is not known"),
        ("{0}", "{0} is not known"),
        ("Come {when", "A brace is open or closed alone"),
        ("Pay at https://pay.example/now", "No web addresses"),
        ("Pay at www.example.in", "No web addresses"),
        ("Pay at clinic-pay.com", "No web addresses"),
    ],
)
def test_problem_when_it_cannot_be_used(text: str, said: str) -> None:
    assert said in (problem_with(text) or "")


def test_filled_in_when_on_several_lines() -> None:
    assert filled_in("{patient},\n- come\x1f {when}", VALUES) == "Rosa, - come Monday"
