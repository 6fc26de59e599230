"""`python -m config.catalogues`: make the files that the program reads (.mo) from the translations (.po) under locale/.

Needs no gettext on the machine. Run at every installation; .mo files are not kept under version control.
"""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_DIR = Path(__file__).resolve().parents[1] / "locale"


def compile_all(*, folder: Path = LOCALE_DIR) -> list[Path]:
    """Write a .mo beside each .po that is newer than its .mo, at once or not at all. Returns the files written."""
    return [_compile(source) for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_newer(source)]


def _is_newer(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    target = source.with_suffix(".mo")
    unfinished = target.with_suffix(f".{os.getpid()}")  # several programs may start at once
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name)
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(target)
    return target


if __name__ == "__main__":
    compile_all()
