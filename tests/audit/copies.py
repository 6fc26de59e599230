"""Thousands of chains made from one, each with keys of its own: faster than living through as many histories."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

from django.db import models

from appointments.models import Appointment, AppointmentEvent, Certificate, Chain, OutboxMessage, Slot
from appointments.references import new_reference
from refunds.models import Checkout, LedgerEntry, Payment, Refund, RefundAttempt, RefundEvent

COPIED = (
    Chain,
    Slot,
    Appointment,
    AppointmentEvent,
    OutboxMessage,
    Checkout,
    Payment,
    Refund,
    RefundAttempt,
    RefundEvent,
    LedgerEntry,
)
_FAR_APART = 1000
_UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_DRAFT = re.compile(r"^pay:(\d+)$")
_references: set[str] = set()


def multiply(chain: Chain, *, times: int) -> None:
    """Make so many more chains like this one, with everything that hangs on them. Keys below a thousand are for originals."""
    for rows in _rows_of(chain):
        fields = rows.model._meta.concrete_fields
        originals = [{field: getattr(row, field.attname) for field in fields} for row in rows]
        for first in range(0, times, 500):
            numbers = range(first + 1, min(first + 501, times + 1))
            made = [
                rows.model(**{field.attname: _own(field, value, chain, number) for field, value in original.items()})
                for number in numbers
                for original in originals
            ]
            rows.model._default_manager.bulk_create(made, batch_size=100)
    for certificate in Certificate.objects.filter(event__appointment__chain=chain).select_related("event"):
        _multiply_certificate(certificate, times=times)


def _multiply_certificate(certificate: Certificate, *, times: int) -> None:
    """Give each copy of a cancellation its proof, in the name of that copy."""
    references = dict(Appointment.objects.values_list("pk", "reference"))
    copies = [
        Certificate(
            number=f"{certificate.pk}-{number}",
            event_id=_own_uuid(certificate.event_id, number),
            language=certificate.language,
            facts=certificate.facts | {"reference": references[certificate.event.appointment_id + number * _FAR_APART]},
            issued_at=certificate.issued_at,
        )
        for number in range(1, times + 1)
    ]
    Certificate.objects.bulk_create(copies, batch_size=100)


def _rows_of(chain: Chain) -> list[models.QuerySet[Any]]:
    appointments = Appointment.objects.filter(chain=chain)
    payments = Payment.objects.filter(source=chain.source)
    return [
        Chain.objects.filter(pk=chain.pk),
        Slot.objects.filter(appointments__in=appointments),
        appointments,
        AppointmentEvent.objects.filter(appointment__in=appointments),
        OutboxMessage.objects.filter(event__appointment__in=appointments),
        Checkout.objects.filter(payments__in=payments),
        payments,
        Refund.objects.filter(payment__in=payments),
        RefundAttempt.objects.filter(refund__payment__in=payments),
        RefundEvent.objects.filter(refund__payment__in=payments),
        LedgerEntry.objects.filter(payment__in=payments),
    ]


def _own(field: "models.Field[Any, Any]", value: Any, chain: Chain, number: int) -> Any:
    """The value that this copy has: another key, the same everything else."""
    model = field.related_model if field.is_relation else field.model if field.primary_key else None
    if isinstance(value, uuid.UUID):
        return _own_uuid(value, number)
    if isinstance(value, int) and model in COPIED:
        # Every chain's rows have keys of their own, whichever original they come from.
        return value + number * _FAR_APART
    if isinstance(value, str):
        return _own_reference() if field.name == "reference" and field.unique else _own_text(value, number)
    if isinstance(value, dict):
        return json.loads(_own_text(json.dumps(value), number))
    if field.name in {"starts_at", "ends_at"}:
        return value + timedelta(hours=number)
    return value


def _own_reference() -> str:
    """A reference that no copy has, as patients type it."""
    while (made := new_reference()) in _references:
        continue
    _references.add(made)
    return made


def _own_uuid(value: uuid.UUID, number: int) -> uuid.UUID:
    return uuid.UUID(int=value.int ^ number << 100)


def _own_text(text: str, number: int) -> str:
    text = _DRAFT.sub(lambda found: f"pay:{int(found[1]) + number * _FAR_APART}", text)

    def another(found: re.Match[str]) -> str:
        own = _own_uuid(uuid.UUID(found[0]), number)
        return str(own) if found[1] else own.hex

    return _UUID.sub(another, text)
