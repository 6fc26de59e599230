"""What a test asks of the fake: `POST /_control/<name>` with a JSON object, `GET` for what only reads. `client.py` speaks it.

reset, settings, clock, fault, release  the world
payment, pay, dashboard_refund, settle, dispute
                                        money: a captured payment, a payer's choice, a refund made outside, what becomes of one
send                                    webhooks, in the order and number of the ids given
executed, refunds, events, calls        what is read
"""

from collections.abc import Callable
from typing import Any

from tests.fake_provider import books, disputes, events, pages
from tests.fake_provider.world import Fault, World

Asked = dict[str, Any]


def tick(world: World) -> None:
    """Settle what is due and send what goes out by itself."""
    with world.store.transaction():
        for refund in world.store.every("refund", state="waiting"):
            if refund["settles_at"] <= world.now():
                events.about_refund(world, books.settle(world, refund))
    events.send_waiting(world)


def obey(world: World, name: str, asked: Asked) -> Any:
    """Do what is asked; the answer becomes JSON. `KeyError` for a name that is not known."""
    return COMMANDS[name](world, asked)


def _reset(world: World, asked: Asked) -> Any:
    world.reset()


def _release(world: World, asked: Asked) -> Any:
    world.release()


def _settings(world: World, asked: Asked) -> Any:
    world.set(**asked)


def _clock(world: World, asked: Asked) -> Any:
    world.set_clock(**asked)
    return {"now": world.now()}


def _fault(world: World, asked: Asked) -> Any:
    world.add_fault(Fault(**asked))


def _payment(world: World, asked: Asked) -> Any:
    return books.add_payment(world, **asked)


def _pay(world: World, asked: Asked) -> Any:
    checkout = world.store.get("checkout", asked.pop("checkout"))
    return pages.pay(world, checkout, **asked) if checkout else None


def _dashboard_refund(world: World, asked: Asked) -> Any:
    payment = world.store.get("payment", asked["payment"]) or {}
    refund = books.add_refund(
        world,
        payment_id=asked["payment"],
        provider=payment["provider"],
        amount=asked.get("amount"),
        tags=asked.get("tags", {}),
    )
    events.about_refund(world, refund)
    return refund


def _settle(world: World, asked: Asked) -> Any:
    """One refund, or every pending one, comes to this end: succeeded, closed_card, failed, returned."""
    wanted = asked.get("refund")
    with world.store.transaction():
        for refund in world.store.every("refund"):
            if refund["id"] == wanted or (wanted is None and refund["status"] == "pending"):
                events.about_refund(world, books.settle(world, refund, outcome=asked.get("outcome", "succeeded")))


def _send(world: World, asked: Asked) -> Any:
    """Send these events (`ids`; all: none given) in this order; the statuses that came back."""
    known = {doc["id"]: doc for doc in world.store.every("event")}
    chosen = [known[key] for key in asked.pop("ids", None) or known]
    return [events.send(world, event, **asked) for event in chosen]


def _calls(world: World, asked: Asked) -> Any:
    return {doc["id"]: doc["calls"] for doc in world.store.every("calls")}


COMMANDS: dict[str, Callable[[World, Asked], Any]] = {
    "reset": _reset,
    "settings": _settings,
    "clock": _clock,
    "fault": _fault,
    "release": _release,
    "payment": _payment,
    "pay": _pay,
    "dashboard_refund": _dashboard_refund,
    "dispute": lambda world, asked: disputes.put(world, **asked),
    "settle": _settle,
    "send": _send,
    "executed": lambda world, _: books.executed(world),
    "refunds": lambda world, _: world.store.every("refund"),
    "checkouts": lambda world, _: world.store.every("checkout"),
    "payments": lambda world, _: world.store.every("payment"),
    "faults": lambda world, _: world.store.every("fault"),
    "events": lambda world, _: events.listed(world),
    "calls": _calls,
    "ping": lambda world, _: world.now(),
}
