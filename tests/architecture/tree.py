"""The files of the project, as the checks of the house see them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
LEAVES = ("policies", "refunds")
APPS = (*LEAVES, "appointments")
_NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__"}


@dataclass(frozen=True)
class Source:
    """One text file: its path from the root of the project, and what it says."""

    path: str
    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        """`("refunds", "models", "refund.py")`."""
        return PurePosixPath(self.path).parts

    @property
    def app(self) -> str:
        """The first folder; empty for a file at the root."""
        return self.parts[0] if len(self.parts) > 1 else ""

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file."""
        return ast.parse(self.text)

    def at(self, node: ast.stmt | ast.expr | ast.alias, finding: str) -> str:
        """One finding: "path:line: what is wrong"."""
        return f"{self.path}:{node.lineno}: {finding}"


def project_paths() -> list[str]:
    """Every file under version control, or every file where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return sorted(path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file())
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not _NOT_OURS & set(path.parts))


def sources(*suffixes: str, under: tuple[str, ...] = ()) -> Iterator[Source]:
    """Files with one of these suffixes (all: none given), below one of these folders (anywhere: none given)."""
    for path in project_paths():
        if suffixes and not path.endswith(suffixes):
            continue
        if under and not path.startswith(tuple(f"{folder}/" for folder in under)):
            continue
        try:
            yield Source(path, (ROOT / path).read_text(encoding="utf-8"))
        except UnicodeDecodeError:  # a picture or a font
            continue


def product() -> Iterator[Source]:
    """The Python files of the three apps."""
    return sources(".py", under=APPS)


def name_of(node: ast.expr) -> str:
    """`a.b.c` as it is written; "" for anything but names joined by dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := name_of(node.value)):
        return f"{owner}.{node.attr}"
    return ""
