"""The way from a row of the admin to everything on record about it."""

from typing import Any

from django import template
from django.template import Context

from appointments.timeline.subjects import timeline_address

register = template.Library()


@register.inclusion_tag("admin/appointments/parts/timeline_link.html", takes_context=True)
def timeline_link(context: Context, row: Any) -> dict[str, str]:
    """Return the address of the row's timeline, for whoever may see it; else nothing."""
    return {"address": timeline_address(row, context["request"].user)}
