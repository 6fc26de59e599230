#!/usr/bin/env python3
"""Fill the virtual environment that runs this with the locked packages.

uv does it in seconds but reads no pip configuration, so what pip is told (files and PIP_… variables) is handed to it.
Where uv cannot do it all the same, pip does, in minutes.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

LOCKS = ["requirements-uv.txt", "requirements-dev.txt"]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]


def pip_settings() -> dict[str, str]:
    """Return pip's settings by their plain name ("index-url"); a variable of the environment wins over a file."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=True).stdout
    settings = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in {"global", "install", ":env:"}:
            settings[name] = str(ast.literal_eval(value))
    return settings


def environment_for_uv(settings: dict[str, str]) -> dict[str, str]:
    """The variables with which uv looks where pip would; those already set stay."""
    extra = settings.get("extra-index-url", "").split()
    told = {
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_INDEX": " ".join(url for url in extra if not url.startswith("file:") or Path(url[7:]).is_dir()),
        "UV_FIND_LINKS": ",".join(settings.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(settings.get("trusted-host", "").split()),
        "SSL_CERT_FILE": settings.get("cert", ""),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra else "",
    }
    return {name: value for name, value in told.items() if value} | dict(os.environ)


def main() -> int:
    """Install with uv, else with pip; return the exit status."""
    subprocess.run([*PIP, "install", "--quiet", "--require-hashes", "-r", LOCKS[0]], check=True)
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "sync", "--quiet", "--require-hashes", "--python", sys.executable, *LOCKS]
    if subprocess.run(command, env=environment_for_uv(pip_settings()), check=False).returncode == 0:
        return 0
    print("uv could not install everything; pip tries, which takes a few minutes.", file=sys.stderr)
    return subprocess.run([*PIP, "install", "--quiet", "--require-hashes", "-r", LOCKS[1]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
