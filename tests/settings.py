"""The settings of the tests: those of the product, made fast and deaf to what the developer's shell happens to hold.

DATABASE_URL and REDIS_URL are kept: with them the suite runs on PostgreSQL and Redis, without them on an SQLite file.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

if "pytest" not in sys.modules:  # mypy's plugin, which leaves without cleaning up
    os.environ["FAIRSLOT_TEST_DIR"] = str(Path(__file__).resolve().parents[1] / "var" / "types")
elif "FAIRSLOT_TEST_DIR" not in os.environ:
    # pytest-xdist hands its environment to the workers: one folder a run, removed by the process that made it.
    os.environ["FAIRSLOT_TEST_DIR"] = tempfile.mkdtemp(prefix="fairslot-tests-")
    atexit.register(shutil.rmtree, os.environ["FAIRSLOT_TEST_DIR"], ignore_errors=True)

os.environ.update(
    VAR_DIR=os.environ["FAIRSLOT_TEST_DIR"],
    SECRET_KEY="a-key-for-tests-only-and-for-nothing-else-whatsoever-0123456789",
    DEMO="0",
    DEBUG="0",
    HTTPS_ONLY="0",
    BEHIND_PROXY="0",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    EMAIL_URL="memorymail://",
    SMS_SENDER="",
    TWILIO_ACCOUNT_SID="",
    SANDBOX_ENABLED="1",
    LOG_LEVEL="WARNING",
    SITE_URL="http://testserver",
    STRIPE_API_KEY="",
    RAZORPAY_KEY_ID="",
    RAZORPAY_KEY_SECRET="",
    DEFAULT_GATEWAY="sandbox",
    ADMIN_REQUIRES_SECOND_FACTOR="0",
)

from config.settings import *
from config.settings import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, REDIS_URL, STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a folder that is not there, and warnings are errors here
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # looks for a file when it is asked for, not for all of them with every test's client

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES["default"]["KEY_FUNCTION"] = "tests.cache.key_of_this_test"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of a race and the live server need connections of their own.
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['FAIRSLOT_TEST_DIR']}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
DATABASES["default"]["CONN_MAX_AGE"] = 0

# Tasks are called as functions. What is sent all the same goes nowhere instead of waiting for a worker.
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = REDIS_URL or "memory://"
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS.clear()
