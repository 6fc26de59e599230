"""Signing in and out."""

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appointments.models import User
from appointments.portal.forms import LoginForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send patients to their appointments, and doctors and staff to their desk."""
    user = request.user
    return redirect(_desk_of(user) if isinstance(user, User) else reverse("portal:appointments"))


@method_decorator(never_cache, name="dispatch")
class LoginView(auth_views.LoginView):
    """Sign in by e-mail address or phone number. Django keeps `next` on this site and renews the session."""

    template_name = "portal/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Where somebody goes who asked for no page."""
        user = self.request.user
        return _desk_of(user) if isinstance(user, User) else reverse("portal:appointments")


class LogoutView(auth_views.LogoutView):
    """Sign out, by POST only."""


def _desk_of(user: User) -> str:
    """Return the first page of an account: the desk for doctors and staff, the list of appointments for all others."""
    works_here = user.is_staff or hasattr(user, "doctor")
    return reverse("admin:index") if works_here else reverse("portal:appointments")
