"""Apps that the house knows: their name, their maker and the exact addresses at which they take an answer."""

import re
from urllib.parse import urlsplit

from django.db import transaction
from oauth2_provider.models import get_application_model

from appointments.models import PatientApp

MOST_ADDRESSES = 10
_LOOPBACK = "127.0.0.1"
# RFC 8252, 7.1: a scheme of the app's own is a domain of its maker, backwards; so none is `javascript` or `data`.
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
# What a content security policy can name without a mistake.
_PLAIN = re.compile(r"[A-Za-z0-9:/?&=%._~+-]+")


class BadAddressError(ValueError):
    """An address at which no app may take its answer."""

    def __init__(self, address: str) -> None:
        """Keep the address."""
        super().__init__(address)
        self.address = address


def read_addresses(text: str) -> list[str]:
    """Return the addresses of a text, one a line.

    Allowed are https addresses, `com.example.app:/…` and, for programs on a computer, http on the machine itself. Raises BadAddressError.
    """
    addresses = text.split()
    for address in addresses:
        if not _may_answer_at(address):
            raise BadAddressError(address)
    if not addresses or len(addresses) > MOST_ADDRESSES:
        raise BadAddressError("")
    return addresses


@transaction.atomic
def store_app(app: PatientApp) -> PatientApp:
    """Store an app that was filled in, and its client at the token endpoint to match. Raises BadAddressError.

    The client is public: it has no secret, and shows by PKCE that it is the one that asked.
    """
    app.redirect_uris = "\n".join(read_addresses(app.redirect_uris))
    applications = get_application_model()
    client = applications.objects.filter(client_id=app.oauth_client_id).first() if app.oauth_client_id else None
    if client is None:
        client = applications(
            client_type=applications.CLIENT_PUBLIC,
            authorization_grant_type=applications.GRANT_AUTHORIZATION_CODE,
        )
    client.name, client.redirect_uris = app.name, app.redirect_uris
    client.save()
    app.oauth_client_id = client.client_id
    app.save()
    return app


def _may_answer_at(address: str) -> bool:
    if not _PLAIN.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host) and "*" not in str(host)
    if parts.scheme == "http":
        return host == _LOOPBACK
    return bool(_OWN_SCHEME.fullmatch(parts.scheme)) and address.startswith(f"{parts.scheme}:/")
