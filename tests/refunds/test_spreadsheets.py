"""No text of ours runs in a spreadsheet program."""

import pytest

from refunds.spreadsheets import harmless, on_one_line


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x","y")',
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "|cmd",
        "%0",
        "  =1",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
    ],
)
def test_harmless_when_a_formula_could_begin(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Meera = Nair", "1-2", "王小明", "मीरा नायर", "a@example.org"])
def test_harmless_when_plain(cell: str) -> None:
    assert harmless(cell) == cell


def test_line_when_it_breaks() -> None:
    assert on_one_line("one\r\ntwo\tthree\x00\x1b") == "one  two three  "
