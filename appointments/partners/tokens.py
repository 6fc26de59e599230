"""OAuth 2.0 client credentials of partners: the client, what it may ask for, and what a token opens."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from oauth2_provider.models import get_access_token_model, get_application_model
from oauth2_provider.scopes import BaseScopes

from appointments.models import Partner
from appointments.partners import queries
from appointments.partners.callers import Caller, caller_for

READ, WRITE, CHANNEL = "read", "write", "channel:"


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client that was just made. `secret` is shown now and never again."""

    client_id: str
    secret: str


@transaction.atomic
def issue_client(*, partner_id: int) -> NewClient:
    """Make the partner's client, in place of the one it had; what that one was given ends at once.

    Raises Partner.DoesNotExist.
    """
    applications = get_application_model()
    partner = Partner.objects.get(pk=partner_id)
    revoke_client(partner_id=partner_id)
    application = applications(
        name=partner.name,
        client_type=applications.CLIENT_CONFIDENTIAL,
        authorization_grant_type=applications.GRANT_CLIENT_CREDENTIALS,
    )
    secret = application.client_secret
    application.save()
    Partner.objects.filter(pk=partner_id).update(oauth_client_id=application.client_id)
    return NewClient(application.client_id, secret)


@transaction.atomic
def revoke_client(*, partner_id: int) -> bool:
    """Take away the partner's client and every token it has. Returns False if it had none."""
    partner = Partner.objects.get(pk=partner_id)
    if partner.oauth_client_id is None:
        return False
    get_application_model().objects.filter(client_id=partner.oauth_client_id).delete()
    Partner.objects.filter(pk=partner_id).update(oauth_client_id=None)
    return True


def caller_with_token(token: str, *, now: datetime) -> Caller | None:
    """Return the partner to whose client this access token was given, or None for a token that opens nothing.

    A token without a `channel:` scope reaches all channels of the partner; one with some reaches those.
    """
    checksum = hashlib.sha256(token.encode()).hexdigest()
    row = (
        get_access_token_model()
        .objects.select_related("application")
        .filter(token_checksum=checksum, expires__gt=now, application__isnull=False)
        .first()
    )
    partner = queries.active_partner_of_client(row.application.client_id) if row else None
    if row is None or partner is None:
        return None
    scopes = set(row.scope.split())
    channels = frozenset(int(scope.removeprefix(CHANNEL)) for scope in scopes if scope.startswith(CHANNEL))
    return caller_for(
        partner,
        key_name=f"client {row.application.client_id[:8]}",
        only=channels or None,
        may_read=READ in scopes,
        may_write=WRITE in scopes,
    )


class PartnerScopes(BaseScopes):  # type: ignore[misc]
    """Reading, writing, and one scope for each channel of the partner that asks."""

    def get_all_scopes(self) -> dict[str, str]:
        """Return the scopes that do not depend on who asks."""
        return {READ: "Read bookings, quotes, slots, refunds and policies", WRITE: "Book, move and cancel"}

    def get_available_scopes(self, application: Any = None, request: Any = None, *_: Any, **__: Any) -> list[str]:
        """Return what this client may ask for."""
        channels = queries.channels_of_client(application.client_id) if application else []
        return [READ, WRITE, *(f"{CHANNEL}{pk}" for pk in channels)]

    def get_default_scopes(self, application: Any = None, request: Any = None, *_: Any, **__: Any) -> list[str]:
        """Return what a client gets that asks for nothing: all of it."""
        return self.get_available_scopes(application, request)
