"""How often something may be tried. Counts live in the cache; they slow guessing down, the rows set its end."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries of one thing in each stretch of `seconds`, for whoever is named."""

    what: str
    most: int
    seconds: int

    def allows(self, who: str, *, now: datetime) -> bool:
        """Count one more try; tell whether it is among those allowed. `who` is kept only as a digest.

        While the cache is away nothing is refused: nobody is kept from cancelling by it.
        """
        digest = hashlib.sha256(who.encode()).hexdigest()
        key = f"tries:{self.what}:{digest}:{int(now.timestamp()) // self.seconds}"
        try:
            cache.add(key, 0, timeout=2 * self.seconds)
            return int(cache.incr(key)) <= self.most
        except Exception as error:  # noqa: BLE001 (whatever the cache raises)
            _log.warning("Tries are not counted until the cache is back: %s", error)
            return True


def network_of(request: HttpRequest) -> str:
    """Return the address somebody comes from; behind the proxy it is the last one that the proxy itself wrote down."""
    if settings.BEHIND_PROXY:
        forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded:
            return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
