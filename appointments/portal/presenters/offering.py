"""What the pages of an offered time show."""

from datetime import datetime
from typing import Any

from appointments.models import Appointment, OfferState, SlotOffer
from appointments.portal.presenters import booking
from appointments.portal.presenters.changing import count_row, money_rows
from appointments.portal.presenters.common import heading_of, money, page_about
from appointments.wording.formats import format_held_until, format_moment
from appointments.wording.waiting import cost_words, move_label
from policies.rules.quote import RescheduleQuote
from policies.rules.records import reschedule_from_record


def offer_page(offer: SlotOffer, draft: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what is shown before an offered time is taken: its price and terms or, for a move, both times and what it costs."""
    quote = reschedule_from_record(draft.pending_move["quote"]) if draft.pending_move else None
    page = _move(draft, draft.replaces, quote, now=now) if quote and draft.replaces else _first(draft, now=now)
    return page | {
        "offer": offer,
        "draft": draft,
        "cost": cost_words(draft, quote),
        "move_label": move_label(draft, quote) if quote else "",
        "due": money(quote.due if quote else draft.slot.price, draft),
        "is_due": bool(quote.due if quote else draft.slot.price),
        "until_text": format_held_until(offer.until, centre=draft.centre, now=now),
        "needs_approval": draft.slot.doctor.requires_approval,
    }


def gone_page(offer: SlotOffer, draft: Appointment) -> dict[str, Any]:
    """Return what is told of an offer that does not stand any more."""
    return page_about(
        draft,
        state=str(OfferState.LAPSED if offer.is_open else offer.state),
        still_waits=offer.entry.is_open,
        keeps=heading_of(draft.replaces) if draft.replaces else None,
    )


def _first(draft: Appointment, *, now: datetime) -> dict[str, Any]:
    chain = draft.chain
    return booking.check_page(draft.slot, chain.patient, chain.channel, chain.terms, now=now)


def _move(draft: Appointment, old: Appointment, quote: RescheduleQuote, *, now: datetime) -> dict[str, Any]:
    return page_about(
        old,
        old=old,
        new_when=format_moment(draft.slot.starts_at, centre=draft.centre),
        new_doctor=draft.slot.doctor.name,
        old_price=money(old.slot.price, old),
        new_price=money(draft.slot.price, draft),
        rows=[*money_rows(quote, old, now=now), count_row(old, quote)],
    )
