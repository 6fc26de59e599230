"""`manage.py quote` as a process of its own, with a database address that leads nowhere."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.policies.cases.worked import WORKED, a_case

ROOT = Path(__file__).parents[3]
NOWHERE = {"DATABASE_URL": "postgres://nobody@192.0.2.1:1/nothing"}
CASES = [json.dumps(pair["case"]) for pair in WORKED]
FAST = 5_000  # quotes a second that one core must give once the process has started


def run_quote(lines: bytes, *, measured: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run the command; where coverage is taken, of it too unless `measured` is False."""
    environment = {name: value for name, value in os.environ.items() if measured or not name.startswith("COV")}
    return subprocess.run(
        [sys.executable, "manage.py", "quote"],
        input=lines,
        capture_output=True,
        cwd=ROOT,
        env={**environment, **NOWHERE, "DJANGO_SETTINGS_MODULE": "config.settings"},
        timeout=120,
        check=False,
    )


def test_quote_answers_in_order() -> None:
    done = run_quote("\n".join(CASES).encode())

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [json.dumps(pair["expected"]) for pair in WORKED]


def test_quote_when_some_lines_cannot_be_taken() -> None:
    good = json.dumps(a_case() | {"id": "good"}).encode()
    lines = [good, b"{", b"", b"   ", b"\xff\xfe", json.dumps(a_case() | {"id": "bad", "actor": "cat"}).encode(), good]

    done = run_quote(b"\n".join(lines))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (2, b"")
    assert [answer["id"] for answer in answers] == ["good", None, None, "bad", "good"]
    assert [answer.get("error", {}).get("field") for answer in answers] == [None, "", "", "actor", None]


def test_quote_when_nothing_is_asked() -> None:
    done = run_quote(b"\n \n")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_quote_when_lines_end_the_windows_way_after_a_byte_order_mark() -> None:
    done = run_quote(b"\xef\xbb\xbf" + CASES[0].encode() + b"\r\n" + CASES[1].encode() + b"\r\n")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2


def seconds_of_a_processor(lines: bytes, *, answers: int) -> float:
    """What a run computes, whatever else the machine is doing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run_quote(lines, measured=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(done.stdout.splitlines()) == answers
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.slow
def test_quote_is_fast() -> None:
    lines = "\n".join((CASES * 220)[:20_000]).encode()

    start = seconds_of_a_processor(b"", answers=0)
    whole = seconds_of_a_processor(lines, answers=20_000)

    assert 20_000 / (whole - start) >= FAST
