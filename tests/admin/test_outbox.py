"""The outbox at the desk."""

import pytest
from django.urls import reverse

from appointments.models import Appointment, Centre, OutboxMessage
from tests.admin.desk import browser, member, messages_of
from tests.factories import booked

State = OutboxMessage.State


@pytest.fixture
def message(appointment: Appointment) -> OutboxMessage:
    """A message that could not be sent."""
    message = appointment.events.get(kind="confirmed").messages.get()
    message.state, message.tries, message.error = State.FAILED, 8, "refused"
    message.save()
    return message


def send_again(message: OutboxMessage) -> str:
    return reverse("admin:appointments_outboxmessage_send_again", args=[message.pk])


def test_message_when_read(message: OutboxMessage, centre: Centre) -> None:
    message.state, message.subject, message.body = State.SENT, "Appointment booked", "Dear Meera,\nsee <you>."
    message.save()
    client = browser(member(centre, "front desk"))

    page = client.get(reverse("admin:appointments_outboxmessage_change", args=[message.pk])).content.decode()

    assert "Appointment booked" in page
    assert "Dear Meera,<br>see &lt;you&gt;." in page
    assert send_again(message) not in page


def test_send_again_when_failed(message: OutboxMessage, centre: Centre) -> None:
    patient = message.patient
    patient.email = "right@example.org"
    patient.save()
    client = browser(member(centre, "centre manager"))
    where = reverse("admin:appointments_outboxmessage_change", args=[message.pk])
    assert send_again(message) in client.get(where).content.decode()

    answer = client.post(send_again(message), follow=True)

    assert messages_of(answer) == ["The message will be sent again."]
    message.refresh_from_db()
    assert (message.state, message.tries, message.recipient) == (State.WAITING, 0, "right@example.org")


@pytest.mark.parametrize("state", [State.SENT, State.WAITING])
def test_send_again_when_it_did_not_fail(state: str, message: OutboxMessage, centre: Centre) -> None:
    message.state = state
    message.save()

    browser(member(centre, "centre manager")).post(send_again(message))

    message.refresh_from_db()
    assert (message.state, message.tries) == (state, 8)


def test_send_again_when_no_address(message: OutboxMessage, centre: Centre) -> None:
    patient = message.patient
    patient.email = ""
    patient.save()

    answer = browser(member(centre, "centre manager")).post(send_again(message), follow=True)

    assert messages_of(answer) == ["Not sent again: it did not fail, or the patient cannot be reached."]
    message.refresh_from_db()
    assert message.state == State.FAILED


@pytest.mark.parametrize(
    ("group", "method", "status"),
    [
        ("front desk", "post", 403),
        ("auditor", "post", 403),
        ("doctor", "post", 403),
        ("centre manager", "get", 405),
    ],
)
def test_send_again_when_not_permitted(
    group: str, method: str, status: int, message: OutboxMessage, centre: Centre
) -> None:
    answer = getattr(browser(member(centre, group)), method)(send_again(message))

    assert answer.status_code == status
    message.refresh_from_db()
    assert message.state == State.FAILED


def test_send_again_when_of_another_centre(message: OutboxMessage) -> None:
    elsewhere = member(booked().centre, "centre manager")

    assert browser(elsewhere).post(send_again(message)).status_code == 404
    message.refresh_from_db()
    assert message.state == State.FAILED


@pytest.mark.parametrize(("state", "count"), [(State.BOUNCED, 1), (State.FAILED, 1), (State.SENT, 0)])
def test_list_when_the_first_page_leads_to_it(state: str, count: int, message: OutboxMessage, centre: Centre) -> None:
    OutboxMessage.objects.update(state=state)
    address = reverse("admin:appointments_outboxmessage_changelist") + "?state__in=failed,bounced"

    page = browser(member(centre, "front desk")).get(address)

    assert page.context["cl"].result_count == count
