"""A small hospital with a clock: everything that happens in it goes through the use cases, and its sweeps run as the tasks do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from appointments import queries
from appointments.audit import PROMISES
from appointments.models import Appointment, Centre, Channel, Doctor, Patient, Slot
from appointments.notifications import outbox
from appointments.usecases.announce import announce_refund
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft, time_out_approval
from appointments.usecases.pay import apply_payment
from refunds import operations
from refunds import queries as refund_queries
from refunds.audit import check
from refunds.models import Refund
from tests.factories import (
    NOW,
    PUBLISHED_AT,
    CentreFactory,
    ChannelFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    fresh,
    held,
    patient_of,
    pay,
    published_policy,
)
from tests.refunds import builders

MOST = 1000


@dataclass
class House:
    """One centre with its doctors; `now` only goes forward."""

    centre: Centre
    channel: Channel
    now: datetime = NOW
    doctors: list[Doctor] = field(default_factory=list)
    _starts: int = 0

    @classmethod
    def opened(cls, *, handling_fee: int = 0, **terms: Any) -> "House":
        """Open one under these terms, with a doctor for everybody and one who wants to approve."""
        centre = CentreFactory.create(policy=published_policy(now=PUBLISHED_AT, **terms))
        doctors = [DoctorFactory.create(centre=centre), DoctorFactory.create(centre=centre, requires_approval=True)]
        return cls(
            centre, ChannelFactory.create(centre=centre, handling_fee=handling_fee, is_website=True), doctors=doctors
        )

    def slot(self, *, price: int = 100_000, hours: float = 72, needs_approval: bool = False) -> Slot:
        """A new slot of a doctor, so many hours from now; no two start at once."""
        self._starts += 1
        start = self.now + timedelta(hours=hours, seconds=self._starts)
        return SlotFactory.create(doctor=self.doctors[needs_approval], starts_at=start, price=price)

    def hold(self, *, patient: Patient | None = None, slot: Slot | None = None, **slot_values: Any) -> Appointment:
        """Hold a slot."""
        return held(
            slot=slot or self.slot(**slot_values),
            patient=patient or PatientFactory.create(),
            channel=self.channel,
            now=self.now,
        )

    def pass_time(self, **length: float) -> None:
        """Let time go by in steps that are short enough for nothing to be overdue, with every task run at each."""
        end = self.now + timedelta(**length)
        while self.now < end:
            self.now = min(self.now + timedelta(minutes=15), end)
            self.sweep()

    def sweep(self) -> None:
        """Do what the tasks do, by the house's clock."""
        now = self.now
        for appointment in queries.run_out_drafts(now=now, limit=MOST):
            expire_draft(appointment_id=appointment, now=now)
        for appointment in queries.overdue_approvals(now=now, limit=MOST):
            time_out_approval(appointment_id=appointment, now=now)
        for checkout in refund_queries.checkouts_to_sweep(now=now):
            operations.capture_from_gateway(checkout_id=checkout.pk, now=now)
        for payment in queries.payments_without_note(since=PUBLISHED_AT, limit=MOST):
            apply_payment(payment_id=payment, now=now)
        self.work_on_refunds()
        for news in queries.refund_news(since=PUBLISHED_AT, limit=MOST):
            announce_refund(news=news, now=now)
        for message in outbox.due_messages(now=now, limit=MOST):
            outbox.send_message(message, now=now)

    def work_on_refunds(self) -> None:
        """One turn of a worker for each refund that is due."""
        for refund in refund_queries.due(now=self.now):
            builders.work(refund, now=self.now)

    def let_banks_work(self) -> None:
        """Workers send what is due, the provider pays, and workers read that."""
        self.work_on_refunds()
        builders.settle_at_the_sandbox()
        self.read_again()

    def let_banks_send_back(self) -> None:
        """What comes back from the bank has come back; workers read that."""
        builders.let_time_pass_at_the_sandbox()
        self.read_again()

    def read_again(self) -> None:
        """A turn for every refund that a provider has, whenever it would be due."""
        for refund in Refund.objects.exclude(next_at=None):
            builders.work(refund, now=self.now)

    def broken(self) -> list[str]:
        """What the audit finds now."""
        return [f"{found.promise.code}: {found.offenders}" for found in check(PROMISES, now=self.now)]

    @staticmethod
    def status(appointment: Appointment) -> str:
        """The status as it stands now."""
        return str(fresh(appointment).status)


def book(house: House, *, method: str = "card", **slot: Any) -> Appointment:
    """Hold a slot and pay for it."""
    draft = house.hold(**slot)
    pay(draft, method=method, now=house.now)
    return fresh(draft)


def cancel(house: House, appointment: Appointment) -> Refund | None:
    """Cancel for the patient. Returns the newest refund of the chain."""
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=house.now)
    return Refund.objects.filter(payment__source=appointment.chain.source).last()
