"""How each promise about the waiting list is broken."""

from datetime import timedelta

from appointments.models import SlotOffer
from appointments.usecases.answer_offer import take_offer
from tests import factories
from tests.appointments.waiting.rows import House, actor_of, give_back, offered
from tests.audit.scenes import keys_of
from tests.audit.tampering import Keys, Tampering
from tests.factories import NOW

_OFFER = "appointments_slotoffer"
_SLOT = "appointments_slot"


def an_offer() -> Keys:
    """A time was given back and is offered to somebody who waits; another is booked."""
    house = House()
    house.waits()
    appointment = house.booked(booked_at=NOW)
    offer = offered(give_back(appointment))
    other = house.slot(hours=3)
    return {**keys_of(appointment), "offer": str(offer.pk), "slot": str(offer.slot_id), "other": str(other.pk)}


def a_booked_offer() -> Keys:
    """The offer was taken and paid."""
    keys = an_offer()
    offer = SlotOffer.objects.get()
    take_offer(draft_id=offer.draft_id, actor=actor_of(offer.entry.patient), now=NOW)
    factories.pay(factories.fresh(offer.draft), method="cash")
    return keys


_LONG_AGO, _EARLIER = (f"'{(NOW - timedelta(hours=ago)).isoformat(sep=' ')}'" for ago in (1, 2))

WAITING = (
    Tampering(
        code="offer_holds_its_time",
        scene=an_offer,
        sql=(f"UPDATE {_OFFER} SET slot_id = {{other}}",),
        guards=("slot_offer_stays_as_made",),
        offenders=("{offer}",),
    ),
    Tampering(
        code="offer_booked_was_booked",
        scene=a_booked_offer,
        sql=(f"UPDATE {_OFFER} SET state = 'lapsed'",),
        guards=("slot_offer_end_is_final",),
        offenders=("{offer}",),
    ),
    Tampering(
        code="offers_end",
        scene=an_offer,
        sql=(f"UPDATE {_OFFER} SET offered_at = {_EARLIER}, until = {_LONG_AGO}",),
        guards=("slot_offer_stays_as_made",),
        offenders=("{offer}",),
    ),
    Tampering(
        code="list_is_asked",
        scene=an_offer,
        sql=(f"UPDATE {_SLOT} SET list_turn_at = {_LONG_AGO} WHERE id = {{slot}}",),
        offenders=("{slot}",),
    ),
)
