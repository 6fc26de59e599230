"""The first page of the admin: what there is to do today, for whoever looks, each figure a link to its list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import today
from appointments.admin.base import account_of
from appointments.admin.first_steps import address_of as address_of_steps
from appointments.admin.first_steps import may_see as may_set_up
from appointments.admin.first_steps import steps_left
from appointments.admin.leave.rights import may_see, visible_leaves
from appointments.admin.scope import centres_shown, visible_appointments, visible_money
from appointments.models import Centre, User
from appointments.wording.formats import format_clock, format_day
from refunds.models import RefundStatus

_APPOINTMENTS = "admin:appointments_appointment_changelist"
_REFUNDS = "admin:refunds_refund_changelist"
_BAR, _STEP, _HEIGHT, _TOP = 16, 44, 130, 22


@dataclass(frozen=True, slots=True)
class Card:
    """One figure: what it counts, where its list is, and whether somebody should act."""

    label: str
    value: int
    address: str
    note: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """One hour of the chart, in the units of its viewBox; `y` runs down from the top."""

    x: int
    label: str
    standing: int
    standing_y: int
    standing_height: int
    cancelled: int
    cancelled_y: int
    cancelled_height: int

    @property
    def cancelled_x(self) -> int:
        """Where the second bar stands."""
        return self.x + _BAR + 2

    @property
    def middle(self) -> int:
        """Where the hour is written."""
        return self.x + _BAR + 1


@dataclass(frozen=True, slots=True)
class AgeRow:
    """Refunds of one status by age, and the address of their list."""

    label: str
    fresh: int
    days: int
    old: int
    address: str
    is_urgent: bool


def today_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the first page, with what this account may see of today."""
    user, now = account_of(request), timezone.now()
    centres = centres_shown(user)
    centre = centres.get(request.GET.get("centre", "")) or next(iter(centres.values()), None)
    return context | {
        "title": _("Today"),
        "cards": list(_cards(user, now=now)),
        "refund_ages": _refund_ages(user, now=now),
        **(_chart(user, centre, centres, now=now) if centre else {}),
    }


def _cards(user: User, *, now: datetime) -> Iterator[Card]:
    """Yield the figures that this account may see, each with the right that its list asks for."""
    if may_set_up(user):
        steps = steps_left(user, now=now)
        if steps:
            yield Card(_("Steps of setting up left"), steps, address_of_steps(), is_urgent=True)
    appointments = visible_appointments(user)
    if user.has_perm("appointments.approve_appointment"):
        waiting = today.waiting_for_approval(appointments)
        address = reverse(_APPOINTMENTS) + "?status__exact=pending_approval"
        yield Card(_("Waiting for approval"), waiting, address, is_urgent=waiting > 0)
    if user.has_perm("appointments.view_laterequest"):
        requests, late = today.late_requests(appointments, now=now)
        yield Card(
            _("Late requests waiting"),
            requests,
            reverse("admin:appointments_laterequest_changelist") + "?state__exact=waiting",
            note=_("%(n)d past their time limit") % {"n": late} if late else "",
            is_urgent=late > 0,
        )
    if user.has_perm("appointments.view_overriderequest"):
        overrides = today.overrides_waiting(appointments, now=now)
        address = reverse("admin:appointments_overriderequest_changelist") + "?state__exact=waiting"
        yield Card(_("Overrides for a second person"), overrides, address, is_urgent=overrides > 0)
    if may_see(user):
        open_cases = today.answers_awaited(visible_leaves(user))
        address = reverse("admin:appointments_emergencyleave_changelist")
        yield Card(_("Answers awaited, doctor away"), open_cases, address)
    if user.has_perm("appointments.view_outboxmessage"):
        unsent = today.unsent(appointments)
        address = reverse("admin:appointments_outboxmessage_changelist") + "?state__in=failed,bounced"
        yield Card(_("Messages that did not reach anybody"), unsent, address, is_urgent=unsent > 0)
    if user.has_perm("refunds.view_refund"):
        still_open = today.open_refunds(visible_money(user))
        missed = today.missed_promises(visible_money(user), now=now)
        yield Card(
            _("Promised dates missed"),
            missed,
            reverse(_REFUNDS) + "?promise=late",
            note=_("of %(n)d refunds that are not paid yet") % {"n": still_open},
            is_urgent=missed > 0,
        )


def _refund_ages(user: User, *, now: datetime) -> list[AgeRow]:
    if not user.has_perm("refunds.view_refund"):
        return []
    return [
        AgeRow(
            str(ages.status.label),
            ages.fresh,
            ages.days,
            ages.old,
            f"{reverse(_REFUNDS)}?status__exact={ages.status.value}",
            is_urgent=ages.status is RefundStatus.FAILED and ages.total > 0,
        )
        for ages in today.ages_of(visible_money(user), now=now)
    ]


def _chart(user: User, centre: Centre, centres: dict[str, Centre], *, now: datetime) -> dict[str, Any]:
    """Return the day of a centre as bars."""
    if not user.has_perm("appointments.view_appointment"):
        return {}
    hours = today.hours_of(visible_appointments(user), centre=centre, now=now)
    highest = max(max(hour.standing, hour.cancelled) for hour in hours) or 1
    first, _last = today.day_of(centre=centre, now=now)

    def height(count: int) -> int:
        return round(count * _HEIGHT / highest)

    bars = [
        Bars(
            x=number * _STEP + 4,
            label=format_clock(first.replace(hour=hour.hour), centre=centre).replace(":00", ""),
            standing=hour.standing,
            standing_y=_TOP + _HEIGHT - height(hour.standing),
            standing_height=height(hour.standing),
            cancelled=hour.cancelled,
            cancelled_y=_TOP + _HEIGHT - height(hour.cancelled),
            cancelled_height=height(hour.cancelled),
        )
        for number, hour in enumerate(hours)
    ]
    return {
        "centre": centre,
        "other_centres": [one for one in centres.values() if one != centre][:20],
        "day": format_day(now, centre=centre),
        "bars": bars,
        "standing": sum(hour.standing for hour in hours),
        "cancelled": sum(hour.cancelled for hour in hours),
        "chart_width": len(bars) * _STEP,
        "chart_base": _TOP + _HEIGHT,
        "chart_height": _TOP + _HEIGHT + 24,
        "day_address": reverse(_APPOINTMENTS) + "?day=today",
        "board_address": f"{reverse('admin:appointments_appointment_board')}?centre={centre.pk}",
    }
