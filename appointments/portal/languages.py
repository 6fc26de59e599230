"""Which language a page speaks, and the switch in its footer.

The switch posts the page to itself, with whatever is typed so far. What comes back is the same page in the other
language with the same answers in it; nothing typed is judged, done or kept. It needs no script and no address to go to.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.http import escape_leading_slashes

from appointments.languages import language_of_account, remember_language
from appointments.models import User
from appointments.portal.manage_visit import guest_of
from appointments.portal.refill import refill

SWITCH = "switch_language"
#: The id of the form whose answers a switch keeps.
ANSWERS_FORM = "answers"
_ANSWERS_ID = b'id="%b"' % ANSWERS_FORM.encode()
_OWN = "language"
_NO_ANSWERS = {SWITCH, "csrfmiddlewaretoken"}


class LanguageSwitch:
    """Middleware: the language chosen on this device, else the account's own, else the browser's.

    Stands behind those for sessions, accounts and CSRF. The first and the last of the three are Django's LocaleMiddleware's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the rest."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the right language, and keep one that was chosen on this device."""
        _speak_own(request)
        request.this_page = _this_page(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if getattr(request, "kept_answers", None) is None:
            # An address that leads nowhere has no view to open anew.
            chosen = request.POST.get(SWITCH) if request.method == "POST" and response.status_code == 404 else None
            if chosen not in dict(settings.LANGUAGES):
                return _with_answers(response, None)
            translation.activate(str(chosen))
            response = redirect(_this_page(request))
        _keep_on_this_device(response)
        return _with_answers(response, getattr(request, "kept_answers", None))

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Where the switch was pressed, open the page instead of sending it; without answers by a redirect."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        chosen = request.POST.get(SWITCH, "")
        if chosen not in dict(settings.LANGUAGES):
            return None
        _speak(request, chosen)
        _remember(request, chosen)
        answers = request.POST
        request.kept_answers = answers  # type: ignore[attr-defined]
        if set(answers) <= _NO_ANSWERS:
            return redirect(_this_page(request))
        request.method, request.POST = "GET", QueryDict()
        return None


def _with_answers(response: HttpResponse, answers: QueryDict | None) -> HttpResponse:
    """Let the switch send the page's form of answers, if it has one, and put back what was sent with the switch."""
    is_page = not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")
    if not is_page or _ANSWERS_ID not in response.content:
        return response
    response.content = response.content.replace(b'form="languages"', b'form="%b"' % ANSWERS_FORM.encode())
    if answers is not None and response.status_code == 200:
        response.content = refill(response.content.decode(), answers=answers, form=ANSWERS_FORM).encode()
    return response


def _keep_on_this_device(response: HttpResponse) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        translation.get_language(),
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def _this_page(request: HttpRequest) -> str:
    """Return the address of the page on this site; one that begins with two slashes would lead to another."""
    return escape_leading_slashes(request.get_full_path())


def _speak_own(request: HttpRequest) -> None:
    """Speak the account's own language where none was chosen on this device. Asks the database once a session."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or not isinstance(request.user, User):
        return
    if _OWN not in request.session:
        request.session[_OWN] = language_of_account(user_id=request.user.pk)
    if request.session[_OWN] in dict(settings.LANGUAGES):
        _speak(request, request.session[_OWN])


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language


def _remember(request: HttpRequest, language: str) -> None:
    """Keep the choice on the record of whoever is signed in or came as the guest of a booking: messages follow it."""
    if isinstance(request.user, User):
        remember_language(user_id=request.user.pk, language=language)
        request.session[_OWN] = language
    elif guest := guest_of(request, now=timezone.now()):
        remember_language(chain_id=guest.chain_id, language=language)
