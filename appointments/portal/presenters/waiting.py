"""What the pages of the waiting list show."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from appointments.models import Appointment, Centre, WaitingEntry
from appointments.portal.presenters.common import contact_of
from appointments.waiting.line import open_offer_to, place_of
from appointments.wording.formats import format_moment
from appointments.wording.waiting import days_words, how_it_works, place_words, wish_words


@dataclass(frozen=True, slots=True)
class EntryCard:
    """One entry in the list. `offer` is the reference behind the page of an open offer, for whoever may answer; `offer_words` what is offered."""

    pk: int
    wish: str
    days: str
    place: str
    patient: str
    centre: str
    moves: str
    reference: str
    may_leave: bool
    offer: str = ""
    offer_words: str = ""


def list_page(entries: Iterable[WaitingEntry], *, may_end: Collection[int]) -> dict[str, Any]:
    """Return what the page of one's entries shows; `may_end` are the pks of those that the visitor may end."""
    listed = list(entries)
    return {
        "entries": [entry_card(one, may_leave=one.pk in may_end) for one in listed],
        **contact_of(one.centre for one in listed),
    }


def entry_card(entry: WaitingEntry, *, may_leave: bool = True) -> EntryCard:
    """Return an open entry with its place, and the time that is offered to it."""
    offer, old = open_offer_to(entry), entry.appointment
    return EntryCard(
        pk=entry.pk,
        wish=wish_words(entry),
        days=days_words(entry),
        place=place_words(place_of(entry)),
        patient=entry.patient.name,
        centre=entry.centre.name,
        moves=format_moment(old.slot.starts_at, centre=entry.centre) if old else "",
        reference=old.reference if old else "",
        may_leave=may_leave,
        offer=offer.draft.reference if offer and may_leave else "",
        offer_words=format_moment(offer.slot.starts_at, centre=entry.centre) if offer else "",
    )


def may_wait(appointment: Appointment) -> bool:
    """Tell whether an earlier time can be waited for: booked or waiting for approval, at a centre with a list."""
    return appointment.status in Appointment.RESCHEDULABLE and appointment.centre.waiting_list


def join_page(centre: Centre) -> dict[str, Any]:
    """Return what is told before joining."""
    return {"centre": centre, "sentences": how_it_works(centre), **contact_of([centre])}
