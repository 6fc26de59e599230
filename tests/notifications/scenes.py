"""One message of each kind, always the same: what the golden files hold in every language."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from appointments import payouts, queries
from appointments.manage.codes import ask_for_code
from appointments.models import (
    Appointment,
    CarerRelation,
    LateWish,
    MessageKind,
    OutboxMessage,
    Reminder,
    Slot,
    WaitingEntry,
)
from appointments.usecases.announce import announce_late_refund, announce_refund
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.carers import Invitation, accept_invitation, end_carer, invite_carer
from appointments.usecases.change_contact import Contact, change_contact
from appointments.usecases.expire import expire_draft
from appointments.usecases.late_request import ask_for_exception, decline_request
from appointments.usecases.offer_slot import offer_slot
from appointments.usecases.payout import ask_for_bank_details, give_bank_details
from appointments.usecases.remind import plan_reminders, send_reminder
from appointments.usecases.wait import Waiting, join_to_move
from refunds import operations
from refunds.bank.details import BankDetails
from refunds.models import AccountKind, Refund
from tests import factories as make
from tests.appointments.leave.rows import worked
from tests.notifications.moves import move

_DAY = timedelta(days=1)
_LONG_AGO = timedelta(days=3650)
Scene = Callable[[Slot, datetime], Appointment]


def booked(slot: Slot, now: datetime, **parts: Any) -> Appointment:
    patient = make.PatientFactory.create(name="Rosa Adeyemi", email="rosa@example.org")
    return make.booked(slot=slot, patient=patient, **parts)


def submitted(slot: Slot, now: datetime) -> Appointment:
    patient = make.PatientFactory.create(name="Rosa Adeyemi", email="rosa@example.org")
    return make.pending_approval(slot=slot, patient=patient)


def cancelled(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now)
    at = slot.starts_at - timedelta(hours=20)
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=at)
    return appointment


def rescheduled(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now)
    move(appointment, make.moving(appointment), now=now)
    return appointment


def refund_completed(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now)
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=now)
    _work_off(now)
    _work_off(now)
    _announce(now)
    return appointment


def refund_failed(slot: Slot, now: datetime) -> Appointment:
    slot.price = 80_11  # the sandbox knows this one for a closed card
    slot.save()
    appointment = booked(slot, now)
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=now)
    _work_off(now)
    _announce(now)
    return appointment


def refund_late(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now)
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=now)
    announce_late_refund(refund=Refund.objects.get(), now=now + 30 * _DAY)
    return appointment


def payout_asked(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now, method="bank_transfer")
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=now)
    for refund in payouts.refunds_to_ask_about(since=now - _DAY, limit=10):
        ask_for_bank_details(refund=refund, now=now)
    return appointment


def payout_details(slot: Slot, now: datetime) -> Appointment:
    appointment = payout_asked(slot, now)
    details = BankDetails(kind=AccountKind.UK, name="Rosa Adeyemi", account="55779911", branch="200000")
    give_bank_details(refund_id=Refund.objects.get().pk, details=details, actor="patient 1", now=now)
    return appointment


def contact_changed(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now)
    to = Contact(email="rosa.new@example.org", phone="+442079460111", account=appointment.chain.patient.user_id)
    change_contact(patient_id=appointment.chain.patient_id, to=to, actor=make.system(), now=now)
    return appointment


def security_code(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now)
    ask_for_code(appointment=appointment, link=None, now=now)
    return appointment


def doctor_away(slot: Slot, now: datetime) -> Appointment:
    appointment = booked(slot, now)
    make.SlotFactory.create(doctor=slot.doctor, starts_at=slot.starts_at + _DAY, price=slot.price)
    worked(slot.doctor, now=now)
    return appointment


def _asked_carer(slot: Slot, now: datetime) -> tuple[Appointment, CarerRelation]:
    appointment = booked(slot, now)
    asked = Invitation(
        email="carer@example.org",
        relation=CarerRelation.Relation.CHILD,
        rights=CarerRelation.Rights.ACT,
        proof=CarerRelation.Proof.CONSENT,
        starts_on=now.date(),
    )
    patient_id, actor = appointment.chain.patient_id, make.patient_of(appointment)
    return appointment, invite_carer(patient_id=patient_id, invitation=asked, actor=actor, now=now)


def carer_invited(slot: Slot, now: datetime) -> Appointment:
    return _asked_carer(slot, now)[0]


def carer_started(slot: Slot, now: datetime) -> Appointment:
    appointment, relation = _asked_carer(slot, now)
    carer = make.UserFactory.create(full_name="Ade Adeyemi", email="carer@example.org")
    accept_invitation(relation_id=relation.pk, user=carer, now=now)
    return appointment


def carer_ended(slot: Slot, now: datetime) -> Appointment:
    appointment = carer_started(slot, now)
    end_carer(relation_id=CarerRelation.objects.get().pk, actor=make.patient_of(appointment), now=now)
    return appointment


def _reminded(slot: Slot, now: datetime, kind: Reminder.Kind) -> Appointment:
    appointment = booked(slot, now)
    plan_reminders(appointment_id=appointment.pk, now=now - 9 * _DAY)
    reminder = Reminder.objects.filter(kind=kind).earliest("due_at")
    send_reminder(reminder_id=reminder.pk, now=reminder.due_at)
    return appointment


def reminder_money(slot: Slot, now: datetime) -> Appointment:
    return _reminded(slot, now, Reminder.Kind.BOUNDARY)


def reminder_visit(slot: Slot, now: datetime) -> Appointment:
    return _reminded(slot, now, Reminder.Kind.VISIT)


def late_decided(slot: Slot, now: datetime) -> Appointment:
    centre = slot.doctor.centre
    centre.policy = make.published_policy(currency="GBP", window_hours=2)
    centre.save()
    appointment = booked(slot, now)
    at = slot.starts_at - timedelta(minutes=30)
    patient, staff = make.patient_of(appointment), make.staff_of(appointment)
    late = ask_for_exception(appointment_id=appointment.pk, actor=patient, wish=LateWish.REFUND, text="Ill", now=at)
    decline_request(request_id=late.pk, text="We need a letter.", actor=staff, now=at)
    return appointment


def _list(slot: Slot, now: datetime) -> tuple[Appointment, WaitingEntry]:
    """Rosa, booked two days after the slot, who waits for something earlier."""
    centre = slot.doctor.centre
    make.ChannelFactory.create(centre=centre, is_website=True)
    own = booked(
        make.SlotFactory.create(doctor=slot.doctor, starts_at=slot.starts_at + 2 * _DAY, price=slot.price), now
    )
    days = Waiting(doctor_id=slot.doctor_id, first_day=now.date(), last_day=own.slot.starts_at.date(), evenings=False)
    return own, join_to_move(appointment_id=own.pk, wish=days, actor=make.patient_of(own), now=now)


def waiting_joined(slot: Slot, now: datetime) -> Appointment:
    return _list(slot, now)[0]


def slot_offered(slot: Slot, now: datetime) -> Appointment:
    other = make.booked(slot=slot)
    _list(slot, now)
    cancel_appointment(appointment_id=other.pk, actor=make.patient_of(other), now=now)
    offer = offer_slot(slot_id=slot.pk, now=now)
    assert offer is not None
    return offer.draft


def offer_ended(slot: Slot, now: datetime) -> Appointment:
    draft = slot_offered(slot, now)
    assert draft.hold_expires_at is not None
    expire_draft(appointment_id=draft.pk, now=draft.hold_expires_at)
    return draft


def message_of(kind: MessageKind) -> OutboxMessage:
    """Return the newest message of a kind."""
    return OutboxMessage.objects.filter(kind=kind).latest("pk")


def _work_off(now: datetime) -> None:
    # What is due is judged by the database's clock, which stands anywhere.
    Refund.objects.filter(next_at__isnull=False).update(next_at=now - _LONG_AGO)
    for lease in operations.claim_due(limit=10):
        operations.process_refund(lease=lease, now=now)


def _announce(now: datetime) -> None:
    for news in queries.refund_news(since=now - _DAY, limit=10):
        announce_refund(news=news, now=now)


SCENES: dict[MessageKind, Scene] = {
    MessageKind.BOOKED: booked,
    MessageKind.SUBMITTED: submitted,
    MessageKind.CANCELLED: cancelled,
    MessageKind.RESCHEDULED: rescheduled,
    MessageKind.REFUND_COMPLETED: refund_completed,
    MessageKind.REFUND_FAILED: refund_failed,
    MessageKind.REFUND_LATE: refund_late,
    MessageKind.PAYOUT_ASKED: payout_asked,
    MessageKind.PAYOUT_DETAILS: payout_details,
    MessageKind.CONTACT_CHANGED: contact_changed,
    MessageKind.SECURITY_CODE: security_code,
    MessageKind.DOCTOR_AWAY: doctor_away,
    MessageKind.CARER_INVITED: carer_invited,
    MessageKind.CARER_STARTED: carer_started,
    MessageKind.CARER_ENDED: carer_ended,
    MessageKind.REMINDER_MONEY: reminder_money,
    MessageKind.REMINDER_VISIT: reminder_visit,
    MessageKind.LATE_DECIDED: late_decided,
    MessageKind.WAITING_JOINED: waiting_joined,
    MessageKind.SLOT_OFFERED: slot_offered,
    MessageKind.OFFER_ENDED: offer_ended,
}
