"""PostgreSQL and Redis of the launcher, which here can be killed and come back as they were."""

import os
import subprocess
import time

import psycopg
import redis

from tests.services import Services

BACK_WITHIN_SECONDS = 60.0
_ASK_EVERY_SECONDS = 0.1


class Servers:
    """A database and a broker by address. Those that the environment names are used, and never killed."""

    def __init__(self) -> None:
        self._services = Services()
        self._own: dict[str, subprocess.Popen[bytes]] = {}
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.redis_url = os.environ.get("REDIS_URL", "")

    @property
    def own(self) -> list[str]:
        """Which of them are ours: postgres, redis."""
        return sorted(self._own)

    def start(self) -> None:
        """Start what the environment does not name. SystemExit when one does not start."""
        if not self.database_url:
            self.database_url = self._services.start_postgres()
            self._own["postgres"] = self._services.watched[-1][1]
            self._keep_what_was_committed()
        if not self.redis_url:
            self.redis_url = self._services.start_redis()
            self._own["redis"] = self._services.watched[-1][1]

    def kill(self, name: str) -> None:
        """Kill one without warning; what it had promised to keep is on disk (PostgreSQL) or lost (Redis)."""
        self._own[name].kill()
        self._own[name].wait()

    def restart(self, name: str) -> None:
        """Start a killed one again, at the same address. Raises TimeoutError when it does not come back."""
        dead = self._own[name]
        stop_with = next(by for by, process in self._services.watched if process is dead)
        deadline = time.monotonic() + BACK_WITHIN_SECONDS
        while time.monotonic() < deadline:
            # PostgreSQL refuses to start while a backend of the dead server still ends.
            again = self._services._spawn(_command(dead), log=name)
            self._services.watch(again, stop_with=stop_with)
            self._own[name] = again
            while again.poll() is None and time.monotonic() < deadline:
                if self._answers(name):
                    return
                time.sleep(_ASK_EVERY_SECONDS)
        raise TimeoutError(f"{name} did not come back")

    def close(self) -> None:
        """Stop what is ours, and remove its folder."""
        self._services.close()

    def _answers(self, name: str) -> bool:
        try:
            if name == "redis":
                return bool(redis.Redis.from_url(self.redis_url, socket_timeout=1).ping())
            with psycopg.connect(self.database_url, connect_timeout=1) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except (redis.RedisError, psycopg.Error):
            return False

    def _keep_what_was_committed(self) -> None:
        """Say yes to a commit only when it is written: tests do without, a killed server would lose the last ones."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE app SET synchronous_commit = on")


def _command(process: subprocess.Popen[bytes]) -> list[str]:
    assert isinstance(process.args, list)
    return process.args
