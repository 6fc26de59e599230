"""The form of the what-if box: one booking, real or made up, and how it is cancelled."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from appointments.admin.money import MajorUnitsField, WallClockField, to_minor, to_moment
from appointments.facts import booking_facts
from appointments.models import Appointment
from appointments.references import read_reference
from policies.rules.facts import ActorKind, Booking, CancellationRequest, ChannelFacts, Paid, PaymentMethod, Status

#: Who cancels, as the select names it.
REQUESTS = {
    "patient": CancellationRequest(ActorKind.PATIENT),
    "staff": CancellationRequest(ActorKind.STAFF),
    "hospital": CancellationRequest(ActorKind.STAFF, for_hospital=True),
    "doctor": CancellationRequest(ActorKind.DOCTOR),
}
_WHO = [
    ("patient", _("The patient")),
    ("staff", _("Staff, asked by the patient")),
    ("hospital", _("Staff, for the hospital")),
    ("doctor", _("The doctor")),
]
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_UTC = ZoneInfo("UTC")


class WhatIfForm(forms.Form):
    """`reference` names a real booking; without one, times and amounts are made up. Amounts are whole units of `currency`."""

    reference = forms.CharField(
        label=_("Reference of a booking"),
        help_text=_("Leave it empty to make a booking up."),
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    booked_at = WallClockField(label=_("First booked"), required=False)
    starts_at = WallClockField(label=_("Appointment starts"), required=False)
    paid = MajorUnitsField(label=_("Paid by the patient"), required=False)
    insured = MajorUnitsField(label=_("Paid by the insurer"), required=False)
    fee = MajorUnitsField(label=_("Handling fee of the booking channel"), required=False)
    at = WallClockField(
        label=_("Cancelled at"),
        help_text=_("Of a real booking: on the clock of its centre."),
        error_messages={"required": _("Enter when it is cancelled")},
    )
    who = forms.ChoiceField(label=_("Cancelled by"), choices=_WHO, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, currency: str, visible: QuerySet[Appointment] | None, **kwargs: Any) -> None:
        """Take real bookings out of `visible` only; without it, offer none."""
        super().__init__(*args, **kwargs)
        self._currency, self._visible = currency, visible
        self.appointment: Appointment | None = None
        self.booking: Booking | None = None
        self.moment: datetime | None = None
        if visible is None:
            del self.fields["reference"]

    @property
    def request(self) -> CancellationRequest:
        """Who cancels. Only for a form without errors."""
        return REQUESTS[self.cleaned_data["who"]]

    @staticmethod
    def example(*, now: datetime) -> dict[str, Any]:
        """Return a booking to begin with: for tomorrow, cancelled now."""
        whole = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return {
            "booked_at": whole - timedelta(days=7),
            "starts_at": whole + timedelta(hours=20),
            "at": whole,
            "paid": Decimal(1000),
            "who": "patient",
        }

    def clean_reference(self) -> str:
        """Find the booking. One of another centre is like none."""
        text: str = self.cleaned_data["reference"]
        if text and self._visible is not None:
            self.appointment = self._visible.filter(reference=read_reference(text) or text).first()
            if self.appointment is None:
                raise ValidationError(_("There is no booking with this reference at your centres."))
            if self.appointment.chain.currency != self._currency:
                raise ValidationError(
                    _("This booking was paid in %(booking)s, the policy is in %(policy)s."),
                    params={"booking": self.appointment.chain.currency, "policy": self._currency},
                )
        return text

    def clean(self) -> dict[str, Any]:
        """Make a booking of it, real or made up, and read its clock."""
        data = super().clean() or {}
        zone = self.appointment.centre.zone if self.appointment else _UTC
        moments = {name: self._moment(name, zone) for name in ("booked_at", "starts_at", "at")}
        self.moment = moments["at"]
        if self.appointment:
            self.booking = booking_facts(self.appointment)
        elif not data.get("reference") and "reference" not in self.errors:
            amounts = {name: self._minor(name) for name in ("paid", "insured", "fee")}
            self.booking = self._made_up(moments, amounts)
        booked_at = self.booking.booked_at if self.booking else None
        if self.moment and booked_at and self.moment < booked_at:
            self.add_error("at", _("That is before it was booked."))
        return data

    def _made_up(self, moments: dict[str, datetime | None], amounts: dict[str, int]) -> Booking | None:
        booked_at, starts_at = moments["booked_at"], moments["starts_at"]
        if not booked_at or not starts_at or self.errors:
            return None
        if starts_at <= booked_at:
            self.add_error("starts_at", _("It cannot start before it is booked."))
            return None
        own = Paid("1", amounts["paid"], PaymentMethod.CARD, 0, booked_at)
        insured = Paid("2", amounts["insured"], PaymentMethod.INSURANCE, 0, booked_at)
        return Booking(
            status=Status.CONFIRMED,
            starts_at=starts_at,
            booked_at=booked_at,
            doctor="",
            reschedules=0,
            held=own.amount,
            percent_cap=None,
            payments=(own, insured),
            channel=ChannelFacts(handling_fee=amounts["fee"]),
        )

    def _moment(self, name: str, zone: ZoneInfo) -> datetime | None:
        """Return a time as an instant; for a made-up booking both of its times are needed."""
        wall_clock = self.cleaned_data.get(name)
        if wall_clock is None:
            if name not in self.errors and self.appointment is None and "reference" not in self.errors:
                self.add_error(name, _("Enter a day and a time, or a reference."))
            return None
        if not _FIRST_YEAR <= wall_clock.year <= _LAST_YEAR:
            self.add_error(name, _("Enter a day of this century or the next."))
            return None
        try:
            return to_moment(wall_clock, zone)
        except ValidationError as error:
            self.add_error(name, error)
            return None

    def _minor(self, name: str) -> int:
        """Return an amount in minor units; none is nothing."""
        amount = self.cleaned_data.get(name)
        try:
            return to_minor(amount, self._currency) if amount else 0
        except ValidationError as error:
            self.add_error(name, error)
            return 0
