"""A payment provider for the demonstration: the fake of Stripe and Razorpay in a process of its own, asked through the real SDKs.

New payments go to it and so do their refunds and webhooks; what the demonstration tells of the past stays with the sandbox.
"""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

PROVIDERS = ("stripe", "razorpay")
PROGRAM = "tests.fake_provider"

_HOST = "127.0.0.1"
_STRIPE_SECRET, _RAZORPAY_SECRET = "whsec_demonstration", "demonstration"
_SETTLES_AFTER_SECONDS = 5.0
_ANSWERS_WITHIN_SECONDS = 30.0


def address_of(port: int) -> str:
    """Return where the fake is."""
    return f"http://{_HOST}:{port}"


def environment_for(provider: str, *, port: int) -> dict[str, str]:
    """Return the settings with which every process talks to this provider at the fake."""
    keys = {
        "stripe": {
            "STRIPE_API_KEY": "sk_test_fake",
            "STRIPE_WEBHOOK_SECRET": _STRIPE_SECRET,
            "STRIPE_API_BASE": f"{address_of(port)}/stripe",
        },
        "razorpay": {
            "RAZORPAY_KEY_ID": "rzp_test_fake",
            "RAZORPAY_KEY_SECRET": "secret",
            "RAZORPAY_WEBHOOK_SECRETS": _RAZORPAY_SECRET,
            "RAZORPAY_API_BASE": f"{address_of(port)}/razorpay",
        },
    }
    return {**keys[provider], "DEFAULT_GATEWAY": provider}


def program(*, port: int, folder: Path) -> list[str]:
    """Return the module with its arguments; what the provider knows survives a restart."""
    return [PROGRAM, "--port", str(port), "--state", str(folder / "fake_provider.sqlite3")]


def prepare(provider: str, *, port: int, site: str) -> None:
    """Wait until the fake answers, then have it send its webhooks to `site` and take five seconds for a refund. Raises TimeoutError."""
    signed = {"stripe": _STRIPE_SECRET, "razorpay": _RAZORPAY_SECRET}[provider]
    hook = {"url": f"{site}/webhooks/{provider}/", "secret": signed, "auto": True}
    deadline = time.monotonic() + _ANSWERS_WITHIN_SECONDS
    while True:
        try:
            _tell(port, {"webhooks": {provider: hook}, "settle_after": _SETTLES_AFTER_SECONDS})
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise TimeoutError from None
            time.sleep(0.1)
        else:
            return


def _tell(port: int, settings: dict[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310 (an address of our own)
        f"{address_of(port)}/_control/settings", data=json.dumps(settings).encode()
    )
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310 (an address of our own)
        pass
