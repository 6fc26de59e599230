"""Take back the links in a patient's messages: of one booking, or of all of them here, with a reason."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminTextareaWidget

from appointments.admin.desk import Desk
from appointments.admin.scope import visible_appointments
from appointments.reasons import TEXT_LIMIT
from appointments.usecases.revoke_links import bookings_with_links, live_links, revoke_booking_links


class RevokeForm(forms.Form):
    """Which links, and why. Nothing is chosen beforehand."""

    which = forms.ChoiceField(
        choices=[("booking", ""), ("patient", "")],
        error_messages={
            "required": gettext_lazy("Select which links"),
            "invalid_choice": gettext_lazy("Select which links"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Written down with your name."),
        max_length=TEXT_LIMIT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "maxlength": TEXT_LIMIT}),
        error_messages={"required": gettext_lazy("Enter why the links are taken back")},
    )


def links_page(desk: Desk) -> HttpResponse:
    """Say how many links there are; on POST take them back. Nothing else changes, and nobody is written to."""
    everything = visible_appointments(desk.user)
    own = everything.filter(chain=desk.appointment.chain_id)
    of_patient = everything.filter(chain__patient=desk.appointment.chain.patient_id)
    is_post = desk.request.method == "POST"
    form = RevokeForm(desk.request.POST if is_post else None)
    if is_post and form.is_valid():
        chosen = of_patient if form.cleaned_data["which"] == "patient" else own
        done = sum(
            revoke_booking_links(appointment_id=pk, actor=desk.actor, reason=form.cleaned_data["reason"], now=desk.now)
            for pk in bookings_with_links(chosen)
        )
        if not done:
            return desk.back(refused=_("Nothing was changed: no link leads here any more."))
        words = ngettext("%(n)d link opens nothing any more.", "%(n)d links open nothing any more.", done)
        return desk.back(done=words % {"n": done})
    choices: list[tuple[str, Any, int]] = [
        ("booking", _("Of this booking"), live_links(own).count()),
        ("patient", _("Of all bookings of this patient that you see"), live_links(of_patient).count()),
    ]
    return desk.page(
        "links.html", title=_("Take back links"), form=form, choices=choices, status=400 if form.errors else 200
    )
