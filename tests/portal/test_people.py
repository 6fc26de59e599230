"""T2, point 23: acting for a patient, from the invitation until it ends."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core import mail
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from appointments.actor import Actor
from appointments.errors import CarerRightEndedError
from appointments.models import Appointment, AppointmentEvent, CarerRelation, OutboxMessage, User
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.carers import Invitation, accept_invitation, end_carer, forget_id_numbers, invite_carer
from tests.factories import NOW, PatientFactory, UserFactory, booked, fresh, system
from tests.portal.mail_box import deliver
from tests.portal.walk import confirm, everything, heading, path, walk_to_check, words

ASKED = "asha@example.org"


@pytest.fixture
def appointment() -> Appointment:
    one = booked(patient=PatientFactory.create(name="Meera Shah", email="meera@example.org"))
    deliver()
    mail.outbox.clear()
    return one


@pytest.fixture
def carer() -> User:
    return UserFactory.create(email=ASKED, full_name="Asha Shah")


def relation_for(appointment: Appointment, carer: User, **parts: Any) -> CarerRelation:
    """The carer's right over the appointment's patient, accepted."""
    values = {"email": ASKED, "relation": "parent", "rights": "act", "proof": "birth", "starts_on": NOW.date(), **parts}
    relation = invite_carer(
        patient_id=appointment.chain.patient_id, invitation=Invitation(**values), actor=system(), now=NOW
    )
    assert accept_invitation(relation_id=relation.pk, user=carer, now=NOW)
    relation.refresh_from_db()
    return relation


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_invitation_when_the_patient_asks(appointment: Appointment, carer: User) -> None:
    patient = appointment.chain.patient.user
    assert patient is not None
    answers = {"email": "Asha@Example.org", "relation": "child", "rights": "act", "ends_on": "2026-12-31"}

    assert signed_in(patient).post("/people/invite/", answers)["Location"] == "/people/"

    relation = CarerRelation.objects.get()
    assert (relation.invited_email, relation.proof, relation.accepted_at) == (ASKED, "consent", None)
    deliver()
    assert [message.to for message in mail.outbox] == [[ASKED]]
    assert "Meera Shah would like you to act for them" in str(mail.outbox[0].body)
    client = signed_in(carer)
    assert client.get(path("appointment", appointment)).status_code == 404
    assert "Meera Shah asks you to act for them" in words(client.get("/people/"))

    client.post(f"/people/{relation.pk}/accept/")

    assert client.get(path("appointment", appointment)).status_code == 200
    deliver()
    assert [message.to for message in mail.outbox[1:]] == [["meera@example.org"], [ASKED]]


@pytest.mark.parametrize(
    ("email", "message"),
    [("meera@example.org", "This is your own e-mail address"), ("", "Enter their e-mail address")],
)
def test_invitation_when_it_cannot_be(appointment: Appointment, email: str, message: str) -> None:
    user = appointment.chain.patient.user
    assert user is not None
    page = signed_in(user).post("/people/invite/", {"email": email, "relation": "child", "rights": "act"})

    assert message in words(page)
    assert CarerRelation.objects.count() == 0


def test_invitation_when_somebody_else_answers(appointment: Appointment, carer: User) -> None:
    values = Invitation(email=ASKED, relation="child", rights="act", proof="consent", starts_on=NOW.date())
    relation = invite_carer(patient_id=appointment.chain.patient_id, invitation=values, actor=system(), now=NOW)
    stranger = signed_in(UserFactory.create())

    assert stranger.post(f"/people/{relation.pk}/accept/").status_code == 404
    assert stranger.post(f"/people/{relation.pk}/end/").status_code == 404
    relation.refresh_from_db()
    assert (relation.account, relation.ended_at) == (None, None)


def test_answer_when_given_twice(appointment: Appointment, carer: User) -> None:
    values = Invitation(email=ASKED, relation="child", rights="act", proof="consent", starts_on=NOW.date())
    relation = invite_carer(patient_id=appointment.chain.patient_id, invitation=values, actor=system(), now=NOW)
    client = signed_in(carer)

    for deed in ("accept", "end"):
        answers = [client.post(f"/people/{relation.pk}/{deed}/") for _click in range(2)]
        assert [answer["Location"] for answer in answers] == ["/people/", "/people/"]

    assert client.get(f"/people/{relation.pk}/end/")["Location"] == "/people/"
    assert client.post(f"/people/{relation.pk}/accept/").status_code == 404
    relation.refresh_from_db()
    assert (relation.account, relation.ended_at is None) == (carer, False)
    assert OutboxMessage.objects.filter(kind__in=["carer_started", "carer_ended"]).count() == 4


def test_23_carer_when_cancelling(appointment: Appointment, carer: User) -> None:
    relation_for(appointment, carer)
    deliver()
    mail.outbox.clear()
    client = signed_in(carer)
    for name in ("appointment", "cancel", "change"):
        assert "You are acting for Meera Shah" in words(client.get(path(name, appointment)))

    answer = confirm(client, appointment, walk_to_check(client, appointment))

    assert answer["Location"] == path("cancelled", appointment)
    event = AppointmentEvent.objects.get(kind="cancelled")
    assert (event.actor_user, event.actor_label) == (
        carer,
        f"carer, account {carer.pk}, for patient {appointment.chain.patient_id}",
    )
    deliver()
    assert sorted(message.to[0] for message in mail.outbox) == [ASKED, "meera@example.org"]


def test_t1_carer_when_of_another_patient(appointment: Appointment, carer: User) -> None:
    relation_for(appointment, carer)

    assert signed_in(carer).get(path("appointment", booked())).status_code == 404


@pytest.mark.parametrize("name", ["cancel", "cancel_check", "change", "change_check", "cancel_reason"])
def test_t2_carer_when_only_viewing(appointment: Appointment, carer: User, name: str) -> None:
    relation_for(appointment, carer, rights="view")
    client = signed_in(carer)
    before = everything()
    page = client.get(path("appointment", appointment))

    assert "Cancel appointment" not in words(page)
    assert client.get(path(name, appointment)).status_code == 404
    assert client.post(path(name, appointment), {"token": "x", "code": "~"}).status_code in {404, 405}
    assert everything() == before


def test_t2_carer_when_ended_in_an_open_session(appointment: Appointment, carer: User) -> None:
    relation = relation_for(appointment, carer)
    client = signed_in(carer)
    token = walk_to_check(client, appointment)
    patient = appointment.chain.patient.user
    assert patient is not None

    assert signed_in(patient).post(f"/people/{relation.pk}/end/")["Location"] == "/people/"
    before = everything()

    assert confirm(client, appointment, token).status_code == 404
    assert client.get(path("appointment", appointment)).status_code == 404
    assert everything() == before
    deliver()
    assert [message.to for message in mail.outbox[-2:]] == [["meera@example.org"], [ASKED]]


def test_t2_carer_when_ended_between_looking_and_doing(appointment: Appointment, carer: User) -> None:
    relation = relation_for(appointment, carer)
    actor = Actor.carer(carer, patient_id=appointment.chain.patient_id, relation_id=relation.pk)
    end_carer(relation_id=relation.pk, actor=system(), now=NOW)
    before = everything()

    with pytest.raises(CarerRightEndedError), transaction.atomic():
        cancel_appointment(appointment_id=appointment.pk, actor=actor, now=NOW)

    assert everything() == before
    assert fresh(appointment).status == Appointment.Status.CONFIRMED


def test_t2_carer_when_the_days_are_over(appointment: Appointment, carer: User, clock: time_machine.Traveller) -> None:
    relation_for(appointment, carer, starts_on=NOW.date() + timedelta(days=1), ends_on=NOW.date() + timedelta(days=2))
    seen = []
    for days in range(4):
        clock.move_to(NOW + timedelta(days=days))
        seen.append(signed_in(carer).get(path("appointment", appointment)).status_code)

    assert seen == [404, 200, 200, 404]


def test_12_list_when_acting_for_several(appointment: Appointment, carer: User) -> None:
    own = booked(patient=PatientFactory.create(user=carer, name="Asha Shah"))
    relation_for(appointment, carer)
    client = signed_in(carer)
    assert client.get("/appointments/")["Location"] == "/people/choose/"
    question = client.get("/people/choose/")
    assert heading(question) == "Who is this appointment for?"
    assert "Asha Shah (you)" in words(question)
    assert words(client.post("/people/choose/", {})).count("Select who this is for") == 2

    client.post("/people/choose/", {"person": appointment.chain.patient_id})
    of_meera = words(client.get("/appointments/"))
    client.post("/people/choose/", {"person": own.chain.patient_id})
    of_oneself = words(client.get("/appointments/"))

    assert "You are acting for Meera Shah" in of_meera
    assert (appointment.slot.doctor.name in of_meera, own.slot.doctor.name in of_meera) == (True, False)
    assert "You are acting for" not in of_oneself
    assert client.post("/people/choose/", {"person": "999999"}).status_code == 200


def test_id_number_when_kept(appointment: Appointment, carer: User, settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]
    relation = relation_for(appointment, carer, id_number="XK-2048 8193 0177")
    assert (relation.id_number_masked, "0177" in relation.id_number_sealed) == ("•••• 0177", False)

    end_carer(relation_id=relation.pk, actor=system(), now=NOW)
    kept = [forget_id_numbers(now=NOW + timedelta(days=days)) for days in (90, 91)]

    relation.refresh_from_db()
    assert kept == [0, 1]
    assert (relation.id_number_sealed, relation.id_number_masked) == ("", "•••• 0177")


def test_invitation_when_made_at_the_desk(appointment: Appointment, carer: User, admin_client: Client) -> None:
    entered = {
        "patient": appointment.chain.patient_id,
        "invited_email": ASKED,
        "relation": "parent",
        "rights": "act",
        "proof": "birth",
        "starts_on": NOW.date().isoformat(),
        "ends_on": "",
        "id_number": "",
    }

    assert admin_client.post("/admin/appointments/carerrelation/add/", entered).status_code == 302

    relation = CarerRelation.objects.get()
    assert relation.accepted_at is None
    assert accept_invitation(relation_id=relation.pk, user=carer, now=NOW)
    address = f"/admin/appointments/carerrelation/{relation.pk}/change/"
    assert admin_client.get(address).status_code == 200
    admin_client.post(address, {"end_now": "on"})
    relation.refresh_from_db()
    assert relation.ended_at == NOW
