"""Appointment/$cancel: the API's deed under another name."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.models import Appointment, Channel, Partner
from refunds.models import Refund
from tests.api.conftest import client_of, partner_of
from tests.factories import NOW, ChannelFactory, ReasonCodeFactory, booked, fresh, moving, publish
from tests.fhir.conftest import FhirClient, coding_of, speaker_of

REASONS = "urn:fairslot:fhir:cancellation-reason"
HL7 = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"


def because(code: str, text: str = "") -> dict[str, Any]:
    concept: dict[str, Any] = {"coding": [{"system": HL7, "code": "pat-fb"}, {"system": REASONS, "code": code}]}
    return {"name": "cancelationReason", "valueCodeableConcept": concept | ({"text": text} if text else {})}


def quote_of(partner: Partner, booking: Appointment) -> Any:
    return client_of(partner).read(f"appointments/{booking.reference}/cancellation/").json()


def test_cancel_when_nothing_is_sent(fhir: FhirClient, booking: Appointment) -> None:
    resource = fhir.cancel(booking.reference)

    assert (resource["status"], resource["cancelationReason"]["text"]) == ("cancelled", "Cancelled by the patient")
    assert resource["extension"] == [
        {"url": "urn:fairslot:fhir:cancellation-refund", "valueMoney": {"value": 990.0, "currency": "INR"}},
        {"url": "urn:fairslot:fhir:cancellation-fee", "valueMoney": {"value": 10.0, "currency": "INR"}},
    ]
    assert [refund.amount for refund in Refund.objects.all()] == [99_000]


def test_cancel_when_sent_again(fhir: FhirClient, booking: Appointment) -> None:
    first, second = fhir.cancel(booking.reference), fhir.cancel(booking.reference)

    assert first == second
    assert Refund.objects.count() == 1


def test_cancel_when_a_reason_is_given(fhir: FhirClient, booking: Appointment) -> None:
    ReasonCodeFactory.create(code="feeling_better", needs_text=True)

    resource = fhir.cancel(booking.reference, because("feeling_better", "much better"))

    assert resource["cancelationReason"]["coding"] == [
        {"system": HL7, "code": "pat"},
        {"system": REASONS, "code": "feeling_better"},
    ]
    assert booking.events.get(kind="cancelled").reason_text == "much better"


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "cancelationReason", "valueCode": "ill"},
        {"name": "cancelationReason", "valueCoding": {"code": "ill"}},
        {"name": "cancelationReason", "valueCoding": {"system": REASONS, "code": "ill"}},
    ],
)
def test_cancel_when_the_reason_is_short(fhir: FhirClient, booking: Appointment, parameter: dict[str, Any]) -> None:
    fhir.cancel(booking.reference, parameter)

    assert booking.events.get(kind="cancelled").reason_code == "ill"


def test_cancel_when_the_quote_holds(fhir: FhirClient, booking: Appointment, partner: Partner) -> None:
    quote = quote_of(partner, booking)

    resource = fhir.cancel(booking.reference, {"name": "quote", "valueString": quote["quote"]})

    assert quote["refund"] == "990.00"
    assert resource["extension"][0]["valueMoney"] == {"value": 990.0, "currency": "INR"}


def test_cancel_when_the_quote_is_of_another(fhir: FhirClient, booking: Appointment, partner: Partner) -> None:
    other = partner_of(booking.chain.channel)
    quote = quote_of(other, booking)["quote"]

    outcome = fhir.cancel(booking.reference, {"name": "quote", "valueString": quote}, answer=409)

    new = outcome["issue"][0]["extension"][0]
    assert coding_of(outcome) == [("conflict", "quote_changed")]
    assert fresh(booking).status == "confirmed"
    fhir.cancel(booking.reference, {"name": "quote", "valueString": new["valueString"]})
    assert fresh(booking).status == "cancelled"


def test_cancel_when_it_is_too_late(fhir: FhirClient, booking: Appointment, clock: Any) -> None:
    clock.move_to(booking.slot.starts_at.replace(hour=0))

    outcome = fhir.cancel(booking.reference, answer=422)

    assert coding_of(outcome) == [("business-rule", "window_closed")]
    assert len(outcome["issue"][0]["details"]["text"]) > 20
    assert fresh(booking).status == "confirmed"
    assert Refund.objects.count() == 0


def test_cancel_when_a_reason_is_missing_or_unknown(fhir: FhirClient, channel: Channel, booking: Appointment) -> None:
    publish(channel.centre.policy, now=NOW - timedelta(days=20), reason_from_patient=True)
    strict = booked(slot=moving(booking), channel=channel)

    missing = fhir.cancel(strict.reference, answer=422)
    unknown = fhir.cancel(strict.reference, because("no-such-reason"), answer=422)

    assert coding_of(missing) == [("required", "reason_required")]
    assert coding_of(unknown) == [("code-invalid", "reason_unknown")]
    assert fresh(strict).status == "confirmed"


@pytest.mark.parametrize(
    "sent",
    [
        {"resourceType": "Bundle"},
        {"resourceType": "Parameters", "parameter": {}},
        {"resourceType": "Parameters", "parameter": ["x"]},
        {"resourceType": "Parameters", "parameter": [{"name": "cancellationReason", "valueCode": "ill"}]},
        {"resourceType": "Parameters", "parameter": [{"name": "quote", "valueInteger": 1}]},
        {"resourceType": "Parameters", "parameter": [{"name": "quote", "valueString": "x" * 2001}]},
        {"resourceType": "Parameters", "parameter": [{"name": "cancelationReason", "valueCodeableConcept": 3}]},
        {"resourceType": "Parameters", "parameter": [{"name": "cancelationReason", "valueCoding": 3}]},
        {"resourceType": "Parameters", "parameter": [{"name": "cancelationReason", "valueCode": "a\0"}]},
    ],
)
def test_cancel_when_parameters_are_wrong(fhir: FhirClient, booking: Appointment, sent: dict[str, Any]) -> None:
    path = f"/fhir/Appointment/{booking.reference}/$cancel"

    answer = fhir.post(path, sent, content_type="application/fhir+json")

    assert (answer.status_code, coding_of(answer.json())) == (400, [("invalid", "invalid_request")])
    assert fresh(booking).status == "confirmed"


def test_cancel_when_a_key_is_given(fhir: FhirClient, booking: Appointment) -> None:
    first = fhir.cancel(booking.reference, key="one")

    again = fhir.cancel(booking.reference, key="one")
    other = fhir.cancel(booking.reference, because("ill"), key="one", answer=422)

    assert first == again
    assert coding_of(other) == [("conflict", "idempotency_key_reused")]


def test_cancel_when_the_key_only_reads(partner: Partner, booking: Appointment) -> None:
    outcome = speaker_of(partner, may_write=False).cancel(booking.reference, answer=403)

    assert coding_of(outcome) == [("forbidden", "permission_denied")]
    assert fresh(booking).status == "confirmed"


def test_cancel_when_of_another_partner(booking: Appointment) -> None:
    stranger = speaker_of(partner_of(ChannelFactory.create(centre=booking.centre)))

    foreign = stranger.cancel(booking.reference, answer=404)

    assert foreign == stranger.cancel("9999-9999", answer=404)
    assert fresh(booking).status == "confirmed"
    assert booking.slot.starts_at > NOW
