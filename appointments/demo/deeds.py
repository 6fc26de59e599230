"""What people do in the demonstration, each at its own past moment, through the same use cases as everybody."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from appointments.actor import Actor
from appointments.demo.people import PatientPlan, People
from appointments.demo.places import DoctorPlan, Places
from appointments.models import Appointment, AppointmentEvent, Centre, WaitingEntry
from appointments.reasons import Reason
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.hold import hold_slot
from appointments.usecases.pay import amount_due, apply_payment, record_desk_payment, start_payment
from appointments.usecases.reschedule import Reschedule, reschedule_appointment
from appointments.usecases.wait import Waiting, join_list, join_to_move
from policies.rules.facts import PaymentMethod
from refunds import operations as refund_operations
from refunds import queries as refund_queries
from refunds.gateways import sandbox
from refunds.gateways.registry import gateway_named
from refunds.models import AttemptState

GATEWAY = sandbox.SandboxGateway.name
_BEFORE_PAYING = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Deeds:
    """Books, pays, moves and cancels for the people of the demonstration."""

    places: Places
    people: People
    desk: Actor

    def hold(
        self, patient: PatientPlan, doctor: DoctorPlan, starts_at: datetime, *, channel: str, now: datetime
    ) -> Appointment:
        """Hold a slot."""
        return hold_slot(
            slot_id=self.places.slot(doctor, starts_at).pk,
            patient_id=self.people.patients[patient].pk,
            channel_id=self.places.channels[channel].pk,
            actor=self.actor_for(patient),
            now=now,
        )

    def book(
        self, patient: PatientPlan, doctor: DoctorPlan, starts_at: datetime, *, channel: str, now: datetime
    ) -> Appointment:
        """Hold a slot, and pay for it by card four minutes later: at `now`."""
        draft = self.hold(patient, doctor, starts_at, channel=channel, now=now - _BEFORE_PAYING)
        return self.pay_by_card(draft, now=now)

    def pay_by_card(self, draft: Appointment, *, now: datetime) -> Appointment:
        """Pay what is due on the sandbox's page, as the return page does it."""
        checkout = start_payment(appointment_id=draft.pk, gateway=GATEWAY, return_url="/", now=now)
        sandbox.pay(
            checkout_id=checkout.pk,
            amount=checkout.amount,
            currency=checkout.currency,
            method=checkout.method,
            paid=True,
            now=now,
        )
        capture = refund_operations.capture_from_gateway(checkout_id=checkout.pk, now=now)
        if capture is not None:
            apply_payment(payment_id=capture.payment.pk, now=now)
        return _again(draft)

    def pay_at_desk(
        self,
        draft: Appointment,
        *,
        method: PaymentMethod,
        receipt: str,
        now: datetime,
        amount: int | None = None,
    ) -> Appointment:
        """Pay an amount, or all that is due, at the desk."""
        record_desk_payment(
            appointment_id=draft.pk,
            method=method,
            amount=amount_due(draft) if amount is None else amount,
            reference=receipt,
            actor=self.desk,
            now=now,
        )
        return _again(draft)

    def move(
        self, appointment: Appointment, doctor: DoctorPlan, starts_at: datetime, *, patient: PatientPlan, now: datetime
    ) -> Reschedule:
        """Move for the patient; what is due stays due."""
        return reschedule_appointment(
            appointment_id=appointment.pk,
            slot_id=self.places.slot(doctor, starts_at).pk,
            actor=self.actor_for(patient),
            now=now,
            reason=Reason("time_does_not_suit"),
        )

    def cancel_for(
        self, appointment: Appointment, *, patient: PatientPlan, now: datetime, reason: str = "feeling_better"
    ) -> AppointmentEvent:
        """Cancel for the patient."""
        actor = self.actor_for(patient)
        given = Reason(reason if actor is not self.desk else "patient_asked")
        return cancel_appointment(appointment_id=appointment.pk, actor=actor, now=now, reason=given).event

    def wait(self, patient: PatientPlan, doctor: DoctorPlan, *, days: int, now: datetime) -> WaitingEntry:
        """Join the waiting list of a doctor, from today on for so many days."""
        centre = self.places.doctors[doctor].centre
        return join_list(
            patient_id=self.people.patients[patient].pk,
            centre=centre,
            wish=self._wish(doctor, last=_day(now, centre) + timedelta(days=days), now=now),
            actor=self.actor_for(patient),
            now=now,
        )

    def wait_for_earlier(self, appointment: Appointment, doctor: DoctorPlan, *, now: datetime) -> WaitingEntry:
        """Wait for an earlier time of the same doctor."""
        last = _day(appointment.slot.starts_at, appointment.centre)
        return join_to_move(
            appointment_id=appointment.pk,
            wish=self._wish(doctor, last=last, now=now),
            actor=Actor.patient(appointment.chain.patient.user) if appointment.chain.patient.user else self.desk,
            now=now,
        )

    def _wish(self, doctor: DoctorPlan, *, last: date, now: datetime) -> Waiting:
        row = self.places.doctors[doctor]
        return Waiting(doctor_id=row.pk, first_day=_day(now, row.centre), last_day=last)

    def treat(self, appointment: Appointment) -> Appointment:
        """Check the patient in shortly before the start, and end half an hour later."""
        starts_at = appointment.slot.starts_at
        check_in(appointment_id=appointment.pk, actor=self.desk, now=starts_at - timedelta(minutes=8))
        complete_appointment(appointment_id=appointment.pk, actor=self.desk, now=starts_at + timedelta(minutes=31))
        return _again(appointment)

    def miss(self, appointment: Appointment) -> Appointment:
        """Note an hour later that nobody came."""
        starts_at = appointment.slot.starts_at
        mark_no_show(appointment_id=appointment.pk, actor=self.desk, now=starts_at + timedelta(hours=1))
        return _again(appointment)

    def actor_for(self, patient: PatientPlan) -> Actor:
        """Return the patient, or the front desk for one without an account."""
        user = self.people.patients[patient].user
        return Actor.patient(user) if user else self.desk


def _day(moment: datetime, centre: Centre) -> date:
    return moment.astimezone(centre.zone).date()


def send_refunds(*, now: datetime) -> None:
    """Send every refund that is due, as the worker does."""
    for lease in refund_operations.claim_due(limit=100):
        refund_operations.process_refund(lease=lease, now=now)


def settle_refunds(event: AppointmentEvent, *, now: datetime) -> None:
    """Let the provider report at `now` that the refunds of a cancellation were paid."""
    for refund in refund_queries.refunds_for(cause=f"cancel:{event.pk}"):
        attempt = refund_queries.current_attempt(refund=refund)
        if attempt.state != AttemptState.ACCEPTED or attempt.provider_id is None:
            continue
        fact = gateway_named(attempt.channel).fetch_refund(attempt.provider_id)
        paid = replace(fact, state="succeeded", reference=f"SBX{attempt.provider_id[-12:].upper()}")
        refund_operations.apply_outcome(attempt_id=attempt.pk, fact=paid, now=now, actor=f"gateway:{GATEWAY}")


def catch_up(*, now: datetime) -> None:
    """Do what workers would have done since: ask the provider about every checkout and refund that is due."""
    for checkout in list(refund_queries.checkouts_to_sweep(now=now).values_list("pk", flat=True)):
        refund_operations.capture_from_gateway(checkout_id=checkout, now=now)
    send_refunds(now=now)


def _again(appointment: Appointment) -> Appointment:
    """Return the appointment as it stands now."""
    return Appointment.objects.select_related("slot", "chain").get(pk=appointment.pk)
