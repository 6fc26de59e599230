"""What the messages of the waiting list say."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from appointments.manage import links
from appointments.models import MessageKind, OutboxMessage, WaitingEntry
from appointments.waiting.line import offer_of
from appointments.wording.formats import format_moment
from appointments.wording.waiting import cost_words, days_words, how_it_works, wish_words
from policies.rules.records import reschedule_from_record


def waiting_of(message: OutboxMessage) -> dict[str, Any]:
    """Return the wish of somebody who joined, or the time that was offered, with its cost, as it was then."""
    if message.kind == MessageKind.WAITING_JOINED:
        return _joined(message)
    if message.kind in (MessageKind.SLOT_OFFERED, MessageKind.OFFER_ENDED):
        return _offered(message)
    return {}


def _joined(message: OutboxMessage) -> dict[str, Any]:
    entries = WaitingEntry.objects.select_related("centre", "doctor")
    entry = entries.get(pk=int(message.key.rpartition(":")[2]))
    if entry.appointment_id:
        link = reverse("portal:manage_link", args=[links.TOKEN_PLACE])
    else:
        link = reverse("portal:waiting")
    return {
        "wish": _one_line(wish_words(entry)),
        "wish_days": _one_line(days_words(entry)),
        "sentences": how_it_works(entry.centre),
        "is_move": entry.appointment_id is not None,
        "waiting_link": settings.SITE_URL + link,
    }


def _offered(message: OutboxMessage) -> dict[str, Any]:
    draft = message.event.appointment
    offer = offer_of(draft)
    if offer is None:
        return {}
    quote = reschedule_from_record(draft.pending_move["quote"]) if draft.pending_move else None
    link = reverse("portal:manage_offer_link", args=[links.TOKEN_PLACE, draft.reference])
    return {
        "answer_by": format_moment(offer.until, centre=draft.centre),
        "cost": cost_words(draft, quote),
        "old_when": format_moment(draft.replaces.slot.starts_at, centre=draft.centre) if draft.replaces else "",
        "still_waits": offer.entry.is_open,
        "offer_link": settings.SITE_URL + link,
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
