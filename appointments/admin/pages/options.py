"""The choices of a page, each with its quote, side by side; and one form to take one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appointments.admin.desk import Desk
from appointments.errors import QuoteChangedError
from appointments.offers import CancellationOffer, RescheduleOffer
from appointments.overrides.worth import Worth, needs_second_person
from appointments.wording.explain import Row, explain_lines, explain_ways
from policies.rules.quote import CancellationQuote


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: who asked for it, what it does with the money, and the token that holds that. Refused: why."""

    name: str
    title: str
    note: str
    total_label: str
    total: str
    rows: Sequence[Row]
    ways: Sequence[Row]
    token: str
    held_until: str
    refused: str
    for_hospital: bool = False
    override: bool = False
    percent: Decimal | None = None
    difference: str = ""
    second_person: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The figure that was shown before, and the one that holds now."""

    label: str
    before: str
    now: str


def option(
    desk: Desk,
    offer: CancellationOffer | RescheduleOffer,
    *,
    name: str,
    title: str,
    note: str,
    **asked: Any,
) -> Option:
    """Return an offer as a choice. `asked` is what was asked for: for_hospital, override, percent."""
    quote = offer.quote
    slot = offer.slot if isinstance(offer, RescheduleOffer) else None
    label, total = total_of(desk, offer)
    centre, currency = desk.appointment.centre, desk.appointment.chain.currency
    return Option(
        name=name,
        title=title,
        note=note,
        total_label=label,
        total=total,
        rows=explain_lines(quote.lines, currency=currency, centre=centre),
        ways=explain_ways(quote.allocations, currency=currency, centre=centre),
        token=offer.token,
        held_until=desk.moment(offer.valid_until),
        refused="" if quote.refusal is None else desk.refused(quote.refusal, slot=slot),
        **asked,
    )


def against_terms(desk: Desk, worth: Worth) -> dict[str, str]:
    """Return what an override differs from the terms by, and whether a second person must agree, in words."""
    by_rules, by_override = desk.money(worth.by_rules), desk.money(worth.by_override)
    shown = {"rules": by_rules, "override": by_override, "difference": desk.money(abs(worth.difference))}
    if not worth.difference:
        words = _("By the terms the patient keeps or gets %(rules)s; this is the same.") % shown
    elif worth.difference > 0:
        words = (
            _("By the terms the patient keeps or gets %(rules)s, by this %(override)s: %(difference)s more.") % shown
        )
    else:
        words = (
            _("By the terms the patient keeps or gets %(rules)s, by this %(override)s: %(difference)s less.") % shown
        )
    if not needs_second_person(worth, appointment=desk.appointment):
        return {"difference": words}
    limit = desk.money(desk.appointment.centre.override_limit)
    second = _(
        "You can ask for this. It differs from the terms by more than the %(limit)s that one person decides alone, so a colleague "
        "looks at it first. Until then the appointment stands, and nobody is told."
    )
    return {"difference": words, "second_person": second % {"limit": limit}}


def alone_up_to(desk: Desk) -> str:
    """Say before anything is entered how much somebody may decide alone."""
    return _(
        "You decide alone up to %(limit)s more or less than the terms give. Beyond that a colleague looks at it first."
    ) % {"limit": desk.money(desk.appointment.centre.override_limit)}


def total_of(desk: Desk, offer: CancellationOffer | RescheduleOffer) -> tuple[str, str]:
    """Return the one figure that counts, in words and as money."""
    quote = offer.quote
    if isinstance(quote, CancellationQuote):
        return _("Back to the patient"), desk.money(quote.refund)
    if quote.due:
        return _("To pay first"), desk.money(quote.due)
    if quote.credit:
        return _("Credit for the patient"), desk.money(quote.credit)
    return _("Back to the patient"), desk.money(quote.refund)


def what_changed(desk: Desk, error: QuoteChangedError, *, chosen: str) -> Changed:
    """Return the figure the form was sent with beside the new one."""
    label, now = total_of(desk, error.offer)
    before = desk.request.POST.get(f"shown_{chosen}", "")[:40]
    return Changed(label, before or _("not known"), now)
