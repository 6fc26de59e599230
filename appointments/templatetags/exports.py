"""The way from a list of the admin to a file of it."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from appointments.exports.lists import export_of

register = template.Library()


@register.inclusion_tag("admin/appointments/parts/export_links.html", takes_context=True)
def export_links(context: Context, changelist: Any) -> dict[str, str]:
    """Return the addresses of the export of this list, and of the log, for whoever may go there; else nothing."""
    user = context["request"].user
    what = export_of(model=changelist.model)
    if what is None or changelist.is_popup:
        return {}
    page = reverse("admin:appointments_listexport_of", args=[what.kind.value])
    return {
        "export": page + changelist.get_query_string(remove=["p"]) if user.has_perm(what.permission) else "",
        "log": reverse("admin:appointments_listexport_changelist")
        if user.has_perm("appointments.view_listexport")
        else "",
    }
