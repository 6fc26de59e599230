"""What a patient at the desk waits for: the questions of the patients' own pages, in the desk's words and look."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from appointments.portal.waiting_forms import DaysForm, EarlierForm, JoinForm


def _dress(form: DaysForm) -> None:
    """Speak of the patient instead of to them, and look like the rest of the admin."""
    words = {
        "first_day": (_("First day"), _("Enter the first day")),
        "last_day": (_("Last day"), _("Enter the last day")),
    }
    for name, (label, missing) in words.items():
        field = form.fields[name]
        limits = {key: field.widget.attrs[key] for key in ("min", "max")}
        field.label = label
        field.error_messages |= {"required": missing, "invalid": missing}
        field.widget = UnfoldAdminSingleDateWidget(attrs={"type": "date", **limits}, format="%Y-%m-%d")
    form.fields["parts"].label = _("Times of day")
    for name in ("specialty", "doctor"):
        choice = form.fields.get(name)
        if isinstance(choice, forms.ChoiceField):
            choices = choice.choices
            choice.widget = UnfoldAdminSelectWidget()
            choice.choices = choices


class DeskJoinForm(JoinForm):
    """A first booking."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress it for the desk."""
        super().__init__(*args, **kwargs)
        _dress(self)


class DeskEarlierForm(EarlierForm):
    """An earlier time than the patient has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress it for the desk."""
        super().__init__(*args, **kwargs)
        _dress(self)


def refusal_words_of(code: str) -> str:
    """Say why a wish cannot be put on the list."""
    return {
        "waits_already": _("The patient waits for this already. End the entry first if other days are wanted"),
        "too_many": _("The patient waits for as much as one can at once. End another entry first"),
        "list_closed": _("This centre has no waiting list at the moment"),
        "cannot_move": _("The terms no longer let the patient move this appointment"),
        "days": _("These days cannot be waited for. Choose others"),
    }[code]
