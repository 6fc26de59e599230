"""The published files: open to everybody, made at most once a minute, however often they are asked for."""

import hashlib
import logging
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.api.problems import problem
from appointments.fhir import bulk, words
from appointments.fhir.outcomes import outcome

_KEPT_SECONDS = 60
_log = logging.getLogger(__name__)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Say which files there are."""
    now = timezone.now()
    return _published(request, "manifest", "application/json", lambda: bulk.lines([bulk.manifest(now=now)]))


@require_safe
def locations(request: HttpRequest) -> HttpResponse:
    """Give the clinics."""
    return _published(request, "locations", bulk.MEDIA_TYPE, lambda: bulk.lines(bulk.locations()))


@require_safe
def schedules(request: HttpRequest) -> HttpResponse:
    """Give the schedules."""
    return _published(request, "schedules", bulk.MEDIA_TYPE, lambda: bulk.lines(bulk.schedules()))


@require_safe
def slots(request: HttpRequest, centre_id: int) -> HttpResponse:
    """Give the free times of a clinic."""
    if not bulk.is_published(centre_id=centre_id):
        body = bulk.lines([outcome(problem(404, "not_found", _("There is no such file.")))])
        return HttpResponse(body, status=404, content_type=f"{words.MEDIA_TYPE}; charset=utf-8")
    now, name = timezone.now(), f"slots-{centre_id}"
    return _published(request, name, bulk.MEDIA_TYPE, lambda: bulk.lines(bulk.slots(centre_id=centre_id, now=now)))


def _published(request: HttpRequest, name: str, media_type: str, make: Callable[[], bytes]) -> HttpResponse:
    body = _kept(f"fhir-bulk:{name}", make)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=media_type)
    answer = get_conditional_response(request, etag=etag, response=response)
    answer = answer if isinstance(answer, HttpResponse) else response
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={_KEPT_SECONDS}"
    answer["Access-Control-Allow-Origin"] = "*"  # pages of other sites may read it: it is for everybody
    return answer


def _kept(key: str, make: Callable[[], bytes]) -> bytes:
    """Return the file as it was made less than a minute ago, or make it."""
    try:
        kept: bytes | None = cache.get(key)
    except Exception as error:  # noqa: BLE001 (whatever the cache raises: the file can be made without it)
        _log.warning("Published files are made anew until the cache is back: %s", error)
        return make()
    if kept is None:
        kept = make()
        cache.set(key, kept, timeout=_KEPT_SECONDS)
    return kept
