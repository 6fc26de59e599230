"""What somebody types who checks a certificate."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.certificates.numbers import read_number


class NumberForm(forms.Form):
    """The number on the certificate, with or without hyphens."""

    number = forms.CharField(
        label=gettext_lazy("Certificate number"),
        help_text=gettext_lazy("It stands near the end of the page and looks like K7QP-3MHC-D4GHX."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter the certificate number"),
            "max_length": gettext_lazy("A certificate number has 13 letters and numbers. Check it"),
        },
    )

    def clean_number(self) -> str:
        """Return the number as it is stored. Raises ValidationError for what cannot be one."""
        stored = read_number(self.cleaned_data["number"])
        if stored is None:
            raise forms.ValidationError(_("There is a typing error in this number. Check it"), code="mistyped")
        return stored
