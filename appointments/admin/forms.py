"""The forms of the desk's pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from appointments import queries
from appointments.models import Appointment, Doctor
from appointments.reasons import TEXT_LIMIT, Reason
from policies.rules.currencies import PLACES
from policies.rules.facts import ActorKind, PaymentMethod

_TEXT_MISSING = {"max_length": _("Your reason must be 500 characters or less")}


class PercentForm(forms.Form):
    """Another percentage than the rules give, asked for before it is shown."""

    percent = forms.DecimalField(
        label=_("Another percentage"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.01"}),
    )


class DecisionForm(forms.Form):
    """Which of the choices shown, and why. `choice` names one of `choices`; nothing is chosen beforehand."""

    choice = forms.ChoiceField(
        error_messages={
            "required": _("Select who asked for it"),
            "invalid_choice": _("Select who asked for it"),
        }
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        error_messages={"invalid_choice": _("Select one of the reasons offered")},
    )
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "maxlength": TEXT_LIMIT}),
        error_messages=_TEXT_MISSING,
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], kind: ActorKind, **kwargs: Any) -> None:
        """Offer these choices, and the reasons of this kind of actor."""
        super().__init__(*args, **kwargs)
        reasons = [(reason.code, reason.label) for reason in queries.reasons_for(kind)]
        _choices_of(self, "choice", choices)
        _choices_of(self, "reason", [("", _("Choose a reason")), *reasons])

    def chosen_reason(self) -> Reason:
        """Return the reason given. Only for a form without errors."""
        return Reason(self.cleaned_data["reason"], self.cleaned_data["text"])

    def ask_for(self, field: str) -> None:
        """Say that the reason, or the text that goes with it, is missing. `field` is "code" or "text"."""
        if field == "code":
            self.add_error("reason", _("Select a reason"))
        else:
            self.add_error("text", _("Enter the reason in your words"))


class SlotSearchForm(forms.Form):
    """Which day and whose slots to show."""

    day = forms.DateField(
        label=_("Day"), required=False, widget=UnfoldAdminSingleDateWidget(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, centre_id: int, **kwargs: Any) -> None:
        """Offer the doctors of the centre."""
        super().__init__(*args, **kwargs)
        self.fields["doctor"] = forms.ModelChoiceField(
            label=_("Doctor"),
            required=False,
            queryset=queries.doctors_of_centre(centre_id),
            empty_label=_("All doctors"),
            widget=UnfoldAdminSelectWidget,
        )

    def chosen_day(self) -> date | None:
        """Return the day chosen, if any."""
        day: date | None = self.cleaned_data.get("day") if self.is_valid() else None
        return day

    def chosen_doctor(self) -> Doctor | None:
        """Return the doctor chosen, if any."""
        doctor: Doctor | None = self.cleaned_data.get("doctor") if self.is_valid() else None
        return doctor


class DeskPaymentForm(forms.Form):
    """What was paid at the desk. The amount is entered in whole units of the currency."""

    method = forms.ChoiceField(label=_("Paid by"), widget=UnfoldAdminSelectWidget)
    amount = forms.DecimalField(min_value=0, max_digits=18, widget=UnfoldAdminDecimalFieldWidget)
    receipt = forms.CharField(
        label=_("Receipt or case number"), max_length=120, widget=UnfoldAdminTextInputWidget(attrs={"maxlength": 120})
    )

    def __init__(self, data: QueryDict | None, *, draft: Appointment, due: int) -> None:
        """Ask for what is due; only a first booking can be paid in parts or by an insurer."""
        self.places = PLACES[draft.chain.currency]
        super().__init__(data, initial={"amount": Decimal(due).scaleb(-self.places)})
        methods: list[tuple[str, Any]] = [
            (PaymentMethod.CASH.value, _("Cash")),
            (PaymentMethod.BANK_TRANSFER.value, _("Bank transfer")),
        ]
        if not draft.holds_a_move:
            methods.append((PaymentMethod.INSURANCE.value, _("Insurer")))
        _choices_of(self, "method", methods)
        self.fields["amount"].label = _("Amount (%(currency)s)") % {"currency": draft.chain.currency}

    def clean_amount(self) -> int:
        """Return the amount in minor units. Raises ValidationError for nothing, or finer than the currency."""
        minor = Decimal(self.cleaned_data["amount"]).scaleb(self.places)
        if minor != minor.to_integral_value():
            raise forms.ValidationError(_("Enter an amount with at most %(places)d decimals") % {"places": self.places})
        if not minor:
            raise forms.ValidationError(_("Enter an amount above 0"))
        return int(minor)


def _choices_of(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
