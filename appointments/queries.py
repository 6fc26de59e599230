"""Read-only querysets, each scoped to what its reader may see. Views know no other way to rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from appointments.models import (
    Appointment,
    AppointmentEvent,
    Centre,
    Channel,
    Doctor,
    LeaveAlternative,
    MessageKind,
    OutboxMessage,
    ReasonCode,
    Slot,
    User,
)
from policies.rules.facts import ActorKind
from refunds import queries as refund_queries
from refunds.manual.credit import PAYOUT
from refunds.models import Checkout, Payment, RefundEvent, RefundStatus, Way

LIVE = (
    Appointment.Status.DRAFT,
    Appointment.Status.PENDING_APPROVAL,
    Appointment.Status.CONFIRMED,
    Appointment.Status.CHECKED_IN,
)
#: For how long after its turn the waiting list keeps a slot to itself, should no worker ask it: then it is everybody's.
LIST_HAS_FIRST = timedelta(minutes=15)
OVER = (Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED)


def with_everything(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Load along what quotes and pages need, in the same query."""
    return appointments.select_related(
        "chain__patient",
        "chain__channel",
        "chain__terms__policy",
        "slot__doctor__centre__policy",
        "replaces",
        "leave_case",
    )


def appointments_of_doctor(user: User) -> QuerySet[Appointment]:
    """Return the appointments in this doctor's own slots."""
    return with_everything(Appointment.objects.filter(slot__doctor__user=user))


def appointments_of_staff(user: User) -> QuerySet[Appointment]:
    """Return the appointments of the centres this account works for; a superuser sees all."""
    appointments = Appointment.objects.all()
    if not user.is_superuser:
        appointments = appointments.filter(slot__doctor__centre__staff=user)
    return with_everything(appointments)


def upcoming(appointments: QuerySet[Appointment], *, now: datetime) -> QuerySet[Appointment]:
    """Return what is still to come, soonest first; drafts that wait to replace another are shown with that one."""
    return (
        appointments.filter(status__in=LIVE, slot__ends_at__gt=now)
        .exclude(status=Appointment.Status.DRAFT, replaces__isnull=False)
        .exclude(status=Appointment.Status.DRAFT, hold_expires_at__lte=now)
        .order_by("slot__starts_at")
    )


def past_and_cancelled(appointments: QuerySet[Appointment], *, now: datetime) -> QuerySet[Appointment]:
    """Return what is over, newest first. Drafts that never became a booking are left out."""
    over = Q(status__in=Appointment.TERMINAL) | Q(slot__ends_at__lte=now)
    return appointments.filter(over).filter(_was_booked()).order_by("-slot__starts_at")


def _was_booked() -> Exists:
    """Match appointments that were more than a draft at some time."""
    return Exists(
        AppointmentEvent.objects.filter(
            appointment=OuterRef("pk"),
            to_status__in=[Appointment.Status.CONFIRMED, Appointment.Status.PENDING_APPROVAL],
        )
    )


def waiting_move(appointment: Appointment, *, now: datetime) -> Appointment | None:
    """Return the draft that holds a new slot for this appointment until the move is paid."""
    drafts = with_everything(
        Appointment.objects.filter(replaces=appointment, status=Appointment.Status.DRAFT, hold_expires_at__gt=now)
    )
    return drafts.first()


def successor(appointment: Appointment) -> Appointment | None:
    """Return the appointment that replaced a moved one, whatever became of it since."""
    if appointment.status != Appointment.Status.RESCHEDULED:
        return None
    return with_everything(appointment.replacements.filter(_was_booked())).first()


def payments_by_source(appointments: Iterable[Appointment]) -> dict[str, list[Payment]]:
    """Return the usable payments of many chains by the chain's source, newest first. One query."""
    found: dict[str, list[Payment]] = {appointment.chain.source: [] for appointment in appointments}
    payments = Payment.objects.filter(source__in=found, usable=True).exclude(_to_be_applied()) if found else ()
    for row in payments:
        found[row.source].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.captured_at, row.pk), reverse=True)
    return found


def payments_of_chain(*, source: str) -> QuerySet[Payment]:
    """Return the usable payments of a chain that have been taken note of, newest first.

    What was captured and not yet applied is no part of what stands for the consultation: it will be, or goes back whole.
    """
    return refund_queries.payments_of(source=source).exclude(_to_be_applied())


def has_payment_to_apply(draft: Appointment) -> bool:
    """Tell whether the draft was paid in time and only the booking or the move is still to be done."""
    return Payment.objects.filter(_to_be_applied(), cause=f"pay:{draft.pk}", usable=True).exists()


def _to_be_applied() -> Q:
    """Match captured payments that no event took note of."""
    return Q(~Exists(AppointmentEvent.objects.filter(payment=OuterRef("pk"))), cause__startswith="pay:")


def event_of(appointment: Appointment, kind: str) -> AppointmentEvent | None:
    """Return the newest event of a kind, or None."""
    return appointment.events.filter(kind=kind).order_by("-sequence").first()


def history(appointment: Appointment) -> QuerySet[AppointmentEvent]:
    """Return everything that happened to an appointment, oldest first."""
    return appointment.events.select_related("actor_user").order_by("sequence")


def free_slots(*, centre_id: int, now: datetime, until: datetime, doctor_id: int | None = None) -> QuerySet[Slot]:
    """Return the slots that can be had now, soonest first. A hold that has run out takes no slot."""
    slots = Slot.objects.filter(is_free(now=now), doctor__centre_id=centre_id, starts_at__lt=until)
    if doctor_id is not None:
        slots = slots.filter(doctor_id=doctor_id)
    return slots.select_related("doctor__centre").order_by("starts_at", "doctor__name")


def is_free(*, now: datetime) -> Q:
    """Match the slots that can be had now."""
    is_asked = Q(list_turn_at__isnull=True) | Q(list_turn_at__lte=now - LIST_HAS_FIRST)
    return Q(Q(bookable_from__isnull=True) | Q(bookable_from__lte=now)) & is_asked & _is_nobodys(now=now)


def is_free_later(*, now: datetime) -> Q:
    """Match the slots that were given back and can be had once the delay of their terms is over."""
    return Q(bookable_from__gt=now, bookable_from__lt=F("starts_at")) & _is_nobodys(now=now)


def _is_nobodys(*, now: datetime) -> Q:
    occupied = (
        Appointment.objects.filter(slot=OuterRef("pk"))
        .exclude(status__in=OVER)
        .exclude(status=Appointment.Status.DRAFT, hold_expires_at__lte=now)
    )
    return Q(
        ~Exists(occupied),
        ~Exists(LeaveAlternative.objects.filter(slot=OuterRef("pk"), is_held=True, held_until__gt=now)),
        is_withdrawn=False,
        starts_at__gt=now,
    )


def channel_of_appointments(appointments: QuerySet[Appointment], *, channel_id: int) -> Channel | None:
    """Return a channel by which one of these appointments was booked, or None."""
    booked_by = appointments.filter(chain__channel=channel_id).order_by().values("chain__channel")
    return Channel.objects.select_related("centre__policy", "policy").filter(pk__in=booked_by).first()


def slot_of_centre(*, slot_id: int, centre_id: int) -> Slot | None:
    """Return a slot of this centre, free or not, or None."""
    return Slot.objects.select_related("doctor__centre").filter(pk=slot_id, doctor__centre_id=centre_id).first()


def reasons_for(kind: ActorKind) -> QuerySet[ReasonCode]:
    """Return the reasons offered to this kind of actor, in the admins' order."""
    offered_to = {
        ActorKind.PATIENT: Q(for_patients=True),
        ActorKind.STAFF: Q(for_staff=True),
        ActorKind.DOCTOR: Q(for_doctors=True),
        ActorKind.SYSTEM: Q(pk__in=[]),
    }
    return ReasonCode.objects.filter(offered_to[kind], is_active=True).order_by("position", "pk")


def reason_label(code: str) -> str:
    """Return the words of a reason code; a code that is gone speaks for itself."""
    reason = ReasonCode.objects.filter(code=code).first()
    return reason.label if reason else code


def centres_of(user: User) -> QuerySet[Centre]:
    """Return the centres this account works for; a superuser works for all."""
    return Centre.objects.all() if user.is_superuser else Centre.objects.filter(staff=user)


def centres_to_call() -> QuerySet[Centre]:
    """Every centre that has a phone, by name."""
    return Centre.objects.exclude(phone="").order_by("name", "pk")


def doctors_of_centre(centre_id: int) -> QuerySet[Doctor]:
    """Return the doctors of a centre by name."""
    return Doctor.objects.filter(centre_id=centre_id).order_by("name")


def channels_of_centre(centre_id: int) -> QuerySet[Channel]:
    """Return the booking channels of a centre by name."""
    return Channel.objects.filter(centre_id=centre_id).order_by("name")


def run_out_drafts(*, now: datetime, limit: int) -> list[int]:
    """Return the pks of drafts whose hold is over, longest over first."""
    drafts = Appointment.objects.filter(status=Appointment.Status.DRAFT, hold_expires_at__lte=now)
    return list(drafts.order_by("hold_expires_at").values_list("pk", flat=True)[:limit])


def overdue_approvals(*, now: datetime, limit: int) -> list[int]:
    """Return the pks of appointments that nobody approved in time, longest overdue first."""
    waiting = Appointment.objects.filter(status=Appointment.Status.PENDING_APPROVAL, approval_due_at__lte=now)
    return list(waiting.order_by("approval_due_at").values_list("pk", flat=True)[:limit])


def event_behind(cause: str) -> AppointmentEvent | None:
    """Return the event behind a refund's cause, with what a message needs.

    Of money that came too late, the cause names the payment: its event is the one that took note of it. None for credit paid out: no
    single deed is behind it.
    """
    events = AppointmentEvent.objects.select_related("appointment__chain__patient", "appointment__slot__doctor__centre")
    deed, _, key = cause.partition(":")
    if deed == PAYOUT:
        return None
    return events.filter(payment=key).first() if deed == "late" else events.filter(pk=key).first()


def payment(payment_id: UUID) -> Payment:
    """Return one payment. Raises Payment.DoesNotExist."""
    return Payment.objects.get(pk=payment_id)


def newest_checkout(draft: Appointment) -> Checkout | None:
    """Return the newest ask for what this draft owes, or None."""
    return Checkout.objects.filter(cause=f"pay:{draft.pk}").order_by("-created_at", "-pk").first()


def payments_without_note(*, since: datetime, limit: int) -> list[UUID]:
    """Return captured payments that no event took note of yet, oldest first: their booking or move is still to be done."""
    payments = Payment.objects.filter(_to_be_applied(), captured_at__gte=since)
    return list(payments.order_by("captured_at").values_list("pk", flat=True)[:limit])


#: The status a refund reached → the message that tells of it.
REFUND_NEWS = {
    RefundStatus.COMPLETED.value: MessageKind.REFUND_COMPLETED,
    RefundStatus.FAILED.value: MessageKind.REFUND_FAILED,
}


def refund_news(*, since: datetime, limit: int) -> list[RefundEvent]:
    """Return refunds that were settled or failed (again) and whose patient was not told of it, oldest news first.

    A failure that was mended before anybody was told of it is no news any more. The insurer's part, and credit given at once, are told in the message about the deed itself.
    """
    news: list[RefundEvent] = []
    for status, kind in REFUND_NEWS.items():
        this_step = Concat(Value(":"), Cast(OuterRef("sequence"), CharField()))
        told = OutboxMessage.objects.filter(refund=OuterRef("refund_id"), kind=kind, key__endswith=this_step)
        later = RefundEvent.objects.filter(refund=OuterRef("refund"), sequence__gt=OuterRef("sequence"))
        events = RefundEvent.objects.filter(
            ~Exists(told),
            ~Exists(later),
            Q(refund__cause__startswith="cancel:")
            | Q(refund__cause__startswith="move:")
            | Q(refund__cause__startswith="late:")
            | Q(refund__cause__startswith=f"{PAYOUT}:"),
            to_status=status,
            at__gte=since,
        ).exclude(refund__way__in=[Way.INSURANCE_WINDOW, Way.CREDIT])
        news += events.select_related("refund").order_by("at")[: limit - len(news)]
    return news


def messages_about(appointment: Appointment) -> QuerySet[OutboxMessage]:
    """Return the messages that were written about an appointment, oldest first, security codes left out."""
    about = OutboxMessage.objects.filter(event__appointment=appointment)
    return about.exclude(kind=MessageKind.SECURITY_CODE).order_by("created_at", "pk")
