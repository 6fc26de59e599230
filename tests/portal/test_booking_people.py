"""C4: booking for somebody else, and booking again."""

from typing import Any

import pytest
from django.test import Client

from appointments.actor import Actor
from appointments.models import Appointment, AppointmentEvent, CarerRelation, Patient, Slot, User
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.carers import Invitation, accept_invitation, end_carer, invite_carer
from tests.factories import NOW, PatientFactory, UserFactory, booked, fresh, moving, system
from tests.portal.booking import draft_in, fields_of, hold, signed_in, website_slot
from tests.portal.walk import heading, path, times_of, words


@pytest.fixture
def slot() -> Slot:
    return website_slot()


def carer_of(*names: str, user: User | None = None, rights: str = "act") -> tuple[Client, User]:
    """A client of somebody who may act for patients of these names, or see them."""
    user = user or UserFactory.create()
    for name in names:
        values: dict[str, Any] = {"email": str(user.email), "relation": "parent", "rights": rights, "proof": "birth"}
        relation = invite_carer(
            patient_id=booked(patient=PatientFactory.create(name=name)).chain.patient_id,
            invitation=Invitation(**values, starts_on=NOW.date()),
            actor=system(),
            now=NOW,
        )
        assert accept_invitation(relation_id=relation.pk, user=user, now=NOW)
    client = Client()
    client.force_login(user)
    return client, user


def choose(client: Client, address: str, name: str) -> Any:
    """Answer for whom."""
    page = client.get(address, follow=True)
    assert heading(page) == "Who is this appointment for?"
    chosen = next(key for key, label in page.context["form"].fields["person"].choices if label.startswith(name))
    return client.post(page.redirect_chain[-1][0], {"person": chosen}, follow=True)


def test_question_when_there_are_several(slot: Slot) -> None:
    client, carer = carer_of("Meera Shah", "Ravi Shah")

    page = choose(client, f"/book/{slot.pk}/?source=a", "Ravi")

    assert page.redirect_chain == [(f"/book/{slot.pk}/?source=a", 302)]
    assert "You are acting for Ravi Shah" in words(page)
    client.post(f"/book/{slot.pk}/", fields_of(page))
    assert fresh(draft_in(slot)).chain.patient.name == "Ravi Shah"
    [event] = AppointmentEvent.objects.filter(appointment=draft_in(slot))
    assert (event.actor_user, event.actor_label.startswith("carer, account")) == (carer, True)


@pytest.mark.parametrize("asked", ["https://evil.example/", "//evil.example", "/logout/", "javascript:alert(1)", ""])
def test_question_when_it_should_lead_elsewhere(slot: Slot, asked: str) -> None:
    client, _carer = carer_of("Meera Shah", "Ravi Shah")
    person = client.get("/book/for/").context["form"].fields["person"].choices[0][0]

    assert client.post(f"/book/for/?next={asked}", {"person": person})["Location"] == "/book/"


def test_question_when_one_may_only_be_seen(slot: Slot) -> None:
    client, user = carer_of("Meera Shah", rights="view")
    page = client.get("/book/")
    assert heading(page) == "There is nobody you can book for"
    assert "they have to give you the right to act" in words(page)

    carer_of("Ravi Shah", user=user)

    assert "You are acting for Ravi Shah" in words(client.get("/book/"))


def test_pages_when_the_account_is_no_patients(slot: Slot) -> None:
    client = Client()
    client.force_login(UserFactory.create())

    for address in ("/book/", f"/book/{slot.pk}/"):
        assert "This account belongs to no patient the clinic knows." in words(client.get(address))
    assert client.post(f"/book/{slot.pk}/", {"price": "100000"}).status_code == 200
    assert Appointment.objects.count() == 0


def test_hold_when_another_tab_chose_somebody_else(slot: Slot) -> None:
    client, _carer = carer_of("Meera Shah", "Ravi Shah")
    fields = fields_of(choose(client, f"/book/{slot.pk}/", "Meera"))
    client.post("/book/for/", {"person": Patient.objects.get(name="Ravi Shah").pk})

    page = client.post(f"/book/{slot.pk}/", fields)

    assert "Something has changed" in words(page)
    assert "You are acting for Ravi Shah" in words(page)
    assert slot.appointments.count() == 0


def test_hold_when_the_right_has_ended(slot: Slot) -> None:
    client, carer = carer_of("Meera Shah")
    fields = fields_of(client.get(f"/book/{slot.pk}/"))
    end_carer(relation_id=CarerRelation.objects.get().pk, actor=Actor.patient(carer), now=NOW)

    page = client.post(f"/book/{slot.pk}/", fields)

    assert heading(page) == "There is nobody you can book for"
    assert slot.appointments.count() == 0


def test_hold_when_it_is_anothers(slot: Slot) -> None:
    hold(signed_in(), slot)
    stranger = signed_in(PatientFactory.create())

    draft = draft_in(slot)
    for name in ("book_pay", "booked"):
        assert stranger.get(path(name, draft)).status_code == 404
    for name in ("book_pay", "book_credit", "book_let_go", "hold_longer"):
        assert stranger.post(path(name, draft)).status_code == 404
    assert (fresh(draft).status, AppointmentEvent.objects.count()) == ("draft", 1)


def test_again_when_cancelled(slot: Slot) -> None:
    patient = PatientFactory.create(name="Meera Shah")
    appointment = booked(slot=slot, patient=patient, channel=slot.doctor.centre.channels.get())
    chain = appointment.chain
    chain.visit_reason = "A cough"
    chain.save(update_fields=["visit_reason"])
    other = moving(appointment)
    website_slot()
    client = signed_in(patient)
    assert patient.user
    cancel_appointment(appointment_id=appointment.pk, actor=Actor.patient(patient.user), now=NOW)

    link = f"/book/?again={appointment.reference}"
    for name in ("cancelled", "appointment"):
        page = client.get(path(name, appointment))
        assert f'href="{link}"' in page.content.decode()
        assert "Book again with Dr Asha Rao" in words(page)
    page = client.get(link)
    assert (page.context["filter"]["doctor"].value(), page.context["filter"]["specialty"].value()) == (
        str(slot.doctor.pk),
        "Cardiology",
    )
    assert times_of(page) == [slot.pk, other.pk]

    address = client.post(link, {"slot": other.pk})["Location"]

    assert address == f"/book/{other.pk}/?again={appointment.reference}"
    assert 'value="A cough"' in client.get(address).content.decode()


def test_again_when_it_is_for_one_of_several(slot: Slot) -> None:
    client, _carer = carer_of("Meera Shah", "Ravi Shah")
    ravi = Patient.objects.get(name="Ravi Shah")
    appointment = booked(slot=slot, patient=ravi, channel=slot.doctor.centre.channels.get())

    assert "You are acting for Ravi Shah" in words(client.get(f"/book/?again={appointment.reference}"))


def test_again_when_it_is_anothers(slot: Slot) -> None:
    appointment = booked(slot=moving(booked()), patient=PatientFactory.create())

    assert times_of(signed_in().get(f"/book/?again={appointment.reference}")) == [slot.pk]
