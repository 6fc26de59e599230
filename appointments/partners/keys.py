"""API keys: made, shown once, found again by a keyed digest, and ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from appointments.errors import DomainError
from appointments.models import ApiKey, Partner
from appointments.partners.callers import Caller, caller_for

MOST_LIVE_KEYS = 2
_MARK = "fs"
_SALT = "fairslot.api_key"
#: How exactly the last use is known; a row written at every request would be a row fought over.
_LAST_USE_WITHIN = timedelta(minutes=1)


class TooManyKeysError(DomainError):
    """Two keys live already: the old and the new one. A third would be one that nobody remembers."""

    code = "too_many_keys"


class ChannelNotOfPartnerError(DomainError):
    """A key can be narrowed to a channel of the partner only."""

    code = "channel_not_of_partner"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. `secret` is the whole key; it is shown now and never again."""

    row: ApiKey
    secret: str


def live_keys(partner_id: int, *, now: datetime) -> QuerySet[ApiKey]:
    """Return the keys of a partner that open the API now."""
    return ApiKey.objects.filter(_is_live(now), partner_id=partner_id)


@transaction.atomic
def issue_key(
    *,
    partner_id: int,
    now: datetime,
    channel_id: int | None = None,
    may_write: bool = True,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key for a partner. Two may live at a time, so that one can be replaced without a gap.

    Raises TooManyKeysError, ChannelNotOfPartnerError, or Partner.DoesNotExist.
    """
    partner = Partner.objects.get(pk=partner_id)
    if live_keys(partner_id, now=now).count() >= MOST_LIVE_KEYS:
        raise TooManyKeysError
    if channel_id is not None and not partner.channels.filter(pk=channel_id).exists():
        raise ChannelNotOfPartnerError
    prefix = f"{_MARK}_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        partner=partner,
        prefix=prefix,
        digest=_digest(secret, settings.SECRET_KEY),
        channel_id=channel_id,
        may_write=may_write,
        created_at=now,
        expires_at=expires_at,
    )
    return NewKey(row, secret)


def revoke_key(*, key_id: int, now: datetime) -> bool:
    """End a key at once. Returns False if it had been revoked before."""
    return bool(ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).update(revoked_at=now))


def caller_with_key(secret: str, *, origin: str, now: datetime) -> Caller | None:
    """Return the partner that shows this key, and note when and from where; None for a key that opens nothing (any more).

    `origin` is the network address the request came from.
    """
    digests = [_digest(secret, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    key = (
        ApiKey.objects.select_related("partner")
        .filter(_is_live(now), digest__in=digests, partner__is_active=True)
        .first()
    )
    if key is None:
        return None
    _note_use(key, origin=origin[:45], now=now)
    only = None if key.channel_id is None else frozenset({key.channel_id})
    return caller_for(key.partner, key_name=key.prefix, only=only, may_write=key.may_write)


def _note_use(key: ApiKey, *, origin: str, now: datetime) -> None:
    fresh = key.last_used_at is not None and now - key.last_used_at < _LAST_USE_WITHIN
    if not fresh or key.last_origin != origin:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now, last_origin=origin)


def _is_live(now: datetime) -> Q:
    return Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))


def _digest(secret: str, key: str | bytes) -> str:
    return salted_hmac(_SALT, secret, secret=key, algorithm="sha256").hexdigest()
