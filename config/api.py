"""Settings of the API: the framework, its OpenAPI document, and OAuth 2.0 client credentials."""

from typing import Any

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
    "DESCRIPTION": "Booking platforms book, move and cancel for their customers, by rules that everyone can see before they act.",
    "VERSION": "1.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "appointments.api.schema.complete",
    ],
}
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES_BACKEND_CLASS": "appointments.partners.tokens.PartnerScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "OIDC_ENABLED": False,
}
