"""What all parts of the fake share: the store, the clock, the settings, the queue of faults, and the count of calls."""

import threading
import time
import uuid
from dataclasses import asdict, dataclass, fields
from typing import Any

from tests.fake_provider.store import Doc, Store

PROVIDERS = ("stripe", "razorpay")
DEFAULTS: dict[str, Any] = {
    "settle_after": 0.0,  # seconds until a refund is done; 0: at once
    "settle_as": "succeeded",
    "low_balance": False,
    "key_lifetime": 24 * 3600.0,
    "too_old_after": {"stripe": None, "razorpay": 182 * 86_400.0},
    "rate": None,  # calls a second, above which 429 is the answer
    "api_keys": {"stripe": "sk_test_fake", "razorpay": "rzp_test_fake:secret"},
    "webhooks": {},  # provider → {"url": …, "secret": …, "auto": bool}
}


@dataclass(kw_only=True)
class Fault:
    """What goes wrong with the next calls of an operation ("*": any).

    `answer`: timeout, reset, html, html_404, bad_json, empty, slow, or a status such as 500. `when` before or after the thing was done; slow does it.
    `stored`: the provider keeps this answer under the key and replays it.
    """

    answer: str
    operation: str = "create_refund"
    provider: str = "*"
    when: str = "before"
    stored: bool = False
    times: int = 1
    seconds: float = 30.0


class World:
    """One running fake."""

    def __init__(self, path: str) -> None:
        self.store = Store(path)
        self.store.drop("key", state="running")  # nothing runs any more after a restart
        self.released = threading.Event()
        self._calls: list[float] = []

    def reset(self) -> None:
        """Everything as on the first day; calls that hang are let go."""
        self.release()
        self.released = threading.Event()
        self.store.clear()

    def release(self) -> None:
        """Let go the calls that hang or are slow, and those that are about to: until the next fault is queued."""
        self.released.set()

    def now(self) -> float:
        """The fake's own time, in seconds since 1970: real until a test moves it."""
        clock = self.store.get("world", "clock") or {}
        return float(clock["at"]) if clock.get("at") is not None else time.time() + float(clock.get("ahead", 0))

    def set_clock(self, *, at: float | None = None, ahead: float = 0.0) -> None:
        """Stand still at `at`, or run `ahead` seconds before the real time."""
        self.store.put("world", {"id": "clock", "at": at, "ahead": ahead})

    def setting(self, name: str) -> Any:
        """A setting, or its default."""
        return (self.store.get("world", "settings") or {}).get(name, DEFAULTS[name])

    def set(self, **values: Any) -> None:
        """Change settings. Unknown names are an error."""
        unknown = set(values) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"no such setting: {sorted(unknown)}")
        with self.store.transaction():
            known = self.store.get("world", "settings") or {"id": "settings"}
            self.store.put("world", known | values)

    def add_fault(self, fault: Fault) -> None:
        """Queue a fault; those queued first happen first."""
        if self.released.is_set():
            self.released = threading.Event()
        self.store.put("fault", {"id": uuid.uuid4().hex, **asdict(fault)})

    def take_fault(self, *, provider: str, operation: str) -> Fault | None:
        """The next fault meant for this call; it is used up a time."""
        with self.store.transaction():
            for doc in self.store.every("fault"):
                if doc["provider"] in ("*", provider) and doc["operation"] in ("*", operation):
                    if doc["times"] <= 1:
                        self.store.drop("fault", key=doc["id"])
                    else:
                        self.store.put("fault", doc | {"times": doc["times"] - 1})
                    return Fault(**{field.name: doc[field.name] for field in fields(Fault)})
        return None

    def count(self, *, provider: str, operation: str) -> None:
        """Count a call."""
        with self.store.transaction():
            name = f"{provider}.{operation}"
            known: Doc = self.store.get("calls", name) or {"id": name, "calls": 0}
            self.store.put("calls", known | {"calls": known["calls"] + 1})

    def too_fast(self) -> bool:
        """Whether this call is one more than the rate allows, by the real clock."""
        rate = self.setting("rate")
        if rate is None:
            return False
        with self.store.transaction():
            now = time.monotonic()
            self._calls = [at for at in self._calls if at > now - 1]
            if len(self._calls) >= rate:
                return True
            self._calls.append(now)
        return False
