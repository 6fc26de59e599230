"""Apps of patients: the page that asks whether one may come in, the list of those that may, and their end."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from csp.constants import SELF
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.http import OAuth2ResponseRedirect
from oauth2_provider.views.mixins import OAuthLibMixin
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError  # type: ignore[import-untyped]

from appointments.accounts.proof import proved_lately
from appointments.carers import rights_of
from appointments.models import User
from appointments.patient_apps.adapter import WRONG_CHALLENGE, is_good_challenge
from appointments.patient_apps.consents import app_of_client, consent_to_end, consents_of, end_app
from appointments.patient_apps.scopes import ACT
from appointments.portal.access import AccountRequest, account_page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask whether an app may come in; POST says yes or no and leads back to the app.

    What is asked for stands in the address alone and is checked before anybody signs in, so that no mistake of the app's
    costs a patient a password.
    """
    try:
        scopes, asked = _asked(request)
    except FatalClientError:
        return render(request, "portal/app_unknown.html", status=400)
    except OAuthToolkitError as error:
        return _back_with(error)
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(request.get_full_path())
    if not proved_lately(request, user, now=timezone.now()):
        if request.method == "POST":
            return redirect(request.get_full_path())
        raise ReauthenticationRequired
    return _answer(request, user, scopes, asked) if request.method == "POST" else _ask(request, user, scopes, asked)


@account_page
@require_safe
def apps(request: AccountRequest) -> HttpResponse:
    """Show the apps that the account lets in."""
    return render(request, "portal/apps.html", {"consents": consents_of(request.user, now=timezone.now())})


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: AccountRequest, consent_id: UUID) -> HttpResponse:
    """Ask once more, then end it at once."""
    consent = consent_to_end(request.user, consent_id=consent_id)
    if consent is None:
        raise Http404
    if request.method == "POST":
        end_app(consent_id=consent.pk, user=request.user, now=timezone.now())
        messages.success(request, _("It has ended. The app sees and changes nothing any more."))
        return redirect("portal:apps")
    return render(request, "portal/app_end.html", {"consent": consent})


def _asked(request: HttpRequest) -> tuple[list[str], dict[str, Any]]:
    """Return the scopes and what else is asked for. Raises FatalClientError for an app or address nobody knows, else OAuthToolkitError."""
    scopes, asked = OAuthLibMixin.get_oauthlib_core().validate_authorization_request(request)
    if not is_good_challenge(asked.get("code_challenge"), asked.get("code_challenge_method")):
        wrong = InvalidRequestError(description=WRONG_CHALLENGE, state=asked.get("state"))
        raise OAuthToolkitError(error=wrong, redirect_uri=asked["redirect_uri"])
    return scopes, asked


def _ask(request: HttpRequest, user: User, scopes: list[str], asked: dict[str, Any]) -> HttpResponse:
    """Show who asks, and for what."""
    app, may_act = app_of_client(asked["client_id"]), ACT in scopes
    page = {"app": app, "may_act": may_act, "acts_for": rights_of(user, now=timezone.now())}
    response = render(request, "portal/app_allow.html", page)
    # A browser follows the answer of a form only where its page said so: to this app alone.
    response._csp_replace = {"form-action": [SELF, _as_source(asked["redirect_uri"])]}  # type: ignore[attr-defined]  # noqa: SLF001 (how django-csp is told)
    return response


def _answer(request: HttpRequest, user: User, scopes: list[str], asked: dict[str, Any]) -> HttpResponse:
    """Lead back to the app with a code, or with a no."""
    is_allowed = request.POST.get("answer") == "allow"
    core = OAuthLibMixin.get_oauthlib_core()
    try:
        address, *_rest = core.create_authorization_response(request, scopes, asked, is_allowed)
    except OAuthToolkitError as error:
        return _back_with(error)
    app, address_of_list = app_of_client(asked["client_id"]), request.build_absolute_uri(reverse("portal:apps"))
    told = {"app": app, "may_act": ACT in scopes, "apps_url": address_of_list}
    get_adapter(request).send_notification_mail("account/email/app_allowed", user, told)
    return _back_to(address)


def _back_with(error: OAuthToolkitError) -> HttpResponse:
    """Lead back to the app with what was wrong, in OAuth's words."""
    address = error.oauthlib_error.redirect_uri
    return _back_to(f"{address}{'&' if '?' in address else '?'}{error.oauthlib_error.urlencoded}")


def _back_to(address: str) -> HttpResponse:
    """Lead to an address of the app, which was compared with those registered; it may be of a scheme of the app's own."""
    there: HttpResponse = OAuth2ResponseRedirect(address, [urlsplit(address).scheme])
    return there


def _as_source(address: str) -> str:
    """Return an app's address as a content security policy names it."""
    scheme = urlsplit(address).scheme
    return address.partition("?")[0] if scheme in ("http", "https") else f"{scheme}:"
