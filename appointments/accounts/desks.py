"""Where an account begins."""

from django.urls import reverse

from appointments.models import User


def desk_of(user: User) -> str:
    """Return the first page of an account: the desk for doctors and staff, the list of appointments for all others."""
    works_here = user.is_staff or hasattr(user, "doctor")
    return reverse("admin:index") if works_here else reverse("portal:appointments")
