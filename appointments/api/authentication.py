"""Keys and tokens stand in the Authorization header and nowhere else; addresses end up in logs."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from appointments.api.reach import AnyCaller
from appointments.partners.callers import Caller
from appointments.partners.keys import caller_with_key
from appointments.partners.tokens import caller_with_token
from appointments.patient_apps.callers import AppCaller, caller_with_app_token
from appointments.patient_apps.scopes import DESCRIBED

API_KEY, BEARER = "api-key", "bearer"
#: The name of the way of patients' apps in the OpenAPI document.
PATIENT_APP = "patientApp"


class PartnerAuthentication(BaseAuthentication):
    """`Authorization: Api-Key fs_…` or `Authorization: Bearer …` (OAuth 2.0). What an app shows is known here too, to be refused."""

    def authenticate(self, request: Request) -> tuple[Any, AnyCaller] | None:
        """Return the caller, or None without the header. Raises AuthenticationFailed for what opens nothing."""
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts:
            return None
        caller = self._caller(parts, origin=str(request.META.get("REMOTE_ADDR", "")))
        if caller is None:
            raise AuthenticationFailed(_("This key or token opens nothing."))
        return caller, caller

    def _caller(self, parts: list[str], *, origin: str) -> AnyCaller | None:
        if len(parts) != 2:
            return None
        scheme, secret, now = parts[0].lower(), parts[1], timezone.now()
        if scheme == API_KEY:
            return caller_with_key(secret, origin=origin, now=now)
        if scheme != BEARER:
            return None
        return caller_with_token(secret, now=now) or caller_with_app_token(secret, now=now)

    def authenticate_header(self, request: Request) -> str:
        """Name the schemes."""
        return 'Bearer realm="api", Api-Key realm="api"'


class AnyAuthentication(PartnerAuthentication):
    """The same, for what patients' apps may do too."""


class MayDoThis(BasePermission):
    """Reading wants the right to read, everything else the right to write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the key or token allows it."""
        caller = request.auth
        if not isinstance(caller, Caller | AppCaller):
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


class AnyAuthenticationScheme(PartnerAuthenticationScheme):  # type: ignore[no-untyped-call]
    """How the OpenAPI document tells of what patients' apps may do too."""

    target_class = AnyAuthentication
    name = [*PartnerAuthenticationScheme.name, PATIENT_APP]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """Describe the three ways."""
        flow = {"authorizationUrl": "/oauth/authorize/", "tokenUrl": "/oauth/token/", "refreshUrl": "/oauth/token/"}
        app = {"type": "oauth2", "flows": {"authorizationCode": flow | {"scopes": DESCRIBED}}}
        return [*super().get_security_definition(auto_schema), app]
