"""An offered time as everybody else sees it: platforms, webhooks, a doctor who falls ill, the workers."""

import json

import pytest
import time_machine

from appointments.models import OfferState, OutboxMessage, SlotOffer, WebhookMessage
from appointments.tasks import work_waiting_list
from appointments.usecases.expire import expire_draft
from appointments.usecases.offer_slot import offer_slot
from appointments.webhooks_out.endpoints import make_endpoint
from appointments.webhooks_out.hand_over import due_messages, hand_over
from tests import factories as make
from tests.api.conftest import client_of, partner_of
from tests.api.test_booking import ASHA
from tests.appointments.leave.rows import worked
from tests.appointments.waiting.rows import MINUTE, UNTIL, House, fresh_entry, fresh_offer, give_back, offered
from tests.fhir.conftest import FhirClient

pytestmark = pytest.mark.django_db


@time_machine.travel(make.NOW, tick=False)
def test_platform_when_a_time_is_offered_to_somebody() -> None:
    house = House()
    house.waits()
    platform = make.ChannelFactory.create(centre=house.doctor.centre)
    api = client_of(partner_of(platform))
    fhir = FhirClient(api.secret)
    free = house.slot(hours=3)
    slot = give_back(house.booked())

    for _ in ("the list is not asked yet", "it is offered"):
        listed = api.read("slots/", channel=platform.pk).json()
        assert [one["id"] for one in listed["results"]] == [free.pk]
        assert fhir.ids("Slot") == [str(free.pk)]
        fhir.read(f"Slot/{slot.pk}", answer=404)
        offer_slot(slot_id=slot.pk, now=make.NOW)
    asked = {"slot": slot.pk, "channel": platform.pk, "patient": ASHA}
    refused = api.write("holds/", asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_unavailable")
    assert SlotOffer.objects.get().state == OfferState.OFFERED


def test_platforms_are_told_of_a_time_only_when_nobody_in_line_took_it() -> None:
    house = House()
    partner = partner_of(house.channel)
    make_endpoint(partner_id=partner.pk, url="https://platform.example/", now=make.LONG_AGO)
    house.waits()
    slot = give_back(house.booked())
    message = WebhookMessage.objects.get(kind="slot.released")
    hand_over(message, now=make.NOW)
    offer = offered(slot)
    message.refresh_from_db()
    hand_over(message, now=make.NOW + MINUTE)
    message.refresh_from_db()
    assert (message.handed_at, message.due_at) == (None, UNTIL + MINUTE)

    expire_draft(appointment_id=offer.draft_id, now=UNTIL)
    offer_slot(slot_id=slot.pk, now=UNTIL)
    (due,) = [one for one in due_messages(now=UNTIL + MINUTE, limit=10) if one.kind == "slot.released"]
    hand_over(due, now=UNTIL + MINUTE)

    due.refresh_from_db()
    assert due.handed_at == UNTIL + MINUTE
    assert str(slot.pk) in json.dumps(due.body)


def test_offer_when_the_doctor_falls_ill() -> None:
    house = House()
    entry = house.waits()
    offer = offered(give_back(house.booked()))

    worked(house.doctor)

    assert (fresh_offer(offer).state, fresh_entry(entry).state) == (OfferState.WITHDRAWN, "waiting")
    assert OutboxMessage.objects.filter(kind="offer_ended", patient=entry.patient).count() == 1
    assert offer_slot(slot_id=offer.slot_id, now=make.NOW) is None


def test_sweep_when_every_nudge_was_lost() -> None:
    house = House()
    entries = [house.waits(), house.waits(first_day=make.NOW.date(), last_day=make.NOW.date())]
    slot = give_back(house.booked())

    with time_machine.travel(make.NOW + 5 * MINUTE, tick=False):
        work_waiting_list()
        work_waiting_list()
    assert SlotOffer.objects.get().slot_id == slot.pk

    with time_machine.travel(make.NOW.replace(day=3), tick=False):
        work_waiting_list()
    assert [fresh_entry(one).state for one in entries] == ["waiting", "run_out"]
