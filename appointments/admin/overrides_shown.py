"""What a page about an override shows: the request, the figures when asked and now, and what the patient would be told."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from appointments import queries
from appointments.errors import NotAllowedError
from appointments.models import OverrideRequest
from appointments.overrides.worth import Worth
from appointments.usecases.override import worth_now
from appointments.wording.explain import explain_lines, explain_ways
from appointments.wording.formats import format_moment, format_money
from policies.rules.money import percent_text
from policies.rules.quote import RescheduleQuote


def worth_if_possible(override: OverrideRequest, *, now: datetime) -> Worth | None:
    """Return what it is worth now; None where it can no longer be done."""
    try:
        return worth_now(override, now=now)
    except NotAllowedError:
        return None


def at(override: OverrideRequest, moment: datetime) -> str:
    """Return day and clock at the centre."""
    return format_moment(moment, centre=override.appointment.centre)


def money(override: OverrideRequest, minor: int) -> str:
    """Return an amount as people at the centre write it."""
    appointment = override.appointment
    return format_money(minor, currency=appointment.chain.currency, centre=appointment.centre)


def what(override: OverrideRequest) -> str:
    """Say what would be done."""
    if override.slot is None:
        percent = percent_text(override.percent) if override.percent is not None else ""
        return gettext("Cancel, %(percent)s %% back") % {"percent": percent}
    when = {"when": at(override, override.slot.starts_at), "doctor": override.slot.doctor}
    return gettext("Move to %(when)s with %(doctor)s") % when


def facts_of(override: OverrideRequest) -> list[tuple[str, str]]:
    """Return what was asked for and how it ended, in pairs of name and value."""
    return [
        (gettext("Asks for"), what(override)),
        (gettext("Reason"), queries.reason_label(override.reason_code)),
        (gettext("In their words"), override.reason_text),
        (gettext("Asked by"), override.asked_label),
        (gettext("Asked"), at(override, override.asked_at)),
        (gettext("To be decided by"), at(override, override.expires_at)),
        (gettext("State"), override.get_state_display()),
        (gettext("Decided"), at(override, override.decided_at) if override.decided_at else ""),
        (gettext("Decided by"), override.decided_label),
        (gettext("Answer"), override.decision_text),
    ]


def figures_of(override: OverrideRequest, worth: Worth | None) -> list[dict[str, str]]:
    """Return the rows of the comparison: by the terms, by the override, the difference; when asked, and now."""
    pairs = [
        (gettext("By the patient’s terms"), override.by_rules, worth.by_rules if worth else None),
        (gettext("By this override"), override.by_override, worth.by_override if worth else None),
        (gettext("Difference"), override.difference, worth.difference if worth else None),
    ]
    return [
        {
            "label": label,
            "asked": money(override, asked),
            "now": "–" if now is None else money(override, now),
            "has_changed": "yes" if now is not None and now != asked else "",
        }
        for label, asked, now in pairs
    ]


def told(override: OverrideRequest, worth: Worth | None) -> dict[str, Any]:
    """Return what the patient would be told and where the money would go, by the figures of now."""
    if worth is None:
        return {"rows": (), "ways": (), "due": ""}
    currency, centre = override.appointment.chain.currency, override.appointment.centre
    due = worth.quote.due if isinstance(worth.quote, RescheduleQuote) else 0
    return {
        "rows": explain_lines(worth.quote.lines, currency=currency, centre=centre),
        "ways": explain_ways(worth.quote.allocations, currency=currency, centre=centre),
        "due": money(override, due) if due else "",
    }
