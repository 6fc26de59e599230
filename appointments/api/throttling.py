"""So many requests a minute for each partner, whichever of its keys it uses, and for each account, whichever app."""

import logging
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from appointments.partners.callers import Caller
from appointments.patient_apps.callers import AppCaller

_WINDOW_SECONDS = 60
_log = logging.getLogger(__name__)


class CallerThrottle(BaseThrottle):
    """Counts in whole minutes. What is left is told in the headers of every answer."""

    _wait = 1

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; tell whether it is within the limit."""
        caller = request.auth
        if not isinstance(caller, Caller | AppCaller):
            return True
        second = int(timezone.now().timestamp())
        window, self._wait = second // _WINDOW_SECONDS, _WINDOW_SECONDS - second % _WINDOW_SECONDS
        used = _count(f"api-requests:{caller.counted_as}:{window}")
        left = max(caller.requests_per_minute - used, 0)
        set_rate_headers(request, limit=caller.requests_per_minute, left=left, reset=self._wait)
        return used <= caller.requests_per_minute

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return self._wait


def set_rate_headers(request: Request, *, limit: int, left: int, reset: int) -> None:
    """Keep with the request what its answer will say about the limit."""
    request._request.rate_headers = {  # type: ignore[attr-defined]  # noqa: SLF001 (DRF's way to Django's request)
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(reset),
    }


def rate_headers(request: Any) -> dict[str, str]:
    """Return the headers kept with Django's request."""
    headers: dict[str, str] = getattr(request, "rate_headers", {})
    return headers


def _count(key: str) -> int:
    try:
        cache.add(key, 0, timeout=2 * _WINDOW_SECONDS)
        return int(cache.incr(key))
    except Exception as error:  # noqa: BLE001 (whatever the cache raises: a limit nobody can count must not stop a cancellation)
        _log.warning("Requests of the API are not counted until the cache is back: %s", error)
        return 1
