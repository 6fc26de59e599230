"""What was measured, as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line: what, the figure in words, and how it was measured."""

    what: str
    figure: str
    how: str


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed. Raises ValueError without values."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[max(math.ceil(len(values) * percent / 100), 1) - 1]


def table(figures: Sequence[Figure]) -> str:
    """The figures under each other."""
    wide = max(len(figure.what) for figure in figures)
    wide_figure = max(len(figure.figure) for figure in figures)
    return "\n".join(f"{figure.what:{wide}}  {figure.figure:>{wide_figure}}  {figure.how}" for figure in figures)


def milliseconds(seconds: float) -> str:
    """In words."""
    return f"{seconds * 1000:.0f} ms"
