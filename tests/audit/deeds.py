"""What may happen next in a house, chosen by chance: every deed is tried on whatever is there, and may be refused."""

from decimal import Decimal
from random import Random
from typing import Any

from appointments.actor import Actor
from appointments.errors import DomainError, NothingDueError
from appointments.models import Appointment, Patient
from appointments.reasons import Reason
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from appointments.usecases.book import approve_appointment, book_unpaid
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.hold import Shown, terms_for
from appointments.usecases.hold_online import extend_hold, hold_online, let_go
from appointments.usecases.keep import keep_appointment
from appointments.usecases.pay import amount_due
from appointments.usecases.reschedule import reschedule_appointment
from refunds import operations
from refunds.errors import RefundError
from refunds.models import Checkout, Refund, Way
from tests.audit.house import House
from tests.factories import captured, checkout_for, doctor_of, fresh, paid_at_desk, patient_of, pay, staff_of, system

PRICES = (0, 40_000, 100_000, 100_011, 100_013, 100_029, 150_017, 250_000)
HOURS = (0.2, 1, 5, 20, 30, 100)
#: Refused by a rule: nothing has changed, which the audit then confirms.
REFUSED = (DomainError, RefundError)


class Chance:
    """One run of chance: the same seed makes the same choices."""

    def __init__(self, house: House, patients: list[Patient], *, seed: int, reason: str) -> None:
        self.house, self.patients, self.random = house, patients, Random(seed)
        self.reason = Reason(reason, "in words")
        self.deeds = (
            self.hold,
            self.hold,
            self.hold_here,
            self.hold_longer,
            self.let_go,
            self.pay_by_card,
            self.pay_by_card,
            self.pay_by_card,
            self.pay_at_desk,
            self.ask_for_money,
            self.pay_late,
            self.book_unpaid,
            self.cancel,
            self.move,
            self.move,
            self.keep,
            self.approve,
            self.attend,
            self.let_time_pass,
            self.work_at_the_desk,
            self.house.let_banks_work,
            self.house.let_banks_send_back,
        )

    def step(self) -> str:
        """Do one thing. Returns its name, in brackets if it was refused."""
        deed = self.random.choice(self.deeds)
        try:
            deed()
        except REFUSED as refused:
            return f"({deed.__name__}: {refused!r})"
        return deed.__name__

    def hold(self) -> None:
        self.house.hold(
            patient=self.random.choice(self.patients),
            price=self.random.choice(PRICES),
            hours=self.random.choice(HOURS),
            needs_approval=self.random.random() < 0.3,
        )

    def hold_here(self) -> None:
        slot = self.house.slot(price=self.random.choice(PRICES), hours=self.random.choice(HOURS))
        patient = self.random.choice(self.patients)
        assert patient.user
        hold_online(
            slot_id=slot.pk,
            patient_id=patient.pk,
            actor=Actor.patient(patient.user),
            now=self.house.now,
            shown=Shown(slot.price, terms_for(slot, self.house.channel, now=self.house.now).pk),
            visit_reason="A cough",
        )

    def hold_longer(self) -> None:
        extend_hold(appointment_id=self.any("draft").pk, actor=system(), now=self.house.now)

    def let_go(self) -> None:
        draft = self.any("draft")
        let_go(appointment_id=draft.pk, actor=patient_of(draft), now=self.house.now)

    def pay_by_card(self) -> None:
        pay(self.any("draft"), now=self.house.now)

    def pay_at_desk(self) -> None:
        draft = self.any("draft")
        if not amount_due(draft):
            raise NothingDueError
        method = self.random.choice(("cash", "bank_transfer", "insurance", "credit"))
        amount = self.random.choice((None, 10_000, 40_000))
        paid_at_desk(draft, method=method, amount=amount, now=self.house.now)

    def ask_for_money(self) -> None:
        checkout_for(self.any("draft"), now=self.house.now)

    def pay_late(self) -> None:
        for checkout in Checkout.objects.exclude(state="paid").order_by("created_at")[:1]:
            captured(checkout, now=self.house.now)
        self.house.sweep()

    def book_unpaid(self) -> None:
        book_unpaid(appointment_id=self.any("draft").pk, actor=system(), now=self.house.now)

    def cancel(self) -> None:
        appointment = self.any("draft", "pending_approval", "confirmed")
        actor, parts = self.somebody(appointment)
        if actor.may_override_percentage:
            parts = {"override_percent": Decimal(self.random.choice((0, 30, 100)))}
        cancel_appointment(appointment_id=appointment.pk, actor=actor, now=self.house.now, reason=self.reason, **parts)

    def move(self) -> None:
        appointment = self.any("pending_approval", "confirmed")
        slot = self.house.slot(
            price=self.random.choice(PRICES),
            hours=self.random.choice(HOURS),
            needs_approval=self.random.random() < 0.3,
        )
        actor, parts = self.somebody(appointment)
        reschedule_appointment(
            appointment_id=appointment.pk,
            slot_id=slot.pk,
            actor=actor,
            now=self.house.now,
            reason=self.reason,
            for_hospital=bool(parts.get("for_hospital")),
        )

    def keep(self) -> None:
        keep_appointment(appointment_id=self.any("confirmed").pk, actor=system(), now=self.house.now)

    def approve(self) -> None:
        approve_appointment(appointment_id=self.any("pending_approval").pk, actor=system(), now=self.house.now)

    def attend(self) -> None:
        deed = self.random.choice((check_in, complete_appointment, mark_no_show))
        deed(appointment_id=self.any("confirmed", "checked_in").pk, actor=system(), now=self.house.now)

    def let_time_pass(self) -> None:
        self.house.pass_time(minutes=self.random.choice((3, 14, 31, 150)))

    def work_at_the_desk(self) -> None:
        refunds = list(Refund.objects.order_by("granted_at", "amount"))
        if not refunds:
            return
        refund, now, actor = self.random.choice(refunds).pk, self.house.now, "staff:1"
        self.random.choice(
            (
                lambda: operations.retry(refund_id=refund, actor=actor, now=now),
                lambda: operations.pay_another_way(refund_id=refund, way=Way.CASH, actor=actor, now=now),
                lambda: operations.pay_another_way(
                    refund_id=refund, way=Way.CREDIT, actor=actor, now=now, holder=self.patients[0].credit_holder
                ),
                lambda: operations.confirm_by_hand(refund_id=refund, actor=actor, evidence=f"R-{now}", now=now),
                lambda: operations.mark_failed(
                    refund_id=refund, reason_code="wrong_details", reason_text="", actor=actor, now=now
                ),
                lambda: operations.mark_returned(refund_id=refund, reason_text="closed", actor=actor, now=now),
                lambda: operations.resolve_unknown(refund_id=refund, reason="asked", actor=actor, now=now),
            )
        )()

    def any(self, *statuses: str) -> Appointment:
        """Any appointment of these statuses. Raises DomainError if there is none."""
        found = list(Appointment.objects.filter(status__in=statuses).order_by("pk"))
        if not found:
            raise DomainError("nothing there")
        return fresh(self.random.choice(found))

    def somebody(self, appointment: Appointment) -> tuple[Actor, dict[str, Any]]:
        """Anybody who may act, and for whom."""
        return self.random.choice(
            (
                lambda: (patient_of(appointment), {}),
                lambda: (patient_of(appointment), {}),
                lambda: (doctor_of(appointment), {}),
                lambda: (system(), {}),
                lambda: (staff_of(appointment), {"for_hospital": True}),
                lambda: (staff_of(appointment), {}),
                lambda: (staff_of(appointment, "override_percentage"), {}),
            )
        )()
