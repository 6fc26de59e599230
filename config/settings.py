"""Settings. Every value that an operator may change comes from the environment; README.md lists them all in one table."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import logs
from config.accounts import *  # noqa: F403  (accounts, a file of their own)
from config.api import *  # noqa: F403  (the API, a file of its own)
from config.desk import *  # noqa: F403  (the desks, a file of its own)
from config.messages import *  # noqa: F403  (mails and text messages, a file of their own)
from config.payments import *  # noqa: F403  (the payment providers, a file of their own)
from config.payments import PAYMENT_PAGES
from config.secret_key import kept_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

#: How long a document of a late request is kept after the answer; then it is destroyed.
LATE_DOCUMENT_DAYS = env.int("LATE_DOCUMENT_DAYS", default=180)

# There is no key that everybody knows: without one given, each installation makes its own.
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret_key(VAR_DIR)
_LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=_LOCAL_HOSTS)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: give 50 random characters or more, or none to have one made.")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS may not be '*': name the hosts that serve patients.")
if (DEMO or DEBUG) and set(ALLOWED_HOSTS) - set(_LOCAL_HOSTS):
    raise ImproperlyConfigured("DEMO and DEBUG are for this machine alone: leave them out to serve other hosts.")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "policies",
    "refunds",
    "appointments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "appointments.admin.csp.AdminContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "appointments.portal.languages.LanguageSwitch",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "appointments.accounts.second_factor.AdminSecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "appointments.api.request_log.ScrubbedRequestLog",
    "appointments.refused.RefusedDeeds",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# ── Database ─────────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'fairslot.sqlite3'}")}
_SQLITE_OPTIONS = {
    # IMMEDIATE: a writer queues at BEGIN. With DEFERRED half of all concurrent writes die with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
_POSTGRES_OPTIONS = {
    # A cut cable must be noticed in seconds; the defaults hang for minutes.
    "connect_timeout": 2,
    "tcp_user_timeout": 3000,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "target_session_attrs": "read-write",
}
_is_sqlite = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS if _is_sqlite else _POSTGRES_OPTIONS
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("BEHIND_PGBOUNCER", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Redis, cache and tasks ───────────────────────────────────────────────────────────────────────────────────────────
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"  # kombu warns at every connection without a host
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 120,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(VAR_DIR / "queue"),
        "data_folder_out": str(VAR_DIR / "queue"),
        "control_folder": str(VAR_DIR / "queue-control"),
    }
)
if not REDIS_URL:
    for _folder in ("queue", "queue-control"):
        (VAR_DIR / _folder).mkdir(exist_ok=True)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TIMEZONE = "UTC"

# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "appointments.User"
# An e-mail address is unique in any capitals, by a constraint that this check does not understand.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "portal:login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:login"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_NAME = "fairslot_session"

# ── Words, time ──────────────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("hi", "हिन्दी")]  # each named as its readers name it
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO or DEBUG
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, *PAYMENT_PAGES],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes browsers post `Origin: null`, which CSRF refuses
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
_HTTPS = env.bool("HTTPS_ONLY", default=not (DEMO or DEBUG))
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 63_072_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Fairslot <appointments@localhost>")
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR_DIR / "outbox"
vars().update(env.email("EMAIL_URL", default="filemail://"))
EMAIL_FILE_PATH = VAR_DIR / "outbox"

# ── Money ────────────────────────────────────────────────────────────────────────────────────────────────────────────
REFUND_LEASE_SECONDS = env.int("REFUND_LEASE_SECONDS", default=90)
SANDBOX_ENABLED = env.bool("SANDBOX_ENABLED", default=DEMO or DEBUG)
SANDBOX_SETTLE_SECONDS = env.int("SANDBOX_SETTLE_SECONDS", default=5)
QUOTE_LIFETIME_SECONDS = 600  # spec: a held quote is honoured for ten minutes

# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
LOGGING = logs.configure(level=env.str("LOG_LEVEL", default="INFO"), as_words=DEMO or DEBUG)

from config.admin_site import UNFOLD  # noqa: E402, F401  (the look of the admin, a file of its own)
from config.payouts import *  # noqa: E402, F403  (what is paid by hand, a file of its own)
from config.payouts import bank_details_keys  # noqa: E402

BANK_DETAILS_KEYS = bank_details_keys(secret_key=SECRET_KEY, may_derive=DEMO or DEBUG)

from config.webhooks import webhook_networks  # noqa: E402

WEBHOOK_PRIVATE_NETWORKS = webhook_networks(on_this_machine=DEMO or DEBUG)
WEBHOOK_PLAIN_HTTP = DEMO or DEBUG
