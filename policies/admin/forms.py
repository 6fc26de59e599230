"""The draft form: the fee in whole units, and the lint's sentences where a person enters the tiers."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from policies.admin.base import TiersFormSet, VersionForm
from policies.lint import lint_tiers
from policies.models import MAX_FEE
from policies.phrases import to_major
from policies.queries import hours_to_length
from policies.rules import terms
from policies.rules.currencies import PLACES


class DraftForm(VersionForm):
    """A draft. The fee is entered in whole units of the currency and kept in its smallest."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the fee with the currency's places."""
        super().__init__(*args, **kwargs)
        if "reschedule_fee" in self.fields:
            currency = self.instance.policy.currency
            self.places = PLACES[currency]
            self.fields["reschedule_fee"] = forms.DecimalField(
                label=_("Fee for each further move (%(currency)s)") % {"currency": currency},
                min_value=0,
                max_value=to_major(MAX_FEE, currency),
                decimal_places=self.places,
                widget=UnfoldAdminDecimalFieldWidget,
            )
            self.initial["reschedule_fee"] = to_major(self.instance.reschedule_fee, currency)

    def clean_reschedule_fee(self) -> int:
        """Return the fee in minor units; the field let no finer amount pass."""
        return int(self.cleaned_data["reschedule_fee"].scaleb(self.places))


class TierFormSet(TiersFormSet):
    """The tiers of a draft, looked at as a whole."""

    def clean(self) -> None:
        """Refuse a table that could not be published, with the lint's sentences. It says duplicates better, too."""
        if any(self.errors):
            return
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and form not in self.deleted_forms]
        tiers = [terms.Tier(hours_to_length(row["hours"]), row["percent"], inclusive=row["inclusive"]) for row in kept]
        errors = [problem.message for problem in lint_tiers(tiers) if problem.is_error]
        if errors:
            raise ValidationError(errors)


class PublishForm(forms.Form):
    """From when the version is in force, and what the person saw when pressing the button."""

    seen = forms.CharField(widget=forms.HiddenInput)
    effective_from = forms.DateTimeField(
        label=_("In force from (UTC; leave empty for at once)"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )

    def chosen_start(self) -> datetime | None:
        """Return the start that was entered, if any. Only for a form without errors."""
        start: datetime | None = self.cleaned_data["effective_from"]
        return start
