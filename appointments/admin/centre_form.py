"""The form of a centre."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.admin.base import CentreModelForm
from appointments.admin.money import MajorUnitsField, from_minor, to_minor
from policies.rules.currencies import PLACES


class CentreForm(CentreModelForm):
    """A centre, its limit in whole units of its currency."""

    override_limit = MajorUnitsField(
        label=_("Most that one person gives against the rules"),
        initial=5000,
        help_text=_("What differs from the terms by more waits for a second person."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the limit with the currency's places."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["override_limit"] = from_minor(self.instance.override_limit, self.instance.currency)

    def clean(self) -> dict[str, Any]:
        """Turn the limit into minor units."""
        data = super().clean() or self.cleaned_data
        currency = data.get("currency") or self.instance.currency
        if currency in PLACES and data.get("override_limit") is not None:
            try:
                data["override_limit"] = to_minor(data["override_limit"], currency)
            except forms.ValidationError as error:
                self.add_error("override_limit", error)
        return data
