"""Signed quote tokens: a figure that was shown holds for ten minutes, for this appointment, actor and version."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing

from appointments.actor import Actor
from appointments.models import Appointment

_SALT = "fairslot.quote"


@dataclass(frozen=True, slots=True)
class QuoteBinding:
    """What a token is bound to. `request` holds what was asked for besides: slot, override, for the hospital."""

    deed: str
    appointment: Appointment
    actor: Actor
    request: tuple[str, ...]

    def as_payload(self) -> list[Any]:
        """Return the binding as JSON values."""
        return [self.deed, self.appointment.pk, self.appointment.version, self.actor.key, list(self.request)]


@dataclass(frozen=True, slots=True)
class HeldQuote:
    """What a good token says: when it was quoted, and the fingerprint of the quote."""

    quoted_at: datetime
    digest: str


def lifetime() -> timedelta:
    """Return how long a quote is honoured."""
    return timedelta(seconds=settings.QUOTE_LIFETIME_SECONDS)


def sign_quote(binding: QuoteBinding, *, quoted_at: datetime, digest: str) -> str:
    """Return the token of a quote."""
    payload = {"b": binding.as_payload(), "t": quoted_at.isoformat(), "q": digest}
    return signing.Signer(salt=_SALT).sign_object(payload, compress=True)


def read_quote(token: str, binding: QuoteBinding, *, now: datetime) -> HeldQuote | None:
    """Return what a token holds, or None: altered, of another appointment, actor, version or request, or too old."""
    try:
        payload = signing.Signer(salt=_SALT).unsign_object(token)
        quoted_at = datetime.fromisoformat(payload["t"])
        bound_to, digest = payload["b"], payload["q"]
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None
    if bound_to != binding.as_payload() or not quoted_at <= now <= quoted_at + lifetime():
        return None
    return HeldQuote(quoted_at, digest)
