"""What a patient's app sees and does: what its patient sees and does on the pages, by the same rules."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from appointments.api import deeds
from appointments.api.views import cancellation as cancellation_view
from appointments.models import Appointment, Channel, User
from appointments.usecases.carers import Invitation, accept_invitation, end_carer, invite_carer
from refunds.models import Refund
from tests.api.conftest import ApiClient
from tests.api.phones import own_booking, owner, patient, phone_of, pulse
from tests.factories import (
    NOW,
    STARTS_AT,
    CentreFactory,
    ChannelFactory,
    DoctorFactory,
    SlotFactory,
    booked,
    fresh,
    moving,
    published_policy,
    system,
)
from tests.portal.walk import confirm, everything, walk_to_check


@pytest.fixture(autouse=True)
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booking() -> Appointment:
    return own_booking()


@pytest.fixture
def app(booking: Appointment) -> ApiClient:
    return phone_of(owner(booking))


def cancellation(booking: Appointment) -> str:
    return f"appointments/{booking.reference}/cancellation/"


def cancel(app: ApiClient, booking: Appointment, **more: Any) -> Any:
    quote = app.read(cancellation(booking)).json()["quote"]
    return app.write(cancellation(booking), {"quote": quote}, **more)


def carer_of(booking: Appointment, *, rights: str = "act") -> tuple[User, Any]:
    """An account that acts for the booking's patient, and its right."""
    carer = patient()
    asked = Invitation(
        email=str(carer.email), relation="parent", rights=rights, proof="birth", starts_on=(NOW - timedelta(1)).date()
    )
    relation = invite_carer(patient_id=booking.chain.patient_id, invitation=asked, actor=system(), now=NOW)
    assert accept_invitation(relation_id=relation.pk, user=carer, now=NOW)
    return carer, relation


def test_list_when_others_have_bookings(app: ApiClient, booking: Appointment) -> None:
    booked()

    listed = app.read("appointments/").json()["results"]

    assert [row["reference"] for row in listed] == [booking.reference]
    assert listed[0]["patient"] == {"reference": None, "name": booking.chain.patient.name}


def test_list_when_something_changed_since(app: ApiClient, booking: Appointment, clock: Any) -> None:
    clock.shift(60)
    assert app.read("appointments/", updated_since="2026-11-02T09:00:30Z").json()["results"] == []

    cancel(app, booking)

    listed = app.read("appointments/", updated_since="2026-11-02T09:00:30Z").json()["results"]
    assert [row["status"] for row in listed] == ["cancelled"]


def test_cancel_when_quoted(app: ApiClient, booking: Appointment) -> None:
    answer = cancel(app, booking)

    body, event, refund = answer.json(), booking.events.get(kind="cancelled"), Refund.objects.get()
    assert (answer.status_code, body["status"], body["refund"]) == (201, "cancelled", "1000.00")
    assert (event.actor_kind, event.actor_label) == ("patient", f"patient, account {owner(booking).pk}, app Pulse")
    assert app.read(f"refunds/{refund.pk}/").json()["amount"] == "1000.00"


def test_quote_when_held_on_the_pages_too(booking: Appointment, client: Any) -> None:
    """It is bound to the account: what the app showed is what the page does, and the other way round."""
    app = phone_of(owner(booking))
    client.force_login(owner(booking))
    client.get(f"/appointments/{booking.reference}/cancel/")
    walk_to_check(client, booking)

    confirm(client, booking, app.read(cancellation(booking)).json()["quote"])

    assert fresh(booking).status == "cancelled"


def test_quote_when_it_was_anothers(app: ApiClient, booking: Appointment) -> None:
    carer, _ = carer_of(booking)
    quote = phone_of(carer, app=pulse(name="Other")).read(cancellation(booking)).json()["quote"]
    before = everything()

    answer = app.write(cancellation(booking), {"quote": quote})

    assert (answer.status_code, answer.json()["code"]) == (409, "quote_changed")
    assert everything() == before


def test_carer_when_the_app_acts_for_them(booking: Appointment) -> None:
    carer, _ = carer_of(booking)

    answer = cancel(phone_of(carer), booking)

    label = booking.events.get(kind="cancelled").actor_label
    assert answer.status_code == 201
    assert label == f"carer, account {carer.pk}, for patient {booking.chain.patient_id}, app Pulse"


def test_t2_carer_when_the_right_ended(booking: Appointment) -> None:
    carer, relation = carer_of(booking)
    app = phone_of(carer)
    quote = app.read(cancellation(booking)).json()["quote"]
    end_carer(relation_id=relation.pk, actor=system(), now=NOW)
    before = everything()

    told = [app.read(cancellation(booking)), app.write(cancellation(booking), {"quote": quote})]

    assert [answer.status_code for answer in told] == [404, 404]
    assert app.read("appointments/").json()["results"] == []
    assert everything() == before


def test_t2_carer_when_the_right_ends_meanwhile(booking: Appointment, monkeypatch: Any) -> None:
    """After the booking was found and before it is cancelled."""
    carer, relation = carer_of(booking)
    app = phone_of(carer)
    quote = app.read(cancellation(booking)).json()["quote"]

    def end_then_once(*args: Any, **kwargs: Any) -> Any:
        end_carer(relation_id=relation.pk, actor=system(), now=NOW)
        return once(*args, **kwargs)

    once = deeds.once
    monkeypatch.setattr(cancellation_view, "once", end_then_once)
    answer = app.write(cancellation(booking), {"quote": quote})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert fresh(booking).status == "confirmed"


def test_t2_carer_when_only_viewing(booking: Appointment) -> None:
    carer, _ = carer_of(booking, rights="view")
    app, slot = phone_of(carer), moving(booking)

    assert app.read(f"appointments/{booking.reference}/").status_code == 200
    assert app.read(cancellation(booking)).status_code == 404
    assert app.read(f"appointments/{booking.reference}/reschedule/", slot=slot.pk).status_code == 404
    assert app.write(cancellation(booking), {"quote": "x"}).status_code == 404
    assert fresh(booking).status == "confirmed"


def test_booking_when_a_platform_sold_it(channel: Channel) -> None:
    """The platform's own entrance is the platform's: a patient is sent there, as on the pages."""
    booking = own_booking(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre)), channel=channel)
    app = phone_of(owner(booking))

    answer = app.read(cancellation(booking))

    assert (answer.status_code, answer.json()["code"]) == (409, "use_channel")
    assert "in the app" in answer.json()["detail"]
    assert app.write(cancellation(booking), {"quote": "x"}).json()["code"] == "use_channel"
    assert fresh(booking).status == "confirmed"


def test_cancel_when_the_window_closed_meanwhile(clock: Any) -> None:
    """A quote is kept for ten minutes, the window not a second longer than on the pages."""
    centre = CentreFactory.create(policy=published_policy(window_hours=2))
    booking = own_booking(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=centre)))
    clock.move_to(STARTS_AT - timedelta(hours=2))
    app = phone_of(owner(booking))
    quote = app.read(cancellation(booking)).json()["quote"]
    clock.shift(timedelta(minutes=11))

    answer = app.write(cancellation(booking), {"quote": quote})

    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")
    assert fresh(booking).status == "confirmed"


def test_move_when_free(app: ApiClient, booking: Appointment) -> None:
    slot = moving(booking)
    path = f"appointments/{booking.reference}/reschedule/"

    answer = app.write(path, {"quote": app.read(path, slot=slot.pk).json()["quote"], "slot": slot.pk})

    assert (answer.status_code, answer.json()["status"], answer.json()["pay_url"]) == (201, "rescheduled", None)
    new = answer.json()["appointment"]
    assert (new["slot"], new["replaces"]) == (slot.pk, booking.reference)
    assert app.read(f"appointments/{booking.reference}/").json()["moved_to"] == new["reference"]


def test_move_when_something_is_to_be_paid(app: ApiClient, booking: Appointment, settings: Any) -> None:
    slot = moving(booking, price=130_000)
    path = f"appointments/{booking.reference}/reschedule/"

    answer = app.write(path, {"quote": app.read(path, slot=slot.pk).json()["quote"], "slot": slot.pk})

    body = answer.json()
    assert (answer.status_code, body["status"], body["due"]) == (202, "waiting_for_payment", "300.00")
    assert body["pay_url"] == f"{settings.SITE_URL}/appointments/{booking.reference}/change/pay/"
    assert fresh(booking).status == "confirmed"


def test_slots_when_of_an_own_booking(app: ApiClient, booking: Appointment) -> None:
    slot = SlotFactory.create(doctor=booking.slot.doctor, starts_at=STARTS_AT + timedelta(hours=2))
    SlotFactory.create()
    channel = booking.chain.channel_id

    assert [row["id"] for row in app.read("slots/", channel=channel).json()["results"]] == [slot.pk]
    assert app.read(f"policies/{channel}/").json()["channel"] == channel
    other = ChannelFactory.create().pk
    assert app.read("slots/", channel=other).status_code == 404
    assert app.read(f"policies/{other}/").status_code == 404
