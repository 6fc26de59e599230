"""One transaction a deed, tried again where the database or a rival asks for it."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

from appointments.errors import ChangedMeanwhileError

P = ParamSpec("P")
R = TypeVar("R")

_TRIES = 5
# PostgreSQL's codes for "serialisation failure" and "deadlock detected": nothing was done, trying again is right.
_TRY_AGAIN = frozenset({"40001", "40P01"})


def in_one_transaction(deed: Callable[P, R]) -> Callable[P, R]:
    """Run the deed in one transaction; after a deadlock or a rival's change start it anew, up to five times.

    Inside another transaction it simply takes part: that one starts anew as a whole or not at all.
    """

    @wraps(deed)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if transaction.get_connection().in_atomic_block:
            return deed(*args, **kwargs)
        for tried in range(1, _TRIES + 1):
            try:
                with transaction.atomic():
                    return deed(*args, **kwargs)
            except ChangedMeanwhileError:
                if tried == _TRIES:
                    raise
            except OperationalError as error:
                if tried == _TRIES or getattr(error.__cause__, "sqlstate", None) not in _TRY_AGAIN:
                    raise
            time.sleep(random.uniform(0, 0.02 * 2**tried))  # noqa: S311 not a secret, only out of step
        raise AssertionError("unreachable")

    return run
