"""Run a Python module that ends when the process that started it ends, however that happens.

`python -m appointments.management.stay_with_parent PID MODULE …`: on Linux the kernel sends SIGTERM when the parent dies,
`kill -9` included. A program of its own, since a process that has threads should run nothing between fork and exec.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ask the kernel, make sure that the parent has not died before, and become the module."""
    parent, *module = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execv(sys.executable, [sys.executable, "-m", *module])  # noqa: S606 (no shell wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
