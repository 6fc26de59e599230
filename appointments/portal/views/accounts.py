"""The first page, and signing out; signing in is appointments.accounts."""

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from appointments.accounts.desks import desk_of
from appointments.models import User


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send patients to their appointments, and doctors and staff to their desk."""
    user = request.user
    return redirect(desk_of(user) if isinstance(user, User) else reverse("portal:appointments"))


class LogoutView(auth_views.LogoutView):
    """Sign out, by POST only."""
