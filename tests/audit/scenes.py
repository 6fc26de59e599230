"""Rows to tamper with, made through the use cases at NOW. Each scene returns the keys of its rows, ready for SQL."""

from datetime import timedelta

from appointments.models import Appointment, AppointmentEvent, OutboxMessage
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.change_contact import Contact, change_contact
from appointments.usecases.expire import expire_draft
from appointments.usecases.pay import apply_payment
from appointments.usecases.reschedule import reschedule_appointment
from policies.publish import create_draft
from refunds import operations
from refunds.models import Checkout, GatewayEvent, LedgerEntry, Payment, Refund, RefundEvent
from tests import factories
from tests.audit.tampering import Keys
from tests.factories import NOW
from tests.refunds import builders


def draft() -> Keys:
    """A slot is held."""
    return keys_of(factories.held())


def draft_cancelled() -> Keys:
    """A slot was held and given up; nothing was paid."""
    held = factories.held()
    cancel_appointment(appointment_id=held.pk, actor=factories.patient_of(held), now=NOW)
    return keys_of(held)


def booked() -> Keys:
    """Booked and paid by card."""
    return keys_of(factories.booked(booked_at=NOW))


def booked_twice() -> Keys:
    """Two bookings of two patients."""
    return {**booked(), "other": keys_of(factories.booked(booked_at=NOW))["appointment"]}


def booked_with_other_terms() -> Keys:
    """A booking, and terms that were never published."""
    appointment = factories.booked(booked_at=NOW)
    policy = appointment.centre.policy
    return {**keys_of(appointment), "draft_terms": str(create_draft(policy_id=policy.pk, actor="test", now=NOW).pk)}


def waiting_for_approval() -> Keys:
    """Paid; the doctor has not answered."""
    return keys_of(factories.pending_approval(booked_at=NOW))


def paid_but_not_booked() -> Keys:
    """The money came; nobody has taken note of it."""
    held = factories.held()
    factories.captured(factories.checkout_for(held))
    return keys_of(held)


def pending(*, price: int = 100_000, method: str = "card") -> Keys:
    """Cancelled; nobody has worked on the refund."""
    appointment = factories.booked(slot=factories.SlotFactory.create(price=price), booked_at=NOW, method=method)
    cancel_appointment(appointment_id=appointment.pk, actor=factories.patient_of(appointment), now=NOW)
    return keys_of(appointment)


def processing(*, price: int = 100_000) -> Keys:
    """The provider has taken the refund on."""
    keys = pending(price=price)
    builders.work(Refund.objects.get())
    return keys_now(keys)


def completed(*, price: int = 100_000) -> Keys:
    """The provider has paid."""
    keys = processing(price=price)
    builders.settle_at_the_sandbox()
    builders.work(Refund.objects.get())
    return keys_now(keys)


def failed() -> Keys:
    """The card is closed."""
    return processing(price=100_011)


def returned() -> Keys:
    """Paid, and sent back by the bank."""
    keys = completed(price=100_029)
    builders.let_time_pass_at_the_sandbox()
    builders.work(Refund.objects.get())
    return keys_now(keys)


def paid_out_in_cash() -> Keys:
    """Paid in cash, cancelled, and the cash handed out."""
    keys = pending(method="cash")
    operations.confirm_by_hand(refund_id=Refund.objects.get().pk, actor="staff:1", evidence="C-1", now=NOW)
    return keys_now(keys)


def moved() -> Keys:
    """Moved to another time for nothing."""
    old = factories.booked(booked_at=NOW)
    actor = factories.patient_of(old)
    new = reschedule_appointment(
        appointment_id=old.pk, slot_id=factories.moving(old).pk, actor=actor, now=NOW
    ).appointment
    return {**keys_of(old), "new": str(new.pk)}


def late() -> Keys:
    """Paid after the hold had run out: the money goes back by itself."""
    held = factories.held()
    asked = factories.checkout_for(held)
    late = NOW + timedelta(minutes=16)
    expire_draft(appointment_id=held.pk, now=late)
    payment = factories.captured(asked, now=late)
    apply_payment(payment_id=payment.pk, now=late)
    Checkout.objects.update(next_at=late)
    return keys_of(held)


def contact_changed() -> Keys:
    """The patient has another address."""
    appointment = factories.booked(booked_at=NOW)
    patient = appointment.chain.patient
    change_contact(patient_id=patient.pk, to=Contact(email="new@example.org"), actor=factories.system(), now=NOW)
    return {**keys_of(appointment), "patient": str(patient.pk)}


def webhook() -> Keys:
    """A webhook that waits to be read."""
    event = GatewayEvent.objects.create(gateway="sandbox", event_id="1", body=b"{}", received_at=NOW)
    return {"webhook": str(event.pk)}


def keys_now(keys: Keys) -> Keys:
    """The keys of the same scene after more has happened."""
    return keys_of(Appointment.objects.get(pk=keys["appointment"]))


def keys_of(appointment: Appointment) -> Keys:
    """Every key of an appointment, its chain, its newest money and what was written down about it."""
    chain = appointment.chain
    keys: dict[str, object] = {
        "appointment": appointment.pk,
        "reference": appointment.reference,
        "slot": appointment.slot_id,
    }
    keys |= {"chain": chain.pk.hex, "held": chain.held, "holder": chain.patient.credit_holder}
    events = AppointmentEvent.objects.filter(appointment=appointment).order_by("sequence")
    keys |= {f"event_{event.kind}": event.pk.hex for event in events}
    keys["message"] = getattr(OutboxMessage.objects.filter(event__in=events).last(), "pk", "")
    payment = Payment.objects.filter(source=chain.source).last()
    if payment:
        keys |= {"payment": payment.pk.hex, "checkout": payment.checkout_id.hex if payment.checkout_id else ""}
        keys |= {f"entry_{entry.kind}": entry.pk for entry in LedgerEntry.objects.filter(payment=payment)}
        keys |= _refund_keys(payment)
    return {name: str(key) for name, key in keys.items()}


def _refund_keys(payment: Payment) -> dict[str, object]:
    refund = Refund.objects.filter(payment=payment).last()
    if refund is None:
        return {}
    attempt = builders.attempt(refund)
    step = RefundEvent.objects.filter(refund=refund).order_by("sequence").last()
    assert step is not None
    return {
        "refund": refund.pk.hex,
        "cause": refund.cause,
        "attempt": attempt.pk,
        "provider_id": attempt.provider_id,
        "step": step.pk,
    }
