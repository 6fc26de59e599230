"""A test's hand on the fake: one method for each thing that `control.py` understands."""

import json
import urllib.request
from typing import Any, Literal

from tests.fake_provider.store import Doc

Provider = Literal["stripe", "razorpay"]


class FakeProvider:
    """A running fake at `address`, such as http://127.0.0.1:9000."""

    def __init__(self, address: str) -> None:
        self.address = address

    def base(self, provider: Provider) -> str:
        """What STRIPE_API_BASE or RAZORPAY_API_BASE has to be."""
        return f"{self.address}/{provider}"

    def ask(self, name: str, **asked: Any) -> Any:
        """Any command of `control.py`."""
        request = urllib.request.Request(f"{self.address}/_control/{name}", data=json.dumps(asked).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def reset(self) -> None:
        """Everything as on the first day."""
        self.ask("reset")

    def set(self, **settings: Any) -> None:
        """Change settings: see `world.DEFAULTS`."""
        self.ask("settings", **settings)

    def clock(self, *, at: float | None = None, ahead: float = 0.0) -> float:
        """Stand still at `at`, or run `ahead` seconds before the real time."""
        return float(self.ask("clock", at=at, ahead=ahead)["now"])

    def fault(self, answer: str | int, **more: Any) -> None:
        """Queue a fault: see `world.Fault`."""
        self.ask("fault", answer=str(answer), **more)

    def release(self) -> None:
        """Let go the calls that hang or are slow."""
        self.ask("release")

    def payment(self, provider: Provider, *, amount: int, currency: str = "inr", **more: Any) -> str:
        """Money taken earlier; its id."""
        words = currency.lower() if provider == "stripe" else currency.upper()
        return str(self.ask("payment", provider=provider, amount=amount, currency=words, **more)["id"])

    def pay(self, checkout: str, outcome: str = "pay", **more: Any) -> Doc | None:
        """A payer's choice on the page of a checkout; the payment. None: the page has closed."""
        payment: Doc | None = self.ask("pay", checkout=checkout, outcome=outcome, **more)
        return payment

    def dashboard_refund(self, payment: str, *, amount: int, tags: Doc | None = None) -> Doc:
        """A refund that somebody made in the provider's dashboard."""
        refund: Doc = self.ask("dashboard_refund", payment=payment, amount=amount, tags=tags or {})
        return refund

    def dispute(self, payment: str, status: str = "open", dispute: str = "") -> Doc:
        """A payer disputes a payment, or their bank has decided about a `dispute`: won or lost by us."""
        found: Doc = self.ask("dispute", payment=payment, status=status, dispute=dispute)
        return found

    def settle(self, outcome: str = "succeeded", refund: str | None = None) -> None:
        """One refund, or every pending one, comes to this end."""
        self.ask("settle", outcome=outcome, refund=refund)

    def executed(self) -> dict[str, tuple[int, int]]:
        """By payment: how many refunds were really made and stand, and their sum."""
        return {payment: (total["count"], total["sum"]) for payment, total in self.ask("executed").items()}

    def refunds(self) -> list[Doc]:
        """Every refund, oldest first."""
        refunds: list[Doc] = self.ask("refunds")
        return refunds

    def events(self, kind: str = "") -> list[Doc]:
        """Every event of a kind (all: none given), oldest first."""
        return [event for event in self.ask("events") if not kind or event["kind"] == kind]

    def send(self, *events: Doc, **more: Any) -> list[int]:
        """Send these webhooks (all: none given) in this order; the statuses that came back."""
        statuses: list[int] = self.ask("send", ids=[event["id"] for event in events] or None, **more)
        return statuses

    def calls(self) -> dict[str, int]:
        """How often each operation was called: {"stripe.create_refund": 1}."""
        calls: dict[str, int] = self.ask("calls")
        return calls
