"""Accounts: how people sign in, and how often they may try. The pages are django-allauth's, in our own design."""

from typing import Any

import environ

_env = environ.Env()
_LOCAL = _env.bool("DEMO", default=False) or _env.bool("DEBUG", default=False)

AUTHENTICATION_BACKENDS = ["appointments.authentication.EmailOrPhoneBackend"]

ACCOUNT_ADAPTER = "appointments.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}  # the phone number is taken by our own form and backend
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "appointments.accounts.forms.LoginForm",
    "request_login_code": "appointments.accounts.forms.SignInCodeForm",
    "signup": "appointments.accounts.forms.SignUpForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:login"
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
# Tight for one account, generous for one address: a whole hospital sits behind one.
ACCOUNT_RATE_LIMITS: dict[str, Any] = {
    "login": "300/m/ip",
    "login_failed": "300/5m/ip,8/5m/key",
    "request_login_code": "100/m/ip,3/m/key,20/d/key",  # each may cost a text message
    "reset_password": "100/m/ip,3/m/key",
    "reset_password_from_key": "100/m/ip",
    "signup": "60/m/ip",
}

MFA_FORMS = {"add_webauthn": "appointments.accounts.forms.AddPasskeyForm"}
MFA_ADAPTER = "appointments.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Fairslot"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _env.bool("HTTPS_ONLY", default=not _LOCAL)

ADMIN_REQUIRES_SECOND_FACTOR = _env.bool("ADMIN_REQUIRES_SECOND_FACTOR", default=not _LOCAL)
