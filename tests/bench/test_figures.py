"""The arithmetic of the bench."""

import pytest

from tests.bench.figures import Figure, milliseconds, percentile, table


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [([3.0], 95, 3.0), (list(range(1, 101)), 95, 95), (list(range(100, 0, -1)), 50, 50), ([1.0, 9.0], 95, 9.0)],
)
def test_percentile_when_values(values: list[float], percent: int, found: float) -> None:
    assert percentile(values, percent) == found


def test_percentile_when_nothing_was_measured() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 95)


def test_table_when_printed() -> None:
    figures = [Figure("quotes", "9 a second", "one process"), Figure("p95", milliseconds(0.0125), "50 patients")]

    assert table(figures) == "quotes  9 a second  one process\np95          12 ms  50 patients"
