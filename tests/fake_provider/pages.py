"""The page where the payer pays: `/pay/<checkout>`, with Pay and Decline. Plain HTML, no script."""

from html import escape
from urllib.parse import parse_qs

from tests.fake_provider import books, events
from tests.fake_provider.answers import Answer, elsewhere, html
from tests.fake_provider.store import Doc
from tests.fake_provider.world import World

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{provider} (fake)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>{provider}: pay {amount} {currency}</h1><p>{note}</p>
<form method="post"><p><label>Method <select name="method"><option>card</option><option>upi</option><option>netbanking</option>
</select></label></p>
<p><button name="outcome" value="pay">Pay</button> <button name="outcome" value="decline">Decline</button></p></form>
<p><a href="{back}">Back without paying</a></p></main></body></html>"""
NOTE = "This is a test payment page. Amounts are in minor units; no money moves."


def answer_page(world: World, *, method: str, key: str, body: bytes) -> Answer:
    """Show the page, or take the payer's choice and send the payer back."""
    checkout = world.store.get("checkout", key)
    if checkout is None:
        return html("<h1>No such payment page</h1>", status=404)
    if method == "GET":
        return html(_page(checkout, note=NOTE))
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    payment = pay(world, checkout, outcome=form.get("outcome", "decline"), method=form.get("method", "card"))
    if payment is None:
        return html("<h1>This payment page has closed.</h1>", status=410)
    if payment["status"] == "captured":
        return elsewhere(checkout["return_url"])
    return html(_page(checkout, note="The payment was declined. Try again, or go back."))


def pay(world: World, checkout: Doc, *, outcome: str, method: str = "card", again: bool = False) -> Doc | None:
    """The payer's choice: pay, authorize or decline. None: the page has closed (paid, or too late). `again` pays all the same."""
    statuses = {"pay": "captured", "authorize": "authorized"}
    with world.store.transaction():
        earlier = books.payments_of(world, checkout["id"])
        closed = any(one["status"] == "captured" for one in earlier) or 0 < checkout["expires_at"] < world.now()
        if closed and not again:
            return None
        payment = books.add_payment(
            world,
            provider=checkout["provider"],
            amount=checkout["amount"],
            currency=checkout["currency"],
            tags=checkout["tags"],
            checkout=checkout["id"],
            method=method,
            status=statuses.get(outcome, "failed"),
        )
        events.about_payment(world, payment, checkout)
    return payment


def _page(checkout: Doc, *, note: str) -> str:
    return PAGE.format(
        provider=checkout["provider"].capitalize(),
        amount=checkout["amount"],
        currency=escape(checkout["currency"].upper()),
        note=note,
        back=escape(checkout["cancel_url"] or checkout["return_url"]),
    )
