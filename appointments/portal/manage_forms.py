"""What somebody types who manages a booking without an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.manage.codes import DIGITS

_MOST_TYPED = 40
_BETWEEN = "-\u2010\u2011\u2013."  # what people and programs write between digits: hyphens, dashes, dots


class CodeForm(forms.Form):
    """The security code, with or without spaces and hyphens. Whether it is right is for the view to find out."""

    code = forms.CharField(
        label=gettext_lazy("Security code"),
        max_length=_MOST_TYPED,
        error_messages={
            "required": gettext_lazy("Enter the 6 numbers we sent you"),
            "max_length": gettext_lazy("The security code has 6 numbers"),
        },
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "size": 12}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the browser take a pasted "123 456" whole."""
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.pop("maxlength", None)

    def clean_code(self) -> str:
        """Return the six digits. Raises ValidationError for anything else."""
        typed: str = self.cleaned_data["code"]
        digits = "".join(character for character in typed if not character.isspace() and character not in _BETWEEN)
        if not (digits.isascii() and digits.isdecimal()):
            raise forms.ValidationError(_("The security code has only numbers"))
        if len(digits) < DIGITS:
            raise forms.ValidationError(_("You have not entered enough numbers, the code has 6"))
        if len(digits) > DIGITS:
            raise forms.ValidationError(_("The security code has 6 numbers"))
        return digits


class LookUpForm(forms.Form):
    """The reference, and what only the patient knows. One message for whatever does not match."""

    reference = forms.CharField(
        label=gettext_lazy("Booking reference"),
        help_text=gettext_lazy("It is in every message from the clinic, such as K7QP-3MHC"),
        max_length=_MOST_TYPED,
        error_messages={"required": gettext_lazy("Enter your booking reference")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("The patient’s date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the date of birth, such as 1984-03-27")},
    )
    id_number = forms.CharField(
        label=gettext_lazy("The patient’s ID number"),
        help_text=gettext_lazy("Instead of the date of birth, if you gave it to the clinic"),
        required=False,
        max_length=_MOST_TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        answers = super().clean() or {}
        if not self.has_error("birth_date") and not answers.get("birth_date") and not answers.get("id_number"):
            self.add_error("birth_date", _("Enter the date of birth or the ID number"))
        return answers

    def refuse(self) -> None:
        """Say that the pair does not match, without saying which part."""
        text = (
            _("Booking reference and ID number do not match. Check both")
            if self.cleaned_data["id_number"]
            else _("Booking reference and date of birth do not match. Check both")
        )
        self.add_error("reference", text)
