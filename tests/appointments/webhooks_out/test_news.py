"""What is written down to be told, in the same transaction as what happened."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from appointments.models import Appointment, AppointmentEvent, Channel, Partner, WebhookEndpoint, WebhookMessage
from appointments.reasons import Reason
from appointments.usecases.attend import check_in
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft
from appointments.usecases.reschedule import reschedule_appointment
from tests import factories as make
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    return list(WebhookMessage.objects.order_by("at", "kind").values_list("kind", "subject"))


def cancel(booking: Appointment) -> AppointmentEvent:
    return cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW).event


def test_news_when_booked(booking: Appointment, channel: Channel) -> None:
    message = WebhookMessage.objects.get()

    event = booking.events.get(kind="confirmed")
    assert (message.key, message.channel, message.due_at) == (f"appointment:{event.pk}", channel, LONG_AGO)
    assert json.loads(message.body) == {
        "type": "appointment.confirmed",
        "timestamp": "2026-10-23T09:00:00Z",
        "data": {
            "reference": booking.reference,
            "sequence": 3,
            "status": "confirmed",
            "channel": channel.pk,
            "slot": booking.slot_id,
            "starts_at": "2026-11-05T09:00:00Z",
            "ends_at": "2026-11-05T09:30:00Z",
            "confirmation": str(event.pk),
            "replaces": None,
            "moved_to": None,
        },
    }


def test_news_when_cancelled(booking: Appointment) -> None:
    event = cancel(booking)

    message = WebhookMessage.objects.get(kind="appointment.cancelled")
    data = json.loads(message.body)["data"]
    assert (data["status"], data["sequence"], data["confirmation"]) == ("cancelled", 4, str(event.pk))


def test_news_when_moved(booking: Appointment) -> None:
    slot = make.moving(booking)

    done = reschedule_appointment(appointment_id=booking.pk, slot_id=slot.pk, actor=make.patient_of(booking), now=NOW)

    old, new = [
        json.loads(row.body)["data"] for row in WebhookMessage.objects.filter(at=NOW).exclude(body="").order_by("-kind")
    ]
    assert (old["reference"], old["status"], old["moved_to"]) == (
        booking.reference,
        "rescheduled",
        done.appointment.reference,
    )
    assert (new["reference"], new["status"], new["replaces"], new["slot"]) == (
        done.appointment.reference,
        "confirmed",
        booking.reference,
        slot.pk,
    )


def test_news_when_a_hold_runs_out(endpoint: WebhookEndpoint, channel: Channel) -> None:
    draft = make.held(channel=channel, slot=make.SlotFactory.create(doctor__centre=channel.centre))

    assert expire_draft(appointment_id=draft.pk, now=NOW + timedelta(hours=1))
    assert told() == []


def test_news_when_checked_in(booking: Appointment) -> None:
    check_in(appointment_id=booking.pk, actor=make.system(), now=NOW)

    assert told() == [("appointment.confirmed", booking.reference)]


def test_news_when_another_channel(endpoint: WebhookEndpoint) -> None:
    cancel(make.booked())

    assert told() == []


def test_news_when_the_partner_has_no_address(partner: Partner, channel: Channel) -> None:
    make.booked(channel=channel, slot=make.SlotFactory.create(doctor__centre=channel.centre))

    assert told() == []


def test_news_when_the_deed_is_undone(booking: Appointment) -> None:
    with transaction.atomic():
        cancel(booking)
        transaction.set_rollback(True)

    assert told() == [("appointment.confirmed", booking.reference)]


def test_release_when_cancelled(booking: Appointment) -> None:
    event = cancel(booking)

    message = WebhookMessage.objects.get(kind="slot.released")
    assert (message.key, message.subject, message.centre) == (
        f"slot:{event.pk}",
        str(booking.slot_id),
        booking.centre,
    )


def test_release_when_the_centre_waits(endpoint: WebhookEndpoint, channel: Channel) -> None:
    channel.policy = make.published_policy(slot_release_minutes=60)
    channel.save()

    cancel(make.booked(channel=channel, slot=make.SlotFactory.create(doctor__centre=channel.centre)))

    assert WebhookMessage.objects.get(kind="slot.released").due_at == NOW + timedelta(hours=1)


def test_release_when_the_doctor_gives_the_time_up(booking: Appointment) -> None:
    make.ReasonCodeFactory.create(code="away")

    cancel_appointment(appointment_id=booking.pk, actor=make.doctor_of(booking), now=NOW, reason=Reason("away"))

    assert not WebhookMessage.objects.filter(kind="slot.released").exists()


def test_body_when_read(booking: Appointment) -> None:
    """Nothing about the patient."""
    cancel(booking)

    texts = " ".join(WebhookMessage.objects.values_list("body", flat=True))
    patient = booking.chain.patient
    assert [word for word in (patient.name, patient.email, str(patient.pk) * 9) if word in texts] == []
    assert all(word not in texts for word in ("patient", "price", "amount", "reason"))
