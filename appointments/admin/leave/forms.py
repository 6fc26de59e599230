"""The forms of an emergency leave."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
)

from appointments.models import Doctor

_MOST = 500


def _day(label: Any) -> forms.DateField:
    widget = UnfoldAdminSingleDateWidget(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages={"required": _("Enter a day")})


class LeaveForm(forms.Form):
    """Whose leave, and from which day to which. A doctor's own needs no choice."""

    first_day = _day(_("First day away"))
    last_day = _day(_("Last day away"))
    note = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("Patients do not see it."),
        required=False,
        max_length=_MOST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "maxlength": _MOST}),
    )

    def __init__(self, *args: Any, doctors: list[Doctor], **kwargs: Any) -> None:
        """Offer these doctors."""
        super().__init__(*args, **kwargs)
        self._doctors = {str(doctor.pk): doctor for doctor in doctors}
        if len(doctors) != 1:
            words = [(str(one.pk), f"{one.name}, {one.specialty}, {one.centre.name}") for one in doctors]
            self.fields["doctor"] = forms.ChoiceField(
                label=_("Doctor"),
                choices=[("", _("Choose a doctor")), *words],
                widget=UnfoldAdminSelectWidget,
                error_messages={"required": _("Select a doctor")},
            )
            self.order_fields(["doctor", "first_day", "last_day", "note"])

    def clean(self) -> dict[str, Any]:
        """Refuse days the wrong way round."""
        data = super().clean() or {}
        if data.get("first_day") and data.get("last_day") and data["last_day"] < data["first_day"]:
            self.add_error("last_day", _("The last day is before the first"))
        return data

    def chosen_doctor(self) -> Doctor:
        """Return the doctor. Only for a form without errors."""
        only = next(iter(self._doctors.values()))
        return self._doctors[self.cleaned_data["doctor"]] if "doctor" in self.fields else only


class CountForm(forms.Form):
    """The number of patients, typed as a confirmation."""

    count = forms.IntegerField(
        label=_("Type the number of patients to confirm"),
        min_value=0,
        max_value=1_000_000,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"autocomplete": "off", "class": "max-w-32"}),
        error_messages={"required": _("Type the number of patients")},
    )


class AnswerForm(forms.Form):
    """What the patient said on the phone."""

    choice = forms.ChoiceField(
        label=_("What does the patient want?"),
        widget=forms.RadioSelect(attrs={"class": "h-4 w-4"}),
        error_messages={
            "required": _("Select what the patient wants"),
            "invalid_choice": _("That time can no longer be chosen"),
        },
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer these."""
        super().__init__(*args, **kwargs)
        choice = self.fields["choice"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = choices
