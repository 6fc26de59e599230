"""`manage.py quote`: worked cases in, decisions out, as JSON lines. Touches no database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from policies.cases import answer_line

_EXIT_INVALID = 2


class Command(BaseCommand):
    """Read cases as JSON lines on standard input and write one JSON line a case, in order."""

    help = "Decide cases given as JSON lines on standard input. Exit status 2 if a line could not be taken."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Answer every line that is not blank; the rest still run when one cannot be taken."""
        all_taken = True
        for line in sys.stdin.buffer:
            if not line.strip():
                continue
            answer, taken = answer_line(line)
            all_taken = all_taken and taken
            sys.stdout.write(answer + "\n")
            sys.stdout.flush()
        if not all_taken:
            sys.exit(_EXIT_INVALID)
