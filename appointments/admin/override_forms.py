"""The form with which a second person says no."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from appointments.reasons import TEXT_LIMIT


class DeclineOverrideForm(forms.Form):
    """Why not, for the colleague who asked."""

    text = forms.CharField(
        label=_("Answer to your colleague"),
        max_length=TEXT_LIMIT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "maxlength": TEXT_LIMIT}),
        error_messages={"required": _("Enter why you do not agree")},
    )
