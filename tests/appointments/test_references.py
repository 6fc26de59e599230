"""References that are safe to read out."""

import itertools
import random

import pytest

from appointments.references import ALPHABET, check_character, new_reference, read_reference

LOOK_ALIKES = [set("0OQD"), set("1IL"), set("2Z"), set("5S"), set("8B"), set("UV")]
SAMPLES = [new_reference().replace("-", "") for _ in range(200)]


def test_alphabet_when_read_aloud() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 21
    assert not set(ALPHABET) & set("AEIOU")
    # Without the 0 and the O, nothing looks like Q or D; of the other pairs not even one is left.
    assert all(not set(ALPHABET) & pair for pair in LOOK_ALIKES[1:])
    assert not set(ALPHABET) & set("0O")


def test_reference_when_new() -> None:
    reference = new_reference()

    assert len(reference) == 9
    assert reference[4] == "-"
    assert read_reference(reference) == reference


def test_references_when_many() -> None:
    assert len({new_reference() for _ in range(1000)}) == 1000


def test_check_character_when_one_is_wrong() -> None:
    for sample in SAMPLES:
        for position, wrong in itertools.product(range(8), ALPHABET):
            if wrong != sample[position]:
                assert read_reference(sample[:position] + wrong + sample[position + 1 :]) is None


def test_check_character_when_neighbours_are_swapped() -> None:
    for sample in SAMPLES:
        for left in range(7):
            swapped = sample[:left] + sample[left + 1] + sample[left] + sample[left + 2 :]
            if swapped != sample:
                assert read_reference(swapped) is None


def test_check_character_when_every_pair_of_neighbours() -> None:
    """Not a sample: no two characters give the same sum when they change places, wherever they stand."""
    for one, other in itertools.combinations(ALPHABET, 2):
        for left in range(6):
            body = [random.choice(ALPHABET) for _ in range(7)]
            body[left], body[left + 1] = one, other
            swapped = [*body[:left], other, one, *body[left + 2 :]]
            assert check_character("".join(body)) != check_character("".join(swapped))


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\n"])
def test_reference_when_typed_by_a_person(typed: str) -> None:
    reference = new_reference()

    assert read_reference(typed.format(reference)) == reference
    assert read_reference(typed.format(reference.lower())) == reference
    assert read_reference(typed.format(reference.replace("-", ""))) == reference
    assert read_reference(typed.format(reference.replace("-", " "))) == reference


@pytest.mark.parametrize("typed", ["", "-", "3467", "OOOO-OOOO", "3333-333ß", "x" * 10_000, "\x00" * 8, "٣٤٦٧٩٣٤٦"])
def test_reference_when_it_is_none(typed: str) -> None:
    assert read_reference(typed) is None
