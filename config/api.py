"""Settings of the API: the framework, its OpenAPI document, and OAuth 2.0: partners' client credentials, patients' apps."""

from typing import Any


def _token_lives_for(request: Any) -> int:
    """Return the seconds an access token opens something: a quarter of an hour for patients' apps, an hour for partners."""
    return 900 if request.client.authorization_grant_type == "authorization-code" else 3600


REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "appointments.api.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # Nothing is open by omission: views say who may call them.
    "DEFAULT_AUTHENTICATION_CLASSES": ["appointments.api.authentication.PartnerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["appointments.api.authentication.MayDoThis"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["appointments.api.parsers.SmallJSONParser"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Fairslot API",
    "DESCRIPTION": "Booking platforms book, move and cancel for their customers, and apps for the patients who let them in, "
    "by rules that everyone can see before they act.",
    "VERSION": "1.2.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "appointments.api.schema.complete",
    ],
}
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES_BACKEND_CLASS": "appointments.patient_apps.scopes.Scopes",
    "OAUTH2_VALIDATOR_CLASS": "appointments.patient_apps.adapter.Validator",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "EXTRA_SERVER_KWARGS": {"token_expires_in": _token_lives_for},
    # An app that nobody used for so long asks again. A refresh token works once; one that comes twice ends its whole line.
    "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 24 * 3600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    # Tokens are kept as digests alone.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "OIDC_ENABLED": False,
}
