"""The forms of the desk's queue of late requests."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from appointments.reasons import TEXT_LIMIT


class DeclineForm(forms.Form):
    """Why not, in words the patient gets to read."""

    text = forms.CharField(
        label=_("Answer, as the patient reads it"),
        max_length=TEXT_LIMIT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "maxlength": TEXT_LIMIT}),
        error_messages={"required": _("Enter why the clinic does not agree")},
    )


class PurposeForm(forms.Form):
    """What somebody opens a document for."""

    purpose = forms.CharField(
        label=_("What do you open it for?"),
        max_length=200,
        help_text=_("Written down with your name."),
        widget=UnfoldAdminTextInputWidget(attrs={"maxlength": 200}),
        error_messages={"required": _("Enter what you open the document for")},
    )
