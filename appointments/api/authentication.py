"""Keys and tokens stand in the Authorization header and nowhere else; addresses end up in logs."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from appointments.partners.callers import Caller
from appointments.partners.keys import caller_with_key
from appointments.partners.tokens import caller_with_token

API_KEY, BEARER = "api-key", "bearer"


class PartnerAuthentication(BaseAuthentication):
    """`Authorization: Api-Key fs_…` or `Authorization: Bearer …` (OAuth 2.0 client credentials)."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        """Return the caller, or None without the header. Raises AuthenticationFailed for what opens nothing."""
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts:
            return None
        caller = self._caller(parts, origin=str(request.META.get("REMOTE_ADDR", "")))
        if caller is None:
            raise AuthenticationFailed(_("This key or token opens nothing."))
        return caller, caller

    def _caller(self, parts: list[str], *, origin: str) -> Caller | None:
        if len(parts) != 2:
            return None
        scheme, secret = parts[0].lower(), parts[1]
        if scheme == API_KEY:
            return caller_with_key(secret, origin=origin, now=timezone.now())
        return caller_with_token(secret, now=timezone.now()) if scheme == BEARER else None

    def authenticate_header(self, request: Request) -> str:
        """Name the schemes."""
        return 'Bearer realm="api", Api-Key realm="api"'


class MayDoThis(BasePermission):
    """Reading wants the right to read, everything else the right to write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the key or token allows it."""
        caller = request.auth
        if not isinstance(caller, Caller):
            return False
        return caller.may_read if request.method in SAFE_METHODS else caller.may_write


class PartnerAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document tells of it."""

    target_class = PartnerAuthentication
    name = ["apiKey", "clientCredentials"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """Describe the two ways."""
        flow = {"tokenUrl": "/oauth/token/", "scopes": {"read": "Read", "write": "Book, move and cancel"}}
        return [
            {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`Api-Key fs_…`: the word, a space and the key.",
            },
            {"type": "oauth2", "flows": {"clientCredentials": flow}},
        ]
