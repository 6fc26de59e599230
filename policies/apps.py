"""The app's name for people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    """What the rules say."""

    name = "policies"
    verbose_name = _("Policies")
