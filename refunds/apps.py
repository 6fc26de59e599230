"""The refunds app: where the money is. A leaf; it knows no appointments, only opaque text keys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RefundsConfig(AppConfig):
    """Names the app and its keys."""

    name = "refunds"
    verbose_name = _("Refunds")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the checks in place."""
        from refunds import checks  # noqa: F401, PLC0415 (they register themselves, once the settings are there)
