"""The secrets of endpoints: made, sealed under the installation's own key, and what they sign."""

import base64
import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes
from standardwebhooks import Webhook

from appointments.models import WebhookEndpoint

_MARK = "whsec_"


class UnreadableSecretError(Exception):
    """The secret was sealed under a key that this installation has no more: it has to be replaced."""


def new_secret() -> str:
    """Return a secret as Standard Webhooks writes it: whsec_ and 32 random bytes in base64."""
    return _MARK + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str) -> str:
    """Return the secret as it may lie in the database."""
    return _box().encrypt(secret.encode()).decode()


def signature_headers(endpoint: WebhookEndpoint, *, message_id: UUID, body: str, now: datetime) -> dict[str, str]:
    """Return the three headers of Standard Webhooks, signed at `now` by the secret and, while it is replaced, by the old one.

    Raises UnreadableSecretError.
    """
    name = f"msg_{message_id.hex}"
    signed = [Webhook(secret).sign(name, now, body) for secret in _secrets_of(endpoint, now=now)]
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    sealed = [endpoint.sealed_secret]
    if endpoint.sealed_old_secret and endpoint.old_secret_until and endpoint.old_secret_until > now:
        sealed.append(endpoint.sealed_old_secret)
    try:
        return [_box().decrypt(text.encode()).decode() for text in sealed]
    except InvalidToken as error:
        raise UnreadableSecretError from error


def _box() -> MultiFernet:
    """Return the lock whose keys come out of the installation's: the newest seals, every one opens."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [hashlib.sha256(b"fairslot webhook secrets|" + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
