"""Rows and quotes → the JSON that partners get: amounts as exact texts, instants in UTC."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from appointments.certificates.wording import verification_url
from appointments.models import Appointment, Centre, Doctor, Slot, WebhookDelivery, WebhookEndpoint, WebhookKind
from appointments.offers import CancellationOffer, RescheduleOffer
from appointments.wording.explain import explain_lines
from appointments.wording.promises import promise_of
from policies.cases.values import write_amount, write_instant
from policies.queries import terms_of
from policies.rules.currencies import PLACES
from policies.rules.facts import ActorKind
from policies.rules.money import Allocation, percent_text
from policies.rules.quote import CancellationQuote, Line, RescheduleQuote
from refunds.models import Refund

Document = dict[str, Any]


def amount(minor: int, currency: str) -> str:
    """Return minor units as a text in the currency's own places."""
    return write_amount(minor, PLACES[currency])


def moment(at: datetime | None) -> str | None:
    """Return an instant in UTC with Z."""
    return write_instant(at) if at else None


def doctor_document(doctor: Doctor) -> Document:
    """Return a doctor."""
    return {"id": doctor.pk, "name": doctor.name, "specialty": doctor.specialty}


def centre_document(centre: Centre) -> Document:
    """Return a centre."""
    return {"slug": centre.slug, "name": centre.name, "time_zone": centre.time_zone, "phone": centre.phone}


def appointment_document(appointment: Appointment, *, refunds: Iterable[Refund]) -> Document:
    """Return a booking read with `reach.appointments_of`, whose annotations it shows.

    `refunds` are those of its chain.
    """
    chain, slot = appointment.chain, appointment.slot
    is_draft = appointment.status == Appointment.Status.DRAFT
    annotated: Any = appointment
    return {
        "reference": appointment.reference,
        "status": str(appointment.status),
        "channel": chain.channel_id,
        "centre": centre_document(appointment.centre),
        "doctor": doctor_document(slot.doctor),
        "slot": slot.pk,
        "starts_at": moment(slot.starts_at),
        "ends_at": moment(slot.ends_at),
        "price": amount(slot.price, chain.currency),
        "held": amount(0 if appointment.holds_a_move else chain.held, chain.currency),
        "currency": chain.currency,
        "patient": {"reference": annotated.patient_name_there, "name": chain.patient.name},
        "booked_at": moment(chain.booked_at),
        "updated_at": moment(annotated.updated_at),
        "held_until": moment(appointment.hold_expires_at) if is_draft else None,
        "replaces": appointment.replaces.reference if appointment.replaces else None,
        "moved_to": annotated.moved_to,
        "certificate": _certificate(annotated.certificate_number),
        "refunds": [{"id": str(refund.pk), "status": str(refund.status)} for refund in refunds],
    }


def _certificate(number: str | None) -> Document | None:
    """Return the number of a certificate of cancellation, and where anybody can check it."""
    return {"number": number, "verify_url": verification_url(number)} if number else None


def slot_document(slot: Slot) -> Document:
    """Return a slot."""
    currency = slot.doctor.centre.currency
    return {
        "id": slot.pk,
        "doctor": doctor_document(slot.doctor),
        "starts_at": moment(slot.starts_at),
        "ends_at": moment(slot.ends_at),
        "price": amount(slot.price, currency),
        "currency": currency,
    }


def cancellation_quote(quote: CancellationQuote, currency: str) -> Document:
    """Return a quote with the keys of the quote command."""
    if not quote.allowed:
        return {
            "allowed": False,
            "refusal": str(quote.refusal),
            "changes_at": None,
            "reason_required": quote.reason_required,
        }
    return {
        "allowed": True,
        "refusal": None,
        "rule": str(quote.rule),
        "percent": percent_text(quote.percent),
        **{name: amount(getattr(quote, name), currency) for name in ("held", "gross", "fee", "refund", "insured")},
        "allocations": _allocations(quote.allocations, currency),
        "changes_at": moment(quote.changes_at),
        "reason_required": quote.reason_required,
    }


def reschedule_quote(quote: RescheduleQuote, currency: str) -> Document:
    """Return a quote with the keys of the quote command."""
    if not quote.allowed:
        return {"allowed": False, "refusal": str(quote.refusal)}
    money = ("fee", "difference", "due", "refund", "credit", "held_after")
    return {
        "allowed": True,
        "refusal": None,
        **{name: amount(getattr(quote, name), currency) for name in money},
        "allocations": _allocations(quote.allocations, currency),
        "reschedules": quote.reschedules,
        "reschedules_left": quote.reschedules_left,
        "percent_cap": None if quote.percent_cap is None else percent_text(quote.percent_cap),
    }


def cancellation_offer(offer: CancellationOffer) -> Document:
    """Return a quote with its lines and the token that holds it."""
    currency = offer.appointment.chain.currency
    return cancellation_quote(offer.quote, currency) | _held(offer, offer.quote.lines)


def reschedule_offer(offer: RescheduleOffer) -> Document:
    """Return a quote with its lines and the token that holds it."""
    chain = offer.appointment.chain
    required = ActorKind.PATIENT in terms_of(chain.terms).cancellation.reason_required
    return (
        reschedule_quote(offer.quote, chain.currency) | _held(offer, offer.quote.lines) | {"reason_required": required}
    )


def refund_document(refund: Refund, *, appointment: Appointment) -> Document:
    """Return a refund."""
    return {
        "id": str(refund.pk),
        "appointment": appointment.reference,
        "amount": amount(refund.amount, refund.currency),
        "currency": refund.currency,
        "method": str(refund.way),
        "status": str(refund.status),
        "granted_at": moment(refund.granted_at),
        "settled_at": moment(refund.settled_at),
        "promise": promise_of(refund, centre=appointment.centre),
    }


def payment_page(appointment: Appointment) -> str:
    """Return the address of the page on which a patient pays for the move of an appointment."""
    return f"{settings.SITE_URL}{reverse('portal:change_pay', args=[appointment.reference])}"


def endpoint_document(endpoint: WebhookEndpoint) -> Document:
    """Return an address that webhooks go to."""
    return {
        "id": endpoint.pk,
        "url": endpoint.url,
        "kinds": endpoint.kinds or [str(kind) for kind in WebhookKind],
        "active": endpoint.switched_off_at is None,
        "off_reason": endpoint.off_reason or None,
        "failing_since": moment(endpoint.failing_since),
    }


def delivery_document(delivery: WebhookDelivery) -> Document:
    """Return how far a webhook got."""
    waits = delivery.state == WebhookDelivery.State.WAITING
    return {
        "id": delivery.pk,
        "webhook_id": f"msg_{delivery.message_id.hex}",
        "kind": str(delivery.message.kind),
        "subject": delivery.message.subject,
        "happened_at": moment(delivery.message.at),
        "state": str(delivery.state),
        "tries": delivery.tries,
        "next_try_at": moment(delivery.next_at) if waits else None,
        "status": delivery.status,
        "milliseconds": delivery.milliseconds,
        "problem": delivery.problem,
    }


def _held(offer: CancellationOffer | RescheduleOffer, lines: Iterable[Line]) -> Document:
    currency, centre = offer.appointment.chain.currency, offer.appointment.centre
    return {
        "currency": currency,
        "lines": list(_lines(lines, currency, centre)),
        "quote": offer.token,
        "valid_until": moment(offer.valid_until),
    }


def _lines(lines: Iterable[Line], currency: str, centre: Centre) -> Iterable[Document]:
    for line in lines:
        for row in explain_lines([line], currency=currency, centre=centre):
            figures = {"code": str(line.code), "amount": amount(line.amount, currency)}
            yield figures | {"label": row.label, "shown": row.amount, "why": row.why}


def _allocations(parts: Iterable[Allocation], currency: str) -> list[Document]:
    return [
        {"payment": part.payment, "amount": amount(part.amount, currency), "method": str(part.way)} for part in parts
    ]
