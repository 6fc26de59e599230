"""Plan reminders for a booking, and send each when its time has come: if what it tells is still true."""

from datetime import datetime, timedelta

from appointments.facts import booking_facts, open_case
from appointments.locks import lock_chain
from appointments.models import Appointment, EventKind, MessageKind, Reminder
from appointments.reminders.quiet import quiet_end
from appointments.telling import tell_everybody
from appointments.transactions import in_one_transaction
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, CancellationRequest
from policies.rules.quote import CancellationQuote

_AS_PATIENT = CancellationRequest(ActorKind.PATIENT)
_JUST_AFTER = timedelta(microseconds=1)
#: What is looked at again is not looked at every second.
_A_MOMENT = timedelta(minutes=5)


@in_one_transaction
def plan_reminders(*, appointment_id: int, now: datetime) -> None:
    """Write the rows for the visit and for the next moment after which less comes back. What is too near is not reminded of."""
    appointment = lock_chain(appointment_id=appointment_id).appointment
    is_planned = Reminder.objects.filter(appointment=appointment).exists()
    if is_planned or appointment.status != Appointment.Status.CONFIRMED:
        return
    hours, starts_at = appointment.centre.visit_reminder_hours, appointment.slot.starts_at
    due_at = starts_at - timedelta(hours=max(hours, 1))
    # A row is written even if nobody is to be reminded: it says that this appointment was looked at.
    state = Reminder.State.WAITING if hours and due_at > now else Reminder.State.DROPPED
    Reminder.objects.create(appointment=appointment, kind=Reminder.Kind.VISIT, at=starts_at, due_at=due_at, state=state)
    _plan_boundary(appointment, since=now, now=now)


@in_one_transaction
def send_reminder(*, reminder_id: int, now: datetime) -> bool:
    """Hand a due reminder to the outbox and plan the next one. Returns False where it was not needed (any more).

    In the patient's quiet hours it waits for their end, unless what it tells of comes before; and while the doctor is away and
    the patient is asked what to do instead, until that is answered: "to keep it do nothing" would be wrong.
    """
    appointment_id = Reminder.objects.values_list("appointment_id", flat=True).get(pk=reminder_id)
    appointment = lock_chain(appointment_id=appointment_id).appointment
    reminder = Reminder.objects.filter(pk=reminder_id, state=Reminder.State.WAITING, due_at__lte=now).first()
    if reminder is None:
        return False
    patient, case = appointment.chain.patient, open_case(appointment)
    answered_at = max(case.answer_by, now) + _A_MOMENT if case else None
    later = answered_at or quiet_end(patient=patient, zone=appointment.centre.zone, now=now)
    if later and later < reminder.at:
        reminder.due_at = later
        reminder.save(update_fields=["due_at"])
        return False
    is_boundary = reminder.kind == Reminder.Kind.BOUNDARY
    stands = appointment.status == Appointment.Status.CONFIRMED and case is None
    is_true = patient.wants_reminders and stands and reminder.at > now
    if is_true and is_boundary:
        quote = _quote(appointment, at=now)
        is_true = quote.allowed and (quote.changes_at, quote.refund) == (reminder.at, reminder.refund)
    reminder.state = Reminder.State.SENT if is_true else Reminder.State.DROPPED
    reminder.save(update_fields=["state"])
    if is_true:
        event = appointment.events.filter(kind=EventKind.CONFIRMED).latest("sequence")
        kind = MessageKind.REMINDER_MONEY if is_boundary else MessageKind.REMINDER_VISIT
        tell_everybody(event=event, kind=kind, now=now, once=str(reminder.pk))
    if is_boundary and appointment.status == Appointment.Status.CONFIRMED:
        _plan_boundary(appointment, since=max(reminder.at, now) + _JUST_AFTER, now=now)
    return is_true


def _plan_boundary(appointment: Appointment, *, since: datetime, now: datetime) -> None:
    """Plan the first moment from `since` on after which less comes back and that is still far enough away to be reminded of."""
    hours = appointment.centre.money_reminder_hours
    while hours:
        quote = _quote(appointment, at=since)
        if not quote.allowed or not quote.refund or quote.changes_at is None:
            return
        after = _quote(appointment, at=quote.changes_at + _JUST_AFTER)
        # Not before the moment that comes first has passed: two deadlines at a time confuse.
        due_at = max(quote.changes_at - timedelta(hours=hours), since)
        if due_at > now and after.refund < quote.refund:
            Reminder.objects.get_or_create(
                appointment=appointment,
                kind=Reminder.Kind.BOUNDARY,
                at=quote.changes_at,
                defaults={"due_at": due_at, "refund": quote.refund, "refund_after": after.refund},
            )
            return
        since = quote.changes_at + _JUST_AFTER


def _quote(appointment: Appointment, *, at: datetime) -> CancellationQuote:
    return quote_cancellation(terms_of(appointment.chain.terms), booking_facts(appointment), _AS_PATIENT, at)
