"""The pages of the waiting list: joining, one's place, an offer by link or account, and the way out."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from appointments.models import (
    Appointment,
    AppointmentEvent,
    EntryState,
    OfferState,
    OutboxMessage,
    Patient,
    SlotOffer,
    WaitingEntry,
)
from tests.appointments.waiting.rows import DAY, UNTIL, House, fresh_entry, fresh_offer, give_back, offered
from tests.factories import NOW, DoctorFactory, PatientFactory, fresh, published_policy
from tests.portal.booking import signed_in
from tests.portal.mail_box import come_in, deliver, newest_code
from tests.portal.test_booking_people import carer_of
from tests.portal.walk import everything, heading, path, words

_DAYS = {"first_day": NOW.date().isoformat(), "last_day": DAY.isoformat(), "parts": ["mornings", "afternoons"]}


@pytest.fixture
def house() -> House:
    return House()


def join(client: Client, house: House, **fields: object) -> object:
    address = f"/book/wait/?centre={house.doctor.centre_id}"
    return client.post(address, {"specialty": "", "doctor": str(house.doctor.pk), **_DAYS, **fields})


def offered_to(entry: WaitingEntry, house: House, *, hours: int = 0) -> SlotOffer:
    offer = offered(give_back(house.booked(hours=hours)))
    assert offer.entry_id == entry.pk
    return offer


def test_free_times_when_the_clinic_has_a_list(house: House) -> None:
    house.slot()
    page = signed_in().get(f"/book/?centre={house.doctor.centre_id}&doctor={house.doctor.pk}")

    assert "Join the waiting list" in words(page)


def test_joining_when_somebody_else_waits(house: House) -> None:
    house.waits()
    client = signed_in()

    answer = join(client, house)

    assert answer["Location"] == "/waiting/"  # type: ignore[index]
    assert "You are number 2 in line for this." in words(client.get("/waiting/"))
    entry = WaitingEntry.objects.latest("pk")
    assert (entry.doctor, entry.mornings, entry.evenings, entry.last_day) == (house.doctor, True, False, DAY)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"doctor": ""}, "Select a specialty or a doctor"),
        ({"parts": []}, "Select at least one time of day"),
        ({"first_day": ""}, "Enter the first day that suits you"),
        ({"first_day": "2026-11-01"}, "The first day must be today or later"),
        ({"last_day": "2026-11-01"}, "The last day must not be before the first"),
        ({"last_day": "2028-01-01"}, "The last day must be Saturday 1 May 2027 or earlier"),
        ({"doctor": "999999"}, "Select a valid choice"),
    ],
)
def test_joining_when_the_form_will_not_do(house: House, fields: dict[str, object], message: str) -> None:
    page = join(signed_in(), house, **fields)

    assert message in words(page)
    assert not WaitingEntry.objects.exists()


def test_joining_when_the_clinic_has_no_list(house: House) -> None:
    house.doctor.centre.waiting_list = False
    house.doctor.centre.save()
    client = signed_in()

    assert client.get(f"/book/wait/?centre={house.doctor.centre_id}").status_code == 404
    assert "Join the waiting list" not in words(client.get(f"/book/?centre={house.doctor.centre_id}"))


def test_leaving_when_it_is_ones_own(house: House) -> None:
    entry = house.waits()
    client = signed_in(entry.patient)

    answers = [client.post(f"/waiting/{entry.pk}/leave/") for _click in range(2)]

    assert [answer["Location"] for answer in answers] == ["/waiting/", "/waiting/"]
    assert fresh_entry(entry).state == EntryState.LEFT
    assert "You are on no waiting list" in words(client.get("/waiting/"))


def test_leaving_when_it_is_somebody_elses(house: House) -> None:
    entry = house.waits()

    assert signed_in().post(f"/waiting/{entry.pk}/leave/").status_code == 404
    assert fresh_entry(entry).state == EntryState.WAITING


def test_offer_when_a_stranger_opens_or_answers_it(house: House) -> None:
    offer = offered_to(house.waits(), house)
    address = path("offer", offer.draft)
    stranger = signed_in(PatientFactory.create())

    assert [stranger.get(address).status_code, stranger.post(address).status_code] == [404, 404]
    assert stranger.post(f"{address}decline/").status_code == 404
    assert fresh_offer(offer).state == OfferState.OFFERED


def test_offer_when_its_link_is_opened_changes_nothing_before_the_second_step(house: House, client: Client) -> None:
    offer = offered_to(house.waits(), house)
    deliver()
    link = re.search(r"(/m/\S+/offer/\S+/)", str(mail.outbox[-1].body))
    assert link
    before = everything()

    for _ in range(2):
        assert client.head(link[1])["Location"] == "/manage/"
        assert client.get(link[1])["Location"] == "/manage/"
    assert client.get(path("offer", offer.draft)).status_code == 302

    assert everything() == before


def come_in_by_offer(client: Client) -> Any:
    """Open the link of the newest mail and pass the second step."""
    deliver()
    link = re.search(r"(/m/\S+/offer/\S+/)", str(mail.outbox[-1].body))
    assert link
    client.get(link[1])
    client.post("/manage/")
    return client.post("/manage/code/", {"code": newest_code()})


def test_offer_when_taken_by_the_link_of_its_mail(house: House, client: Client) -> None:
    offer = offered_to(house.waits(), house)

    answer = come_in_by_offer(client)
    address = path("offer", offer.draft)
    assert answer["Location"] == address
    assert "Yes, take it and pay ₹1,000.00" in words(client.get(address))
    assert client.post(address)["Location"] == path("book_pay", offer.draft)

    assert fresh_offer(offer).state == OfferState.TAKEN
    assert "Pay ₹1,000.00" in words(client.get(path("book_pay", offer.draft)))


def test_list_when_a_guest_of_an_offer_opens_it(house: House, client: Client) -> None:
    entry = house.waits()
    offer = offered_to(entry, house)
    come_in_by_offer(client)

    page = client.get("/waiting/")
    assert f"A time is kept for you: Thursday {DAY.day} November 2026" in words(page)
    client.post(f"/waiting/{entry.pk}/leave/")

    assert (fresh_entry(entry).state, fresh_offer(offer).state) == (EntryState.LEFT, OfferState.DECLINED)


def test_offer_when_the_link_of_another_booking_was_used(house: House, client: Client) -> None:
    entry = house.waits()
    offer = offered_to(entry, house)
    another = house.booked(hours=5)
    come_in(client, another)

    assert client.get(path("offer", offer.draft)).status_code == 404
    assert client.post(path("offer", offer.draft)).status_code == 404
    assert client.post(f"/waiting/{entry.pk}/leave/").status_code == 404
    assert fresh_offer(offer).state == OfferState.OFFERED


def test_payment_page_when_the_offer_is_not_answered(house: House) -> None:
    entry = house.waits()
    offer = offered_to(entry, house)

    assert signed_in(entry.patient).get(path("book_pay", offer.draft))["Location"] == path("offer", offer.draft)


def test_offer_when_declined(house: House) -> None:
    entry = house.waits()
    offer = offered_to(entry, house)
    client = signed_in(entry.patient)

    client.post(f"{path('offer', offer.draft)}decline/")

    assert (fresh_offer(offer).state, fresh_entry(entry).state) == (OfferState.DECLINED, EntryState.WAITING)
    page = client.get(path("offer", offer.draft))
    assert (heading(page), page.status_code) == ("This time is no longer kept for you", 200)


def test_offer_when_it_is_over(house: House, clock: time_machine.Traveller) -> None:
    entry = house.waits()
    offer = offered_to(entry, house)
    client = signed_in(entry.patient)
    clock.move_to(UNTIL)

    page = client.post(path("offer", offer.draft), follow=True)

    assert heading(page) == "This time is no longer kept for you"
    assert "You are still on the waiting list, at the same place." in words(page)
    assert fresh(offer.draft).status == Appointment.Status.DRAFT


def test_list_of_appointments_when_a_time_is_offered(house: House) -> None:
    entry = house.waits()
    offer = offered_to(entry, house)
    client = signed_in(entry.patient)

    assert "Offered to you" in words(client.get("/appointments/"))
    assert client.get(path("appointment", offer.draft))["Location"] == path("offer", offer.draft)


def test_earlier_time_when_waited_for_offered_and_taken(house: House) -> None:
    own, other = house.booked(hours=2), house.booked()
    client = signed_in(own.chain.patient)
    address = path("join_earlier", own)
    assert "Tell me if something earlier becomes free" in words(client.get(path("appointment", own)))

    client.post(address, {"with_whom": "same", **_DAYS, "parts": ["mornings", "afternoons", "evenings"]})
    assert "You are first in line for this." in words(client.get(path("appointment", own)))
    offer = offered(give_back(other))
    shown = words(client.get(path("appointment", own)))
    assert "An earlier time is kept for you" in shown
    page = words(client.get(path("offer", offer.draft)))
    assert "Yes, move my appointment, nothing to pay" in page
    answer = client.post(path("offer", offer.draft))

    assert answer["Location"] == path("changed", own)
    assert (fresh(own).status, fresh(offer.draft).status) == ("rescheduled", "confirmed")


@pytest.mark.parametrize(("same_doctor", "offers_others"), [(True, False), (False, True)])
def test_earlier_time_when_the_terms_ask_for_the_same_doctor_or_not(same_doctor: bool, offers_others: bool) -> None:  # noqa: FBT001
    policy = published_policy(same_doctor_required=same_doctor)
    own = House(DoctorFactory.create(policy=policy)).booked()

    page = words(signed_in(own.chain.patient).get(path("join_earlier", own)))

    assert ("Any doctor, Cardiology" in page) is offers_others


def test_earlier_time_when_it_begins_too_late_to_be_moved(house: House, clock: time_machine.Traveller) -> None:
    own = house.booked()
    clock.move_to(own.slot.starts_at - timedelta(hours=1))
    client = signed_in(own.chain.patient)

    assert "Tell me if something earlier becomes free" not in words(client.get(path("appointment", own)))
    assert client.get(path("join_earlier", own))["Location"] == path("appointment", own)


def test_carer_when_a_time_is_offered_to_the_child(house: House) -> None:
    client, carer = carer_of("Mia Shah")
    join(client, house)
    offer = offered_to(WaitingEntry.objects.get(), house, hours=2)

    assert OutboxMessage.objects.filter(kind="slot_offered", recipient=carer.email).exists()
    page = client.get(path("offer", offer.draft))
    assert "You are acting for Mia Shah" in words(page)
    client.post(path("offer", offer.draft))
    [event] = AppointmentEvent.objects.filter(appointment=offer.draft, kind="offer_taken")
    assert (event.actor_user, event.actor_label.startswith("carer, account")) == (carer, True)


def test_carer_who_may_only_look_cannot_answer_an_offer(house: House) -> None:
    client, _carer = carer_of("Mia Shah", rights="view")
    patient = Patient.objects.get(name="Mia Shah")
    entry = house.waits(patient=patient)
    offer = offered_to(entry, house, hours=2)

    assert client.post(path("offer", offer.draft)).status_code == 404
    assert client.post(f"/waiting/{entry.pk}/leave/").status_code == 404
    page = words(client.get("/waiting/"))
    assert "A time is kept for you" in page
    assert [text for text in ("Leave this waiting list", "See it, and say yes or no") if text in page] == []
    assert (fresh_offer(offer).state, fresh_entry(entry).state) == (OfferState.OFFERED, EntryState.WAITING)
