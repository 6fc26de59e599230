"""The admin behind a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


class AdminSecondFactor:
    """Sends staff without a second factor to where one is set up, if ADMIN_REQUIRES_SECOND_FACTOR says so.

    Whoever has one was asked for it when they signed in: there is no other way in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let in, or send away before anything was done."""
        if settings.ADMIN_REQUIRES_SECOND_FACTOR and self._lacks_one(request):
            messages.warning(request, _("Your work here needs a second step at sign-in. Set one up first."))
            return redirect("mfa_index")
        return self._get_response(request)

    def _lacks_one(self, request: HttpRequest) -> bool:
        in_the_admin = request.path.startswith(reverse("admin:index"))
        return in_the_admin and request.user.is_authenticated and not is_mfa_enabled(request.user)
