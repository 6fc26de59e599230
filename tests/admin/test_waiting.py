"""The waiting list at the desk."""

import pytest
from django.urls import reverse

from appointments.models import EntryState, OfferState, OutboxMessage, WaitingEntry
from tests.admin.desk import browser, member
from tests.appointments.waiting.rows import House, fresh_entry, fresh_offer, give_back, offered
from tests.factories import CentreFactory

pytestmark = pytest.mark.django_db
LIST = "admin:appointments_waitingentry_changelist"


def page_of(entry: WaitingEntry) -> str:
    return reverse("admin:appointments_waitingentry_change", args=[entry.pk])


def form(**values: str) -> dict[str, str]:
    management = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "0"}
    return {f"offers-{name}": value for name, value in management.items()} | values


def test_list_when_looked_at_by_its_own_centre_and_another() -> None:
    house = House()
    entry = house.waits()
    own, other = member(house.doctor.centre, "front desk"), member(CentreFactory.create(), "front desk")

    assert entry.patient.name in browser(own).get(reverse(LIST)).content.decode()
    assert entry.patient.name not in browser(other).get(reverse(LIST)).content.decode()
    assert browser(other).get(page_of(entry)).status_code == 302


def test_entry_when_the_desk_ends_it_passes_its_offer_on() -> None:
    house = House()
    entry = house.waits()
    offer = offered(give_back(house.booked()))
    desk = browser(member(house.doctor.centre, "front desk"))

    desk.post(page_of(entry), form(end_now="on"))

    assert (fresh_entry(entry).state, fresh_offer(offer).state) == (EntryState.ENDED_BY_DESK, OfferState.WITHDRAWN)
    assert OutboxMessage.objects.filter(kind="offer_ended").count() == 1


def test_entry_when_an_auditor_tries_to_end_it() -> None:
    house = House()
    entry = house.waits()

    answer = browser(member(house.doctor.centre, "auditor")).post(page_of(entry), form(end_now="on"))

    assert answer.status_code == 403
    assert fresh_entry(entry).state == EntryState.WAITING


def test_offers_when_looked_at() -> None:
    house = House()
    entry = house.waits()
    offer = offered(give_back(house.booked()))
    desk = browser(member(house.doctor.centre, "front desk"))

    listed = desk.get(reverse("admin:appointments_slotoffer_changelist")).content.decode()
    one = desk.get(reverse("admin:appointments_slotoffer_change", args=[offer.pk]))

    assert entry.patient.name in listed
    assert one.status_code == 200
