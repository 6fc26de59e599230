"""Examples in the docs, run as they stand."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.architecture.tree import ROOT


def run_examples(document: str, *, folder: Path, **variables: str) -> str:
    """Run the shell examples of docs/<document> in a folder, in order and as one script; return what they print."""
    assert shutil.which("curl"), "the examples need curl"
    examples = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / document).read_text(), re.DOTALL)
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(examples)],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
