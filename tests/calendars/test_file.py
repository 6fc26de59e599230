"""One appointment as a file."""

from django.test import Client

from appointments.models import Appointment, User
from appointments.usecases.cancel import cancel_appointment
from tests.calendars.program import events_in, value
from tests.factories import NOW, held, moving, patient_of, pending_approval, waiting_move
from tests.notifications.moves import move


def address(appointment: Appointment) -> str:
    return f"/appointments/{appointment.reference}/calendar.ics"


def browser(appointment: Appointment) -> Client:
    client, user = Client(), appointment.chain.patient.user
    assert isinstance(user, User)
    client.force_login(user)
    return client


def shown(appointment: Appointment) -> list[object]:
    """Return UID, number, start and status of the only event of the file."""
    [event] = events_in(browser(appointment).get(address(appointment)).content)
    return [value(event, name) for name in ("UID", "SEQUENCE", "DTSTART", "STATUS")]


def test_file_when_booked(appointment: Appointment) -> None:
    answer = browser(appointment).get(address(appointment))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{appointment.reference}.ics"'
    assert "no-store" in answer["Cache-Control"]
    assert b"METHOD:PUBLISH" in answer.content
    assert shown(appointment) == [str(appointment.chain_id), "0", appointment.slot.starts_at, "CONFIRMED"]


def test_file_when_moved(appointment: Appointment) -> None:
    new = move(appointment, moving(appointment), now=NOW)

    assert shown(appointment) == [str(appointment.chain_id), "1", new.slot.starts_at, "CONFIRMED"] == shown(new)


def test_file_when_a_move_waits_for_payment(appointment: Appointment) -> None:
    old, draft = waiting_move(appointment)

    assert shown(draft) == [str(old.chain_id), "0", old.slot.starts_at, "CONFIRMED"] == shown(old)


def test_file_when_it_waits_for_approval(db: None) -> None:
    assert shown(pending_approval())[-1] == "TENTATIVE"


def test_file_when_cancelled(appointment: Appointment) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)

    assert shown(appointment) == [str(appointment.chain_id), "1", appointment.slot.starts_at, "CANCELLED"]


def test_file_when_only_held(db: None) -> None:
    draft = held()

    assert browser(draft).get(address(draft)).status_code == 404


def test_link_when_to_come(appointment: Appointment) -> None:
    client, link = browser(appointment), f'href="{address(appointment)}"'
    page = f"/appointments/{appointment.reference}/"
    assert link in client.get(page).content.decode()

    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)

    assert link not in client.get(page).content.decode()


def test_link_when_just_changed(appointment: Appointment) -> None:
    new = move(appointment, moving(appointment), now=NOW)

    page = browser(new).get(f"/appointments/{appointment.reference}/changed/", follow=True)

    assert f'href="{address(new)}"' in page.content.decode()
