"""Appointments as the product makes them: every step through its use case.

They have no cooling-off period left unless `booked_at` says so.
"""

from datetime import datetime, timedelta
from typing import Any

from appointments import queries
from appointments.actor import Actor
from appointments.models import Appointment, Channel, Patient, Slot
from appointments.usecases.book import book_unpaid
from appointments.usecases.hold import hold_slot
from appointments.usecases.pay import amount_due, apply_payment, record_desk_payment, start_payment
from appointments.usecases.reschedule import reschedule_appointment
from policies.rules.facts import PaymentMethod
from refunds import operations
from refunds.gateways import sandbox
from refunds.models import Checkout, Payment
from tests.factories.clock import LONG_AGO, NOW
from tests.factories.people import PatientFactory
from tests.factories.scheduling import ChannelFactory, SlotFactory

DESK = Actor.system("test desk")


def held(
    *, slot: Slot | None = None, patient: Patient | None = None, channel: Channel | None = None, now: datetime = NOW
) -> Appointment:
    """Return an unpaid draft that holds a slot; it runs out 15 minutes after `now`."""
    return fresh(_hold(slot, patient, channel, now=now))


def _hold(slot: Slot | None, patient: Patient | None, channel: Channel | None, *, now: datetime) -> Appointment:
    slot = slot or SlotFactory.create()
    patient = patient or PatientFactory.create()
    channel = channel or ChannelFactory.create(centre=slot.doctor.centre)
    return hold_slot(
        slot_id=slot.pk, patient_id=patient.pk, channel_id=channel.pk, actor=Actor.system("test hold"), now=now
    )


def booked(  # every part of a booking by its name
    *,
    slot: Slot | None = None,
    patient: Patient | None = None,
    channel: Channel | None = None,
    booked_at: datetime = LONG_AGO,
    method: str = "card",
    insured: int = 0,
) -> Appointment:
    """Return an appointment booked and paid at `booked_at`: `insured` by the insurer, the rest by `method`.

    It stands confirmed, or waits for approval where its doctor wants that. A slot without a price is booked unpaid.
    """
    draft = _hold(slot, patient, channel, now=booked_at)
    if insured:
        paid_at_desk(draft, method="insurance", amount=insured, now=booked_at)
    if not draft.slot.price:
        book_unpaid(appointment_id=draft.pk, actor=DESK, now=booked_at)
    elif not insured or fresh(draft).status == Appointment.Status.DRAFT:
        pay(draft, method=method, now=booked_at)
    return fresh(draft)


def pending_approval(*, booked_at: datetime = LONG_AGO, **parts: Any) -> Appointment:
    """Return an appointment that is paid and waits for approval; its doctor wants that from now on."""
    slot = parts.pop("slot", None) or SlotFactory.create()
    slot.doctor.requires_approval = True
    slot.doctor.save(update_fields=["requires_approval"])
    return booked(slot=slot, booked_at=booked_at, **parts)


def moving(appointment: Appointment, **parts: Any) -> Slot:
    """Return another slot of the same doctor, a day later than the appointment, for the same price unless told."""
    start = parts.pop("starts_at", None) or appointment.slot.starts_at + timedelta(days=1)
    values = {"doctor": appointment.slot.doctor, "starts_at": start, "price": appointment.slot.price, **parts}
    return SlotFactory.create(**values)


def waiting_move(
    old: Appointment | None = None, *, price: int = 130_000, **parts: Any
) -> tuple[Appointment, Appointment]:
    """Return an appointment, and the draft that waits at NOW to replace it with a slot of this price, as in `moving`."""
    old = old or booked()
    user = old.chain.patient.user
    assert user is not None
    done = reschedule_appointment(
        appointment_id=old.pk, slot_id=moving(old, price=price, **parts).pk, actor=Actor.patient(user), now=NOW
    )
    assert done.is_waiting_for_payment
    return old, fresh(done.appointment)


def pay(draft: Appointment, *, method: str = "card", amount: int | None = None, now: datetime = NOW) -> Payment:
    """Pay what a draft owes (or another amount), by card through the sandbox or at the desk, and do what it is for."""
    if method == "card":
        return card_payment(draft, amount=amount, now=now)
    return paid_at_desk(draft, method=method, amount=amount, now=now)


def card_payment(draft: Appointment, *, amount: int | None = None, now: datetime = NOW) -> Payment:
    """Pay a draft by card in the sandbox, record the capture and apply it."""
    payment = captured(checkout_for(draft, now=now), amount=amount, now=now)
    apply_payment(payment_id=payment.pk, now=now)
    payment.refresh_from_db()
    return payment


def checkout_for(draft: Appointment, *, now: datetime = NOW) -> Checkout:
    """Open the sandbox's checkout for what a draft owes."""
    return start_payment(appointment_id=draft.pk, gateway="sandbox", return_url="/", now=now)


def captured(checkout: Checkout, *, amount: int | None = None, now: datetime = NOW) -> Payment:
    """Pay on the sandbox's page and record the capture; nothing is done with the money yet."""
    sandbox.pay(
        checkout_id=checkout.pk,
        amount=checkout.amount if amount is None else amount,
        currency=checkout.currency,
        method=checkout.method,
        paid=True,
        now=now,
    )
    capture = operations.capture_from_gateway(checkout_id=checkout.pk, now=now)
    assert capture is not None
    return capture.payment


def second_capture(first: Payment, *, now: datetime = NOW) -> Payment:
    """Record that the provider captured the same checkout once more."""
    assert first.checkout_id is not None
    capture = operations.record_capture(
        checkout_id=first.checkout_id,
        provider_id=f"second-{first.provider_id}",
        amount=first.amount,
        currency=first.currency,
        method=first.method,
        now=now,
        actor="gateway:sandbox",
    )
    return capture.payment


def paid_at_desk(
    draft: Appointment, *, method: str = "cash", amount: int | None = None, reference: str = "", now: datetime = NOW
) -> Payment:
    """Record a payment at the desk: cash, a bank transfer, an insurer's part or credit."""
    return record_desk_payment(
        appointment_id=draft.pk,
        method=PaymentMethod(method),
        amount=amount_due(fresh(draft)) if amount is None else amount,
        reference=reference,
        actor=DESK,
        now=now,
    )


def fresh(appointment: Appointment) -> Appointment:
    """Read an appointment anew, with everything that quotes and pages need."""
    return queries.with_everything(Appointment.objects.all()).get(pk=appointment.pk)
