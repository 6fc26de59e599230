"""Money and times in setup forms: entered as people write them, kept in minor units and UTC."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from policies.models import MAX_FEE
from policies.phrases import to_major
from policies.rules.currencies import PLACES

_WALL_CLOCK = "%Y-%m-%dT%H:%M"


class MajorUnitsField(forms.DecimalField):
    """An amount in whole units of a currency that the form knows only once it is filled in."""

    widget = UnfoldAdminDecimalFieldWidget

    def __init__(self, **kwargs: Any) -> None:
        """Take no amount below zero or finer than any currency."""
        super().__init__(**{"min_value": 0, "max_digits": 18, "decimal_places": 3, **kwargs})


class WallClockField(forms.DateTimeField):
    """A day and time on a clock that the form knows only once it is filled in; kept without a zone until then."""

    widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"})

    def __init__(self, **kwargs: Any) -> None:
        """Take what browsers send."""
        super().__init__(**{"input_formats": [_WALL_CLOCK, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Show a moment as the browser's field wants it."""
        return value.strftime(_WALL_CLOCK) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment without its zone."""
        read = super().to_python(value)
        return read.replace(tzinfo=None) if read else None


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units. Raises ValidationError where the currency has no such small part, or for too much."""
    minor = amount.scaleb(PLACES[currency])
    if minor != minor.to_integral_value():
        raise forms.ValidationError(
            _("%(currency)s has %(places)d decimals"), params={"currency": currency, "places": PLACES[currency]}
        )
    if minor > MAX_FEE:
        raise forms.ValidationError(_("That is more than can be paid"))
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """Return an amount as it is shown in the field."""
    return to_major(minor, currency)


def to_moment(wall_clock: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which a clock shows this. Raises ValidationError for a time the clock skips in spring."""
    moment = wall_clock.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall_clock:
        raise forms.ValidationError(_("The clock is put forward then: there is no such time on that day"))
    return moment
