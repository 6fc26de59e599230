"""The form that enters somebody who was never here."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from appointments import queries
from appointments.models import Centre, Patient
from appointments.newcomers import Newcomer
from appointments.phones import international, region_of
from appointments.usecases.hold import Shown

#: Nobody is older.
_MOST_YEARS = 130
NEW = "new"


def _text(label: Any, missing: Any = None, **more: Any) -> forms.CharField:
    errors = {"required": missing} if missing else {}
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, error_messages=errors, widget=widget, **more)


class NewcomerForm(forms.Form):
    """Who it is and how they are reached, as booked through which channel; `seen` and `who` answer for people who might be the same."""

    name = _text(gettext_lazy("Name"), gettext_lazy("Enter the name"), max_length=150)
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"),
        widget=UnfoldAdminSingleDateWidget(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter the date of birth"),
            "invalid": gettext_lazy("Enter the date of birth"),
        },
    )
    phone = _text(gettext_lazy("Phone"), required=False, max_length=32)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Enter an e-mail address, such as name@example.org")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of messages"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    who = forms.CharField(required=False)

    def __init__(self, *args: Any, centre: Centre, now: datetime, **kwargs: Any) -> None:
        """Offer the centre's channels, the website's first; phone numbers are read as its people write them."""
        super().__init__(*args, **kwargs)
        self._region, self._today = region_of(centre), now.astimezone(centre.zone).date()
        channels = queries.channels_of_centre(centre.pk).order_by("-is_website", "name")
        self.fields["channel"] = forms.ModelChoiceField(
            label=_("Booked with"),
            queryset=channels,
            initial=channels.first(),
            empty_label=None,
            widget=UnfoldAdminSelectWidget,
        )
        self.fields["phone"].help_text = _("With its country code, unless it is a number of the centre’s own country")
        self.fields["birth_date"].widget.attrs["max"] = self._today.isoformat()

    def clean_name(self) -> str:
        """Return the name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_birth_date(self) -> date:
        """Refuse a day to come, and one that nobody living was born on."""
        born: date = self.cleaned_data["birth_date"]
        if not self._today.year - _MOST_YEARS <= born.year or born > self._today:
            raise forms.ValidationError(_("The date of birth must be in the past"))
        return born

    def clean_phone(self) -> str:
        """Return the number in E.164."""
        typed = self.cleaned_data["phone"]
        number = international(typed, region=self._region) if typed else ""
        if typed and not number:
            raise forms.ValidationError(_("Enter a phone number, such as +44 7700 900101"))
        return number

    def clean(self) -> dict[str, Any]:
        """Ask for one way to reach them."""
        data = super().clean() or self.cleaned_data
        if not data.get("phone") and not data.get("email") and not (self.has_error("phone") or self.has_error("email")):
            self.add_error("phone", _("Enter a phone number, an e-mail address or both"))
        return data

    def newcomer(self) -> Newcomer:
        """Return who it is. Call `is_valid` first."""
        told = {name: self.cleaned_data[name] for name in ("name", "birth_date", "phone", "email", "language")}
        return Newcomer(**told)

    def seen(self) -> frozenset[int]:
        """Return the pks of those who were shown when the clerk answered that it is somebody else."""
        sent = self.data.getlist("seen") if hasattr(self.data, "getlist") else []
        is_other = self.cleaned_data["who"] == NEW
        return frozenset(int(pk) for pk in sent if pk.isdecimal() and len(pk) < 19) if is_other else frozenset()

    def same_as(self, known: Iterable[Patient]) -> Patient | None:
        """Return whom of those known the clerk chose, if anybody."""
        return next((one for one in known if str(one.pk) == self.cleaned_data["who"]), None)

    def shown(self) -> Shown | None:
        """Return the price and terms that the form was sent with, None where it was sent with none."""
        price, terms = (str(self.data.get(name, "")) for name in ("price", "terms"))
        sent = all(part.isdecimal() and len(part) < 19 for part in (price, terms))
        return Shown(int(price), int(terms)) if sent else None
