"""`python -m tests.stack.seed --size 1000 --state fake.sqlite3`: fill an empty database; prints as JSON who can log in.

Everybody's password is in STACK_PASSWORD. A database that holds accounts is left as it is: then nobody is printed.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import django


def main() -> None:
    """Read the arguments, make the hospital, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.stack.seed")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--pending", type=int, default=0)
    parser.add_argument("--percent", type=int)
    parser.add_argument("--closed-every", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True)
    given = vars(parser.parse_args())
    state = given.pop("state")
    django.setup()

    from django.utils import timezone

    from appointments.models import User
    from tests.stack.hospital import Plan, make_hospital

    made: list[str] = []
    if not User.objects.exists():
        made = make_hospital(plan=Plan(**given), state=state, password=os.environ["STACK_PASSWORD"], now=timezone.now())
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main()
