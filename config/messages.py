"""Mails and text messages: who carries them."""

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()
_LOCAL = _env.bool("DEMO", default=False) or _env.bool("DEBUG", default=False)

# Mails go out by SMTP, so that their calendar part stays whole; this reads what Mailgun tells of them afterwards.
MAILGUN_WEBHOOK_SIGNING_KEY = _env.str("MAILGUN_WEBHOOK_SIGNING_KEY", default="")

TWILIO_ACCOUNT_SID = _env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = _env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_FROM = _env.str("TWILIO_FROM", default="")
TWILIO_API_BASE = _env.str("TWILIO_API_BASE", default="")  # empty: Twilio itself
SMS_TIMEOUT_SECONDS = 10.0

# Without a provider there are no text messages: what goes nowhere must not look sent.
SMS_SENDER = _env.str("SMS_SENDER", default="twilio" if TWILIO_ACCOUNT_SID else "file" if _LOCAL else "")

if SMS_SENDER not in ("", "file", "twilio"):
    raise ImproperlyConfigured(f"SMS_SENDER: {SMS_SENDER!r} is no sender; take file or twilio, or leave it out.")
if SMS_SENDER == "twilio" and not (TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and TWILIO_FROM):
    raise ImproperlyConfigured("SMS_SENDER is twilio: give TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM.")
