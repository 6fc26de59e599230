"""The form of weekly hours: one span, for several weekdays at once where it is new."""

from datetime import time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from appointments.admin.base import HoursModelForm
from appointments.admin.money import MajorUnitsField, from_minor, to_minor
from appointments.hours import queries
from appointments.hours.times import Hours, clash
from appointments.models import Doctor, Weekday


def _clock(label: Any, **more: Any) -> forms.TimeField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "time", "class": "max-w-40"})
    return forms.TimeField(label=label, widget=widget, **more)


def day_field(label: Any, **more: Any) -> forms.DateField:
    """Return a field for a day, as browsers send it."""
    widget = UnfoldAdminSingleDateWidget(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class HoursForm(HoursModelForm):
    """A span of weekly hours, the price in whole units of the centre's currency."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several at once make a span for each."),
    )
    begins = _clock(_("From"))
    ends = _clock(_("Until"), help_text=_("Earlier than the start means on the next day."))
    price = MajorUnitsField(label=_("Price"))
    first_day = day_field(_("Valid from"))
    last_day = day_field(_("Valid until"), required=False, help_text=_("Empty: until further notice"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the weekdays of new hours, and for the one of hours that are there."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("weekdays", None)
            if "price" in self.fields:
                self.initial["price"] = from_minor(self.instance.price, self.instance.doctor.centre.currency)
        elif "weekdays" in self.fields:
            self.fields.pop("weekday", None)
            self.initial.setdefault("first_day", timezone.localdate())

    def clean(self) -> dict[str, Any]:
        """Turn the price into minor units, and refuse hours without room for a slot or at the same time as others."""
        data = super().clean() or self.cleaned_data
        doctor: Doctor | None = data.get("doctor")
        if doctor is None:
            return data
        if data.get("price") is not None:
            try:
                data["price"] = to_minor(data["price"], doctor.centre.currency)
            except forms.ValidationError as error:
                self.add_error("price", error)
        if not self.errors:
            self._refuse_nonsense(doctor, data)
        return data

    def days(self) -> list[int]:
        """Return the weekdays meant. Only for a form without errors."""
        return self.cleaned_data.get("weekdays") or [self.cleaned_data["weekday"]]

    def _refuse_nonsense(self, doctor: Doctor, data: dict[str, Any]) -> None:
        self.instance.weekday = self.days()[0]
        spans = [
            Hours(
                weekday=day,
                begins=data["begins"],
                ends=data["ends"],
                length=timedelta(minutes=data["slot_minutes"]),
                pause=timedelta(minutes=data["pause_minutes"]),
                price=data["price"],
                first_day=data["first_day"],
                last_day=data["last_day"],
            )
            for day in self.days()
        ]
        if data["begins"] != data["ends"] and spans[0].span < spans[0].length:
            self.add_error("slot_minutes", _("The hours are shorter than one slot"))
        others = [row for row in queries.hours_of_doctor(doctor.pk) if row.pk != self.instance.pk]
        for row in others:
            if any(clash(span, queries.hours_of(row)) for span in spans):
                words = {"day": row.get_weekday_display(), "hours": clock_span(row.begins, row.ends)}
                self.add_error("begins", _("The doctor has hours at that time already: %(day)s, %(hours)s") % words)
                return


def clock_span(begins: time, ends: time) -> str:
    """Return hours as the reader's language writes them, such as 9 a.m. – 1 p.m."""
    return f"{time_format(begins, 'TIME_FORMAT')} – {time_format(ends, 'TIME_FORMAT')}"
