"""What somebody looks for, and what the doctor should know."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Centre, Doctor
from appointments.usecases.hold_online import VISIT_REASON_LIMIT


class WishForm(forms.Form):
    """Where, what, with whom and from which day on. What cannot be read filters nothing."""

    centre = forms.ChoiceField(label=_("Clinic"), required=False)
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    doctor = forms.ChoiceField(label=_("Doctor"), required=False)
    from_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(
        self,
        *args: Any,
        centres: Iterable[Centre],
        specialties: Iterable[str],
        doctors: Iterable[Doctor],
        first: date,
        last: date,
        **kwargs: Any,
    ) -> None:
        """Offer these, and days from `first` to `last`."""
        super().__init__(*args, **kwargs)
        self._first, self._last = first, last
        self.specialties, self.doctors = list(specialties), list(doctors)
        self.fields["from_day"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        self._offer("centre", [(str(one.pk), one.name) for one in centres])
        self._offer("specialty", [("", _("Any specialty")), *((one, one) for one in self.specialties)])
        self._offer("doctor", [("", _("Any doctor")), *((str(one.pk), one.name) for one in self.doctors)])

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(value, str(label)) for value, label in choices]

    @property
    def day(self) -> date:
        """The day asked for, within what is offered. Call `is_valid` first."""
        asked: date | None = self.cleaned_data.get("from_day")
        return min(max(asked or self._first, self._first), self._last)


class VisitForm(forms.Form):
    """What the visit is about, if the patient wants to say."""

    visit_reason = forms.CharField(
        label=_("What is it about? (optional)"),
        help_text=_("Only the doctor and the clinic's staff read this. No message repeats it."),
        required=False,
        max_length=VISIT_REASON_LIMIT,
        error_messages={"max_length": _("This must be 200 characters or less")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let more be typed than may be sent, so that nothing is cut off unseen."""
        super().__init__(*args, **kwargs)
        self.fields["visit_reason"].widget.attrs.pop("maxlength", None)
