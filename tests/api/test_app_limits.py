"""What a patient’s app does not reach: others’ bookings, what is for partners, and more than its share."""

from typing import Any

import pytest
import time_machine

from appointments.models import Appointment, StoredAnswer
from refunds.models import Refund
from tests.api.conftest import ApiClient, PartnerClient
from tests.api.phones import own_booking, owner, patient, phone_of, pulse
from tests.factories import NOW, booked, fresh, moving
from tests.portal.walk import everything


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


@pytest.mark.parametrize("name", ["", "cancellation/", "reschedule/"])
def test_t1_booking_when_somebody_elses(app: ApiClient, name: str) -> None:
    other = booked()
    slot, before = moving(other), everything()
    bodies = {"": {}, "cancellation/": {"quote": "x"}, "reschedule/": {"quote": "x", "slot": slot.pk}}

    for reference in (other.reference, "ABCD-EFGH"):
        read = app.read(f"appointments/{reference}/{name}", **({"slot": slot.pk} if name == "reschedule/" else {}))
        assert (read.status_code, read.json()["code"]) == (404, "not_found")
        if name:
            written = app.write(f"appointments/{reference}/{name}", bodies[name])
            assert (written.status_code, written.json()) == (404, read.json())

    assert everything() == before
    assert not StoredAnswer.objects.exists()


def test_t1_refund_when_somebody_elses(app: ApiClient) -> None:
    other = own_booking()
    cancel(phone_of(owner(other), app=pulse(name="Other")), other)

    assert app.read(f"refunds/{Refund.objects.get().pk}/").status_code == 404


def test_answer_when_asked_again(app: ApiClient, booking: Appointment) -> None:
    quote = app.read(cancellation(booking)).json()["quote"]

    told = [app.write(cancellation(booking), {"quote": quote}, key="one") for _ in range(2)]
    other_body = app.write(cancellation(booking), {"quote": "other"}, key="one")

    assert told[0].content == told[1].content
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    assert Refund.objects.count() == 1


def test_key_when_two_accounts_use_the_same(app: ApiClient, booking: Appointment) -> None:
    """Each account has its own keys: nobody gets another's answer, nobody blocks another's deed."""
    other = own_booking()

    told = [
        cancel(app, booking, key="one"),
        cancel(phone_of(owner(other), app=pulse(name="Other")), other, key="one"),
    ]

    assert [answer.status_code for answer in told] == [201, 201]
    assert [answer.json()["appointment"]["reference"] for answer in told] == [booking.reference, other.reference]


def test_limit_when_one_account_calls_too_often(app: ApiClient, booking: Appointment) -> None:
    other, patients_other_app = phone_of(patient(), app=pulse(name="B")), phone_of(owner(booking), app=pulse(name="A"))
    first = app.read("reasons/")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("120", "119")
    for _ in range(119):
        last = app.read("reasons/")
    assert (last.status_code, last["RateLimit-Remaining"]) == (200, "0")

    refused = patients_other_app.read("reasons/")

    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (429, "throttled", "60")
    assert other.read("reasons/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/v1/holds/"),
        ("post", "/api/v1/holds/ABCD-EFGH/confirm/"),
        ("get", "/api/v1/webhooks/"),
        ("get", "/api/v1/webhooks/1/deliveries/"),
        ("post", "/api/v1/webhooks/1/replay/"),
        ("post", "/api/v1/webhook-deliveries/1/replay/"),
    ],
)
def test_operation_when_for_partners_alone(app: ApiClient, method: str, path: str) -> None:
    before = everything()

    answer = getattr(app, method)(path, {}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "partners_only")
    assert everything() == before


@pytest.mark.parametrize("path", ["Appointment", "Appointment/ABCD-EFGH", "Slot", "Location", "Patient/1"])
def test_fhir_when_an_app_calls(app: ApiClient, path: str) -> None:
    answer = app.get(f"/fhir/{path}")

    assert answer.status_code == 403
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "partners_only"


def test_fhir_when_an_app_cancels(app: ApiClient, booking: Appointment) -> None:
    answer = app.post(f"/fhir/Appointment/{booking.reference}/$cancel", {}, content_type="application/fhir+json")

    assert answer.status_code == 403
    assert fresh(booking).status == "confirmed"


def test_address_when_nothing_is_there(app: ApiClient) -> None:
    assert app.read("nothing/").json()["code"] == "not_found"


def test_partner_when_apps_are_there(client_api: PartnerClient, booking: Appointment) -> None:
    assert client_api.read(f"appointments/{booking.reference}/").status_code == 404
