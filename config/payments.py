"""Settings of the payment providers. A provider is served once it has a key; then it needs a webhook secret too."""

import environ

_env = environ.Env()

STRIPE_API_KEY = _env.str("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRETS = _env.list("STRIPE_WEBHOOK_SECRET", default=[])  # several, with commas, while one is replaced
STRIPE_API_BASE = _env.str("STRIPE_API_BASE", default="")  # empty: Stripe itself

RAZORPAY_KEY_ID = _env.str("RAZORPAY_KEY_ID", default="")
RAZORPAY_KEY_SECRET = _env.str("RAZORPAY_KEY_SECRET", default="")
RAZORPAY_WEBHOOK_SECRETS = _env.list("RAZORPAY_WEBHOOK_SECRETS", default=[])
RAZORPAY_API_BASE = _env.str("RAZORPAY_API_BASE", default="")  # empty: Razorpay itself

# The provider that new payments use; those of earlier ones stay with theirs.
DEFAULT_GATEWAY = _env.str(
    "DEFAULT_GATEWAY", default="stripe" if STRIPE_API_KEY else "razorpay" if RAZORPAY_KEY_ID else "sandbox"
)
ALLOW_TEST_KEYS = _env.bool("ALLOW_TEST_KEYS", default=False)
PROVIDER_TIMEOUT_SECONDS = _env.float("PROVIDER_TIMEOUT_SECONDS", default=20.0)

# Where a form of ours may lead the payer: browsers hold redirects after a form to `form-action` too.
PAYMENT_PAGES = [
    *([STRIPE_API_BASE.removesuffix("/stripe") or "https://checkout.stripe.com"] if STRIPE_API_KEY else []),
    *([RAZORPAY_API_BASE.removesuffix("/razorpay") or "https://rzp.io"] if RAZORPAY_KEY_ID else []),
]
