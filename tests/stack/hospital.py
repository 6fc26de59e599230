"""A hospital in the middle of its year.

Each patient's first booking goes through the use cases at its own past moment; the others are copies of it with keys of their own, so that
every promise of the audit holds for them. The fake provider's books are written too.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection

from appointments.models import Appointment, Chain, Channel, Doctor, OutboxMessage, Patient, Slot, User
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.pay import apply_payment, start_payment
from refunds import operations
from refunds.models import Checkout, Payment
from tests import factories
from tests.audit.copies import COPIED, multiply
from tests.fake_provider import books
from tests.fake_provider.world import World

BOOKED_BEFORE = timedelta(days=5)
PUBLISHED_BEFORE = timedelta(days=120)
FIRST_START = timedelta(hours=36)
HALF_AN_HOUR = timedelta(minutes=30)
PRICE = 1_000_00
MOST_PATIENTS = 50
FREE_TIMES = 150
PROVIDERS = (("stripe", "pi_"), ("razorpay", "pay_"))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to make: `size` bookings, and `pending` more that were cancelled and whose refund waits.

    `percent` of the price comes back (None: by the usual tiers). Every `closed_every`-th payment of a provider is by a card
    that is closed for refunds (0: none).
    """

    size: int
    pending: int = 0
    percent: int | None = None
    closed_every: int = 0


@dataclass(frozen=True, kw_only=True)
class Hospital:
    """Who and where. Each doctor has two patients, on the hour and on the half hour."""

    patients: list[Patient]
    doctors: list[Doctor]
    channel: Channel
    first_start: datetime


def make_hospital(*, plan: Plan, state: Path, password: str, now: datetime) -> list[str]:
    """Make everything of the plan in an empty database, and the fake's books in the file `state`; the patients' addresses."""
    hospital = _people_and_places(plan, now=now)
    booked = [_booked(hospital, patient, at=now - BOOKED_BEFORE) for patient in hospital.patients]
    owed = [_cancelled(hospital, patient, now=now) for patient in hospital.patients[: plan.pending]]
    User.objects.create_superuser(email="admin@example.org", full_name="Administrator")
    User.objects.update(password=make_password(password))
    # Five days ago: mails have gone out, and nobody asks any more whether the page was paid.
    OutboxMessage.objects.update(state=OutboxMessage.State.SENT, sent_at=now - BOOKED_BEFORE)
    Checkout.objects.update(next_at=None)
    for chains, wanted in ((booked, plan.size), (owed, plan.pending)):
        for number, chain in enumerate(chains):
            multiply(chain, times=wanted // len(chains) - 1 + (number < wanted % len(chains)))
    _go_on_counting()
    _offer_free_times(hospital, after=timedelta(hours=plan.size // len(booked) + 1))
    _write_the_providers_books(state, closed_every=plan.closed_every)
    return [patient.email for patient in hospital.patients]


def _people_and_places(plan: Plan, *, now: datetime) -> Hospital:
    tiers = None if plan.percent is None else [(0, True, plan.percent)]
    policy = factories.published_policy(now=now - PUBLISHED_BEFORE, tiers=tiers)
    centre = factories.CentreFactory.create(policy=policy, name="Elm Hospital")
    factories.ReasonCodeFactory.create(code="feeling_better", label="I feel better")
    count = min(plan.size, MOST_PATIENTS)
    users = [
        factories.UserFactory.create(email=f"patient{number:02}@example.org", full_name=f"Patient {number:02}")
        for number in range(1, count + 1)
    ]
    return Hospital(
        patients=[factories.PatientFactory.create(user=user, name=user.full_name) for user in users],
        doctors=[factories.DoctorFactory.create(centre=centre) for _ in range((count + 1) // 2)],
        channel=factories.ChannelFactory.create(centre=centre, name="Hospital website"),
        first_start=(now + FIRST_START).replace(minute=0, second=0, microsecond=0),
    )


def _booked(hospital: Hospital, patient: Patient, *, at: datetime) -> Chain:
    """Booked and paid by card at the patient's provider."""
    number = hospital.patients.index(patient)
    slot = factories.SlotFactory.create(
        doctor=hospital.doctors[number // 2],
        starts_at=hospital.first_start + number % 2 * HALF_AN_HOUR,
        price=PRICE,
    )
    return _paid(factories.held(slot=slot, patient=patient, channel=hospital.channel, now=at), number, at=at).chain


def _cancelled(hospital: Hospital, patient: Patient, *, now: datetime) -> Chain:
    """Booked with a doctor of its own, and just cancelled; the refund waits."""
    number, at = hospital.patients.index(patient), now - BOOKED_BEFORE
    doctor = factories.DoctorFactory.create(centre=hospital.channel.centre)
    slot = factories.SlotFactory.create(doctor=doctor, starts_at=hospital.first_start, price=PRICE)
    draft = factories.held(slot=slot, patient=patient, channel=hospital.channel, now=at)
    appointment = _paid(draft, number, at=at)
    cancel_appointment(appointment_id=appointment.pk, actor=factories.patient_of(appointment), now=now)
    return appointment.chain


def _paid(draft: Appointment, number: int, *, at: datetime) -> Appointment:
    """Pay a draft; every other patient uses the other provider."""
    gateway, prefix = PROVIDERS[number % 2]
    asked = start_payment(appointment_id=draft.pk, gateway=gateway, return_url="/", now=at)
    capture = operations.record_capture(
        checkout_id=asked.pk,
        provider_id=f"{prefix}{uuid.uuid4().hex}",
        amount=asked.amount,
        currency=asked.currency,
        method=asked.method,
        now=at,
        actor=f"gateway:{gateway}",
    )
    apply_payment(payment_id=capture.payment.pk, now=at)
    return factories.fresh(draft)


def _go_on_counting() -> None:
    """Copies brought their keys along; the next row gets one above them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(COPIED)):
            cursor.execute(statement)


def _offer_free_times(hospital: Hospital, *, after: timedelta) -> None:
    """Free times of every doctor, twelve a day, later than every booking."""
    for doctor in hospital.doctors:
        starts = (
            hospital.first_start + after + timedelta(days=number // 12, hours=number % 12)
            for number in range(FREE_TIMES)
        )
        Slot.objects.bulk_create(
            Slot(doctor=doctor, starts_at=start, ends_at=start + HALF_AN_HOUR, price=PRICE) for start in starts
        )


def _write_the_providers_books(state: Path, *, closed_every: int) -> None:
    """Every payment that we know of, as the provider has it."""
    world = World(str(state))
    with world.store.transaction():
        for gateway, _ in PROVIDERS:
            currency = "inr" if gateway == "stripe" else "INR"
            like = books.add_payment(world, provider=gateway, amount=PRICE, currency=currency)
            world.store.drop("payment", key=like["id"])
            paid = Payment.objects.filter(gateway=gateway).order_by("pk").values_list("provider_id", flat=True)
            for number, key in enumerate(paid, start=1):
                closed = closed_every > 0 and number % closed_every == 0
                world.store.put("payment", like | {"id": key, "closed_card": closed})
