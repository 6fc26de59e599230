"""T4, T5: links from mails, and what machines that open them can do."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.core import mail
from django.test import Client

from appointments.manage import links
from appointments.models import Appointment, AppointmentEvent, ManageLink, SecondStep
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.reschedule import reschedule_appointment
from tests.factories import NOW, booked, fresh, moving, patient_of
from tests.portal.mail_box import ask, come_in, deliver, link_to, newest_code
from tests.portal.walk import confirm, everything, heading, path, walk_to_check, words

GONE = "This link cannot be used"
BORN = date(1984, 3, 27)


@pytest.fixture
def appointment() -> Appointment:
    one = booked()
    deliver()
    mail.outbox.clear()
    return one


def test_t5_link_when_opened(client: Client, appointment: Appointment) -> None:
    address = link_to(appointment)
    answer = client.get(address)

    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, "/manage/", "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    assert address.split("/")[2] not in str(dict(client.session))


def test_landing_when_opened(client: Client, appointment: Appointment) -> None:
    client.get(link_to(appointment))
    page = client.get("/manage/")
    shown = words(page)

    assert heading(page) == "Manage your appointment"
    assert f"{appointment.chain.patient.email[0]}•••@example.org" in shown
    hidden = (appointment.reference, appointment.slot.doctor.name, appointment.chain.patient.name, "Cardiology")
    assert [part for part in hidden if part in page.content.decode()] == []
    assert 'name="robots" content="noindex"' in page.content.decode()


def test_t4_link_when_machines_open_it_first(client: Client, appointment: Appointment) -> None:
    address = link_to(appointment)
    before = everything()
    scanner = Client()
    for _ in range(3):
        scanner.head(address, follow=True)
        scanner.get(address, follow=True, headers={"purpose": "prefetch"})
    assert everything() == before

    scanner.post("/manage/")
    state = everything()

    assert (state["appointments"], state["events"]) == (before["appointments"], before["events"])
    assert scanner.get(path("appointment", appointment))["Location"].startswith("/login/")
    come_in(client, appointment)


def test_t4_link_when_posted_to(client: Client, appointment: Appointment) -> None:
    assert client.post(link_to(appointment)).status_code == 405


@pytest.mark.parametrize("token", ["x", "0" * 43, "%00" * 20])
def test_t4_link_when_altered(client: Client, appointment: Appointment, token: str) -> None:
    answer = client.get(f"/m/{token}/", follow=True)

    assert answer.status_code == 404
    assert heading(answer) == GONE


def test_t4_link_when_of_another_purpose(client: Client, appointment: Appointment) -> None:
    token = link_to(appointment).split("/")[2]

    assert client.get(f"/payout/{token}/", follow=True).status_code == 404


def test_t4_link_when_moved(client: Client, appointment: Appointment) -> None:
    address = link_to(appointment)
    moved = reschedule_appointment(
        appointment_id=appointment.pk, slot_id=moving(appointment).pk, actor=patient_of(appointment), now=NOW
    )

    code = ask(client, address)

    assert client.post("/manage/code/", {"code": code})["Location"] == path("appointment", moved.appointment)


def test_t4_link_when_cancelled(client: Client, appointment: Appointment) -> None:
    address = link_to(appointment)
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)

    code = ask(client, address)
    page = client.post("/manage/code/", {"code": code}, follow=True)

    assert "Cancelled" in words(page)


def test_t4_link_when_taken_back(client: Client, appointment: Appointment) -> None:
    come_in(client, appointment)
    assert client.get(path("appointment", appointment)).status_code == 200

    assert links.revoke_links(chain_id=appointment.chain_id, now=NOW) == ManageLink.objects.count()

    assert client.get(path("appointment", appointment))["Location"].startswith("/login/")
    assert client.get("/manage/").status_code == 404


def test_link_when_the_appointment_is_over(
    client: Client, appointment: Appointment, clock: time_machine.Traveller
) -> None:
    come_in(client, appointment)
    clock.move_to(appointment.slot.ends_at)

    assert client.get(path("appointment", appointment))["Location"].startswith("/login/")
    assert client.get(link_to(appointment), follow=True).status_code == 404


def test_guest_when_cancelling(client: Client, appointment: Appointment) -> None:
    come_in(client, appointment)

    answer = confirm(client, appointment, walk_to_check(client, appointment))

    assert answer["Location"] == path("cancelled", appointment)
    assert fresh(appointment).status == Appointment.Status.CANCELLED
    event = AppointmentEvent.objects.get(kind="cancelled")
    link = ManageLink.objects.latest("pk")
    assert (event.actor_kind, event.actor_user) == ("patient", None)
    assert event.actor_label == f"patient {appointment.chain.patient_id}, manage link {link.pk} and security code"
    assert client.get(path("cancelled", appointment)).status_code == 200


def test_t1_guest_when_of_another_booking(client: Client, appointment: Appointment) -> None:
    other = booked(patient=appointment.chain.patient)
    come_in(client, appointment)
    before = everything()

    assert client.get(path("appointment", other)).status_code == 404
    assert client.post(path("cancel_check", other), {"token": "x"}).status_code == 404
    assert words(client.get("/appointments/")).count("Appointment with") == 1
    assert client.get("/credit/")["Location"] == "/login/?next=/credit/"
    assert everything() == before


def test_guest_when_leaving(client: Client, appointment: Appointment) -> None:
    come_in(client, appointment)
    client.post("/logout/")

    assert client.get(path("appointment", appointment))["Location"].startswith("/login/")


def test_t8_guest_when_the_session_was_planted(client: Client, appointment: Appointment) -> None:
    code = ask(client, link_to(appointment))
    before = client.session.session_key
    client.post("/manage/code/", {"code": code})

    assert client.session.session_key != before
    assert client.session.get_expire_at_browser_close()


def test_link_when_signed_in(client: Client, appointment: Appointment) -> None:
    client.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]

    assert client.get(link_to(appointment))["Location"] == path("appointment", appointment)


def test_refund_link_when_proved(client: Client, appointment: Appointment) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    deliver()
    found = re.search(r"http://testserver(/m/\S+/)", str(mail.outbox[-1].body))
    assert found
    refund_id = str(appointment.chain.pk)
    client.get(f"{found[1]}refund/{refund_id}/")
    client.post("/manage/")

    answer = client.post("/manage/code/", {"code": newest_code()})

    assert answer["Location"] == f"/refunds/{refund_id}/"
    assert client.get(answer["Location"]).status_code == 404  # no such refund: the link opens one booking alone


@pytest.fixture
def by_birth_date(appointment: Appointment) -> Appointment:
    appointment.centre.second_step = SecondStep.BIRTH_DATE
    appointment.centre.save()
    appointment.chain.patient.birth_date = BORN
    appointment.chain.patient.save()
    return appointment


def test_birth_date_when_right(client: Client, by_birth_date: Appointment) -> None:
    client.get(link_to(by_birth_date))
    assert client.get("/manage/")["Location"] == "/manage/birth-date/"

    answer = client.post("/manage/birth-date/", {"birth_date": BORN.isoformat()})

    assert answer["Location"] == path("appointment", by_birth_date)
    assert client.get(answer["Location"]).status_code == 200


def test_t6_birth_date_when_guessed(client: Client, by_birth_date: Appointment) -> None:
    client.get(link_to(by_birth_date))
    for _ in range(10):
        page = client.post("/manage/birth-date/", {"birth_date": "1984-03-28"})
        assert "does not match" in words(page)

    assert client.post("/manage/birth-date/", {"birth_date": BORN.isoformat()}).status_code == 404


def test_birth_date_when_the_clinic_wants_a_code(client: Client, appointment: Appointment) -> None:
    appointment.chain.patient.birth_date = BORN
    appointment.chain.patient.save()
    client.get(link_to(appointment))

    assert client.post("/manage/birth-date/", {"birth_date": BORN.isoformat()})["Location"] == "/manage/"
    assert client.get(path("appointment", appointment))["Location"].startswith("/login/")


@pytest.mark.parametrize("page", ["/manage/", "/manage/code/", "/manage/birth-date/"])
def test_page_when_no_link_was_opened(client: Client, page: str) -> None:
    assert client.get(page).status_code == 404
    assert client.post(page, {"code": "123456"}).status_code == 404


def test_mail_when_booked(client: Client, sign_in: Callable[[Appointment], Client]) -> None:
    one = booked()
    deliver()
    found = re.search(r"http://testserver(/m/\S+/)", str(mail.outbox[0].body))
    assert found

    code = ask(client, found[1])

    assert client.post("/manage/code/", {"code": code})["Location"] == path("appointment", one)
