"""How django-oauth-toolkit does its work for patients' apps: S256 alone, codes and refresh tokens that work once, consents that end.

Partners' clients pass through untouched.
"""

import hashlib
import re
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import get_grant_model, get_refresh_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749 import errors  # type: ignore[import-untyped]

from appointments.locks import lock_app_consent
from appointments.patient_apps.consents import allow_app, app_of_client, stands
from appointments.patient_apps.scopes import ACT, is_patient_app, make_sense

METHOD = "S256"
#: What S256 makes of any verifier.
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_NUL = "\0"


WRONG_CHALLENGE = "code_challenge_method must be S256, and code_challenge what it makes of the verifier"


def is_good_challenge(challenge: object, method: object) -> bool:
    """Tell whether a question carries the digest of a verifier."""
    return method == METHOD and CHALLENGE.fullmatch(str(challenge)) is not None


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Every token of an app hangs on the consent of its account, under whose lock it is given."""

    def _load_application(self, client_id: str, request: Any) -> Any:
        """Return the client; an app that was switched off is none, and nothing with a NUL in it reaches the database."""
        if _NUL in str(client_id):
            return None
        client = super()._load_application(client_id, request)
        if is_patient_app(client) and app_of_client(client.client_id) is None:
            request.client = client = None
        return client

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Take exactly the addresses that were registered, letter by letter."""
        return redirect_uri in request.client.redirect_uris.split()

    def validate_scopes(self, client_id: str, scopes: Any, client: Any, request: Any, *args: Any, **kw: Any) -> bool:
        """Refuse scopes that the client may not have, or that make no sense together."""
        return make_sense(scopes) and super().validate_scopes(client_id, scopes, client, request, *args, **kw)

    def _create_authorization_code(self, request: Any, code: Any, expires: Any = None) -> Any:
        """Keep what the patient allowed together with the code."""
        if not is_good_challenge(request.code_challenge, request.code_challenge_method):
            raise errors.InvalidRequestError(description=WRONG_CHALLENGE, request=request)
        # What other uses of OAuth would keep with the code is nothing that we asked to be sent.
        request.nonce, request.claims, request.resource = None, None, []
        app = app_of_client(request.client.client_id)
        if app is None:
            raise errors.UnauthorizedClientError(request=request)
        with transaction.atomic():
            allow_app(app_id=app.pk, user=request.user, may_act=ACT in request.scopes, now=timezone.now())
            return super()._create_authorization_code(request, code, expires)

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Take a code once. One that comes again was stolen by the first or the second: what it gave ends."""
        if _NUL in code:
            return False
        request.grant = get_grant_model().objects.filter(code=code, application=client).first()
        if request.grant is None:
            get_refresh_token_model().revoke_family(_family_of(code))
            return False
        return bool(super().validate_code(client_id, code, client, request, *args, **kwargs))

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        """Return what the code was asked with, even if a rival has just used it."""
        return request.grant.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        """Return how the verifier is compared."""
        return request.grant.code_challenge_method or None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Take the address with which the code was asked for, letter by letter."""
        request = args[0]
        return bool(request.grant.redirect_uri == redirect_uri)

    def validate_user(self, username: str, password: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Try no password: people sign in on our own pages alone."""
        return False

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Give the tokens, once for a code or a refresh token. Raises InvalidGrantError for a second time."""
        if not is_patient_app(request.client):
            super().save_bearer_token(token, request, *args, **kwargs)
            return
        with transaction.atomic():
            is_first = self._is_first_use(request)
            if is_first:
                self._save_bearer_token(token, request, *args, **kwargs)
        if not is_first:
            get_refresh_token_model().revoke_family(_family(request))
            raise errors.InvalidGrantError(request=request)

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the code went in the transaction of its tokens."""

    def _create_refresh_token(self, request: Any, code: str, access_token: Any, previous: Any) -> Any:
        """Name a new family after the code that began it, so that a code that comes again ends it."""
        refresh_token = super()._create_refresh_token(request, code, access_token, previous)
        if previous is None and request.grant_type == "authorization_code":
            refresh_token.token_family = _family_of(request.code)
            refresh_token.save(update_fields=["token_family"])
        return refresh_token

    def _is_first_use(self, request: Any) -> bool:
        """Use up the code or refresh token under the lock of the consent. False if somebody was quicker, or it has ended."""
        app = app_of_client(request.client.client_id)
        consent = lock_app_consent(app_id=app.pk, user_id=request.user.pk) if app else None
        if consent is None or not stands(consent, now=timezone.now()):
            return False
        if request.grant_type == "authorization_code":
            deleted, _ = get_grant_model().objects.filter(pk=request.grant.pk).delete()
            return bool(deleted)
        row = get_refresh_token_model().objects.filter(pk=request.refresh_token_instance.pk, revoked__isnull=True)
        return bool(row.exists())


def _family(request: Any) -> UUID | None:
    if request.grant_type == "authorization_code":
        return _family_of(request.code)
    family: UUID | None = request.refresh_token_instance.token_family
    return family


def _family_of(code: str) -> UUID:
    return UUID(bytes=hashlib.sha256(f"fairslot.code:{code}".encode()).digest()[:16])
