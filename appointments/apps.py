"""The app in which things happen."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    """Appointments, people and everything done with them."""

    name = "appointments"
    verbose_name = _("Appointments")
