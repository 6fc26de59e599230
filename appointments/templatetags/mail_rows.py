"""Lines of a mail that hold a name and a value."""

from django import template
from django.utils.translation import gettext as _

from appointments.notifications.blocks import CELL

register = template.Library()


@register.simple_tag
def row(label: str, value: str) -> str:
    """Return "label: value", marked so that the HTML part can show it as a row of a table."""
    return _("%(label)s: %(value)s") % {"label": f"{label}{CELL}", "value": f"{CELL}{value}"}
