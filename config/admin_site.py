"""The look of the admin (django-unfold)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Fairslot"),
    "SITE_HEADER": _("Fairslot"),
    "SITE_SYMBOL": "event_available",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
}
