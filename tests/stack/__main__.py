"""`python -m tests.stack --size 200`: run until Ctrl-C."""

import argparse
import sys
from pathlib import Path

from tests.fake_provider.fixtures import ROOT
from tests.stack.stack import Shape, Stack, StackError, running


def main() -> int:
    """Read the arguments, start, say where, watch; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.stack", description="The production shape on this machine.")
    parser.add_argument("--size", type=int, default=200, help="bookings to begin with")
    parser.add_argument("--port", type=int, default=8000, help="of the pages")
    parser.add_argument("--provider-port", type=int, default=9000, help="of the fake provider")
    parser.add_argument("--workers", type=int, default=2, help="Celery workers")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "stack", help="for mails, static files, keys")
    try:
        with running(Shape(**vars(parser.parse_args()))) as stack:
            say_where(stack)
            stack.watch()
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def say_where(stack: Stack) -> None:
    """Print every address, and who can log in."""
    settings = stack.environment
    lines = [
        "",
        f"Pages           {stack.shape.site}  (staff: {stack.shape.site}/admin/)",
        f"Fake provider   {stack.fake.address}",
        f"  Stripe at     {settings['STRIPE_API_BASE']}",
        f"  Razorpay at   {settings['RAZORPAY_API_BASE']}",
        f"PostgreSQL      {settings['DATABASE_URL']}",
        f"Redis           {settings['REDIS_URL']}",
        f"Mails           {settings.get('EMAIL_URL') or stack.shape.folder / 'outbox'}",
        "",
        *_who(stack),
        "",
        "Ctrl-C stops everything.",
        "",
    ]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()


def _who(stack: Stack) -> list[str]:
    if not stack.patients:
        return ["The database held accounts already: it was left as it is."]
    first, last = stack.patients[0], stack.patients[-1]
    return [
        f"Log in as admin@example.org, or as a patient from {first} to {last}.",
        f"Everybody’s password is: {stack.password}",
    ]


if __name__ == "__main__":
    sys.exit(main())
