"""What makes the portal an app on a phone: its manifest, its service worker, and the page shown without a network.

None of them looks at who is signed in. The worker keeps static files and the offline page; a patient's pages are never kept.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from appointments.queries import centres_to_call

_ICONS = (("icons/icon-192.png", "192x192", "any"), ("icons/icon-512.png", "512x512", "any"))
_MASKABLE = ("icons/maskable-512.png", "512x512", "maskable")
_KEPT = ("fairslot.css", "fairslot.js", "icon.svg", "icons/icon-192.png")
_PAPER, _BRAND = "#ffffff", "#0d5f54"


@cache_control(max_age=3600, private=True)
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Describe the app to the phone, in the language of the page that names it."""
    about: dict[str, Any] = {
        "id": "/",
        "name": _("Fairslot: your appointments"),
        "short_name": "Fairslot",
        "description": _("See, change and cancel your appointments, and follow your refunds."),
        "lang": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "start_url": reverse("portal:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _BRAND,
        "icons": [
            {"src": static(file), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in (*_ICONS, _MASKABLE)
        ],
    }
    return JsonResponse(about, content_type="application/manifest+json")


@cache_control(no_cache=True)
@require_safe
def service_worker(request: HttpRequest, language: str) -> HttpResponse:
    """Serve the worker whose offline page speaks this language. Its text changes when a file it keeps does."""
    offline = reverse("portal:offline", args=[_spoken(language)])
    with translation.override(language):
        page = _offline_page(request, language)
    kept = [static(file) for file in _KEPT]
    version = salted_hmac("fairslot.service-worker", page.content + "".join(kept).encode()).hexdigest()[:16]
    answer = render(
        request,
        "portal/service_worker.js",
        {"cache": f"fairslot-{version}", "kept": kept, "offline": offline},
        content_type="text/javascript; charset=utf-8",
    )
    answer["Service-Worker-Allowed"] = "/"
    return answer


@cache_control(no_cache=True, private=True)
@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """Say that there is no connection, that nothing was changed, and whom to call."""
    with translation.override(_spoken(language)):
        return _offline_page(request, language)


def _offline_page(request: HttpRequest, language: str) -> HttpResponse:
    return render(request, "portal/offline.html", {"centres": centres_to_call(), "language": language})


def _spoken(language: str) -> str:
    """Return the language if the site speaks it. Raises Http404."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language
