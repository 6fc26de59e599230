"""Questions about who acts for whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import CarerRelation
from appointments.portal.people_choice import Person
from appointments.usecases.carers import Invitation


class PersonForm(forms.Form):
    """Who is this appointment for?"""

    person = forms.ChoiceField(
        label=gettext_lazy("Who is this appointment for?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Select who this is for"),
            "invalid_choice": gettext_lazy("Select who this is for"),
        },
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        """Offer these people."""
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        self._people = {str(one.patient_id): one for one in people}
        field.choices = [
            (key, _("%(name)s (you)") % {"name": one.name} if one.is_oneself else one.name)
            for key, one in self._people.items()
        ]

    @property
    def chosen(self) -> Person:
        """The answer. Call `is_valid` first."""
        return self._people[self.cleaned_data["person"]]


class InviteForm(forms.Form):
    """Who may act for me, as what, how far and until when."""

    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        error_messages={
            "required": gettext_lazy("Enter their e-mail address"),
            "invalid": gettext_lazy("Enter an e-mail address, such as name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("What are they to you?"),
        choices=[
            (CarerRelation.Relation.PARENT, gettext_lazy("My parent")),
            (CarerRelation.Relation.GUARDIAN, gettext_lazy("My guardian")),
            (CarerRelation.Relation.CHILD, gettext_lazy("My son or daughter")),
            (CarerRelation.Relation.AGENT, gettext_lazy("Somebody I appoint")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select what they are to you")},
    )
    rights = forms.ChoiceField(
        label=gettext_lazy("What may they do?"),
        choices=CarerRelation.Rights.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select what they may do")},
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until when?"),
        help_text=gettext_lazy("Leave it empty if you do not know. You can end it at any time."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the last day, such as 2027-03-27")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Begin today."""
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_ends_on(self) -> date | None:
        """Refuse a day that is over."""
        day: date | None = self.cleaned_data["ends_on"]
        if day and day < self._today:
            raise forms.ValidationError(_("The last day must not be over"))
        return day

    @property
    def invitation(self) -> Invitation:
        """What was asked for. Call `is_valid` first."""
        return Invitation(**self.cleaned_data, proof=CarerRelation.Proof.CONSENT, starts_on=self._today)

    def refuse(self, code: str) -> None:
        """Say why this person cannot be invited."""
        words = {
            "own_address": _("This is your own e-mail address. Enter the one of the other person"),
            "asked_already": _("You have asked this person already"),
            "never_booked": _("You can do this once you have a booking at the clinic"),
        }
        self.add_error("email", words[code])
