"""`python -m tests.fake_provider --port 9000 --state /tmp/fake.sqlite3`: serve until stopped."""

import argparse
import signal
import sys
from types import FrameType

from tests.fake_provider.server import Server


def _stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_provider", description="Stripe and Razorpay, faked.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--state", default=":memory:", help="the file that keeps everything; none: gone with the process"
    )
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    server = Server(port=given.port, state=given.state)
    address = f"http://127.0.0.1:{given.port}"
    sys.stdout.write(f"Stripe: {address}/stripe  Razorpay: {address}/razorpay\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()
