"""What an answer of a provider means: the one table for all of them.

timeout, reset, 5xx, a page, nonsense     unknown
401, 403                                  this send did not run; a person looks at our key
409, 429                                  this send did not run; later
a key known with another body             our bug; unknown
any other 4xx in the provider's words     no, with the reason
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from refunds.gateways.base import GatewayError, KeyReused, NotRun, Rejected, Unknown

OUR_KEY_WAITS = timedelta(minutes=5)
BUSY_WAITS = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An answer that is no success. `in_words`: it is in the provider's own form, so no proxy wrote it."""

    status: int | None
    in_words: bool = False
    key_reused: bool = False
    reason_code: str = "declined"
    reason_text: str = ""


def meaning_of(refusal: Refusal) -> GatewayError:
    """The exception to raise for it."""
    status = refusal.status or 0
    if status in (401, 403):
        return NotRun(retry_after=OUR_KEY_WAITS, alert=True)
    if status in (409, 429):
        return NotRun(retry_after=BUSY_WAITS)
    if not 400 <= status < 500 or not refusal.in_words:
        return Unknown(f"answer {status}")
    if refusal.key_reused:
        return KeyReused(refusal.reason_text)
    return Rejected(refusal.reason_code, refusal.reason_text)


@contextmanager
def reading() -> Iterator[None]:
    """Take an answer apart. Nonsense becomes `Unknown`: what it says can be neither believed nor denied."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unknown(f"nonsense: {error!r}") from error


class OneTry(requests.Session):
    """A session with a timeout of its own that follows no redirect and makes no second try. Network errors become `Unknown`."""

    def __init__(self, *, timeout: float) -> None:
        """`timeout` in seconds, to connect and for each silence after that."""
        super().__init__()
        self._timeout = timeout

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """One request. Raises `Unknown`, and what hooks raise."""
        kwargs |= {"timeout": self._timeout, "allow_redirects": False}
        try:
            return super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            raise Unknown(type(error).__name__) from error
