"""What somebody waits for: with whom, on which days, at which times of day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import Appointment, Centre, Doctor
from appointments.usecases.wait import Waiting
from appointments.wording.promises import day_words

MORNINGS, AFTERNOONS, EVENINGS = "mornings", "afternoons", "evenings"
_PARTS = [
    (MORNINGS, gettext_lazy("Mornings (before 12)")),
    (AFTERNOONS, gettext_lazy("Afternoons (12 to 5)")),
    (EVENINGS, gettext_lazy("Evenings (from 5)")),
]


def _day_field(label: Any, missing: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        error_messages={"required": missing, "invalid": missing},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class DaysForm(forms.Form):
    """Days and times of day, both within what can be waited for."""

    first_day = _day_field(gettext_lazy("First day that suits you"), gettext_lazy("Enter the first day that suits you"))
    last_day = _day_field(gettext_lazy("Last day that suits you"), gettext_lazy("Enter the last day that suits you"))
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Times of day that suit you"),
        choices=_PARTS,
        initial=[name for name, _label in _PARTS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Select at least one time of day")},
    )

    def __init__(self, *args: Any, first: date, last: date, centre: Centre, **kwargs: Any) -> None:
        """Offer days from `first` to `last` on the centre's calendar."""
        super().__init__(*args, **kwargs)
        self._first, self._last, self._centre = first, last, centre
        for name in ("first_day", "last_day"):
            self.fields[name].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean(self) -> dict[str, Any]:
        """Refuse days the wrong way round, over already, or too far away."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and first < self._first:
            self.add_error("first_day", _("The first day must be today or later"))
        if first and last and last < first:
            self.add_error("last_day", _("The last day must not be before the first"))
        elif last and last > self._last:
            about = {"day": day_words(self._last, centre=self._centre)}
            self.add_error("last_day", _("The last day must be %(day)s or earlier") % about)
        return data

    def waiting(self, *, doctor_id: int | None, specialty: str) -> Waiting:
        """Return the wish. Call `is_valid` first."""
        data, parts = self.cleaned_data, self.cleaned_data["parts"]
        return Waiting(
            doctor_id=doctor_id,
            specialty=specialty,
            first_day=data["first_day"],
            last_day=data["last_day"],
            mornings=MORNINGS in parts,
            afternoons=AFTERNOONS in parts,
            evenings=EVENINGS in parts,
        )


class JoinForm(DaysForm):
    """A first booking: any doctor of a specialty, or one doctor."""

    specialty = forms.ChoiceField(label=gettext_lazy("Specialty"), required=False)
    doctor = forms.ChoiceField(label=gettext_lazy("Doctor"), required=False)
    field_order = ("specialty", "doctor")

    def __init__(self, *args: Any, specialties: Iterable[str], doctors: Iterable[Doctor], **kwargs: Any) -> None:
        """Offer these."""
        super().__init__(*args, **kwargs)
        offered: dict[str, list[tuple[str, Any]]] = {
            "specialty": [("", _("Select a specialty")), *((one, one) for one in specialties)],
            "doctor": [("", _("Any doctor")), *((str(one.pk), f"{one.name}, {one.specialty}") for one in doctors)],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Ask for a specialty where no doctor is named; a doctor says it all."""
        data = super().clean()
        if not data.get("doctor") and not data.get("specialty") and not self.has_error("doctor"):
            self.add_error("specialty", _("Select a specialty or a doctor"))
        return data

    def wish(self) -> Waiting:
        """Return the wish. Call `is_valid` first."""
        doctor = self.cleaned_data["doctor"]
        specialty = "" if doctor else self.cleaned_data["specialty"]
        return self.waiting(doctor_id=int(doctor) if doctor else None, specialty=specialty)


class EarlierForm(DaysForm):
    """An earlier time than one has: with the same doctor, or anybody of the specialty."""

    with_whom = forms.ChoiceField(
        label=gettext_lazy("Who may it be with?"),
        choices=[("same", ""), ("any", "")],
        initial="same",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select who it may be with")},
    )
    field_order = ("with_whom",)

    def __init__(self, *args: Any, appointment: Appointment, same_doctor: bool, **kwargs: Any) -> None:
        """Name the doctor and, unless the terms ask for the same doctor, the specialty."""
        super().__init__(*args, centre=appointment.centre, **kwargs)
        self._doctor = appointment.slot.doctor
        field = self.fields["with_whom"]
        assert isinstance(field, forms.ChoiceField)
        anybody = _("Any doctor, %(specialty)s") % {"specialty": self._doctor.specialty}
        field.choices = [("same", self._doctor.name), *([] if same_doctor else [("any", anybody)])]

    def wish(self) -> Waiting:
        """Return the wish. Call `is_valid` first."""
        if self.cleaned_data["with_whom"] == "same":
            return self.waiting(doctor_id=self._doctor.pk, specialty="")
        return self.waiting(doctor_id=None, specialty=self._doctor.specialty)
