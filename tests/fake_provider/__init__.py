"""Stripe and Razorpay, as far as this project uses them, in a process of its own: `python -m tests.fake_provider --port 9000`.

It speaks the documented endpoints that the two SDKs call, below `/stripe/v1` and `/razorpay/v1`, and a pay page below `/pay`:

    Stripe     checkout sessions (create, retrieve), payment intents (retrieve, update, cancel), refunds (create, retrieve, list)
    Razorpay   payment links (create, fetch, list by reference), orders (create, fetch, payments of one), payments (fetch),
               refunds (create on a payment, of a payment, fetch)

What it keeps promises about (`keys.py`, `books.py`): a key answers as the first time for 24 hours, a stored 500 too; the same key with
another body is refused; while the first is still running the second gets 409; nothing is refunded above the capture; Razorpay takes no
payment older than six months; a low balance and a closed card are refused or fail later; refunds settle after a while.

What a test can ask of it (`control.py`, below `/_control`; `client.py` has a method for each): queued faults, the clock, refunds made in
the provider's dashboard, signed webhooks in any order and number, and the count and sum of refunds really executed per payment.

Everything is in one SQLite file (`--state`), so that it survives a kill and a restart.
"""
