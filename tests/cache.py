"""Cache keys that no other test, worker or run shares, so that a limit counted in one test is not felt in the next."""

import os
import uuid

_run = uuid.uuid4().hex
_test = ""


def start_test(*, name: str) -> None:
    """From now on keys belong to the test of this name (a pytest node id)."""
    global _test
    _test = name


def key_of_this_test(key: object, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION: one key of the cache, apart for each worker and test."""
    return f"{_run}:{os.getpid()}:{hash(_test)}:{key_prefix}:{version}:{key}"
