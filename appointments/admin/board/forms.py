"""The two small forms of the board: which day of which centre, and who is looked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from appointments.board.search import SHORTEST
from appointments.models import Centre


class BoardForm(forms.Form):
    """Which day; the page reads the address itself, so that nonsense in it shows today."""

    day = forms.DateField(label=_("Day"), widget=UnfoldAdminSingleDateWidget(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, centres: dict[str, Centre], **kwargs: Any) -> None:
        """Offer the centres where there is more than one."""
        super().__init__(*args, **kwargs)
        if len(centres) > 1:
            choices = [(key, centre.name) for key, centre in centres.items()]
            self.fields["centre"] = forms.ChoiceField(
                label=_("Centre"), choices=choices, widget=UnfoldAdminSelectWidget
            )
            self.order_fields(["centre", "day"])


class FindForm(forms.Form):
    """Who is looked for."""

    text = forms.CharField(
        label=_("Find a patient’s appointment"),
        min_length=SHORTEST,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter whom you look for"),
            "min_length": _("Enter two characters or more"),
            "max_length": _("Enter 100 characters or less"),
        },
    )

    def __init__(self, *args: Any, by_contact: bool, **kwargs: Any) -> None:
        """Say what can be entered."""
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = (
            _("Reference, name, phone, or date of birth such as 27/3/1984") if by_contact else _("Reference or name")
        )


class FindPatientForm(FindForm):
    """Which patient is meant."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for somebody rather than for a booking."""
        super().__init__(*args, by_contact=True, **kwargs)
        self.fields["text"].label = _("Find the patient")
        self.fields["text"].help_text = _("Name, phone, or date of birth such as 27/3/1984")
