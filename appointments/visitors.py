"""Who opens a patient's page, and whose appointments that lets them see. Nothing else decides it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from appointments.actor import Actor
from appointments.models import Appointment, CarerRelation, Patient, User, WaitingEntry
from appointments.queries import with_everything
from appointments.waiting.line import entries_of
from refunds.models import Checkout, Refund


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who passed the second step for one booking. `came` says how, such as "manage link 12"."""

    chain_id: UUID
    came: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """An account that is signed in, a guest of one booking, or both."""

    user: User | None = None
    guest: Guest | None = None
    carer_for: tuple[CarerRelation, ...] = ()

    @property
    def is_only_guest(self) -> bool:
        """Tell whether nobody is signed in."""
        return self.user is None


def appointments_of(visitor: Visitor, *, to_act: bool = False) -> QuerySet[Appointment]:
    """Return the appointments the visitor may see or, with `to_act`, cancel and move."""
    allowed = Q(pk__in=[])
    if visitor.user:
        allowed |= Q(chain__patient__user=visitor.user)
    if cared_for := [right.patient_id for right in visitor.carer_for if right.may_act or not to_act]:
        allowed |= Q(chain__patient__in=cared_for)
    if visitor.guest:
        allowed |= Q(chain=visitor.guest.chain_id)
    return with_everything(Appointment.objects.filter(allowed))


def appointment_of(visitor: Visitor, *, reference: str, to_act: bool = False) -> Appointment | None:
    """Return the visitor's appointment with this reference, as it is stored, or None."""
    return appointments_of(visitor, to_act=to_act).filter(reference=reference).first()


def checkout_of(visitor: Visitor, *, checkout_id: UUID) -> tuple[Checkout, Appointment] | None:
    """Return a checkout for one of the visitor's drafts, with the draft, or None."""
    checkout = Checkout.objects.filter(pk=checkout_id, cause__startswith="pay:").first()
    pk = checkout.cause.partition(":")[2] if checkout else ""
    draft = appointments_of(visitor, to_act=True).filter(pk=int(pk)).first() if pk.isdecimal() else None
    return (checkout, draft) if checkout and draft else None


def refund_of(visitor: Visitor, *, refund_id: UUID, to_act: bool = False) -> tuple[Refund, Appointment] | None:
    """Return a refund of money of a booking of the visitor, with the newest appointment of its chain, or None."""
    refund = Refund.objects.select_related("payment").filter(pk=refund_id).first()
    chain = refund.payment.source.partition(":")[2] if refund else ""
    if refund is None or not chain:
        return None
    appointments = appointments_of(visitor, to_act=to_act).filter(chain_id=chain, pending_move__isnull=True)
    appointment = appointments.order_by("-created_at", "-pk").first()
    return (refund, appointment) if appointment else None


def actor_for(visitor: Visitor, appointment: Appointment) -> Actor:
    """Return the visitor as the one who acts on an appointment they may act on: first as the patient, then as a carer, then as the guest."""
    user, patient = visitor.user, appointment.chain.patient
    if user and patient.user_id == user.pk:
        return Actor.patient(user)
    right = right_over(visitor, appointment)
    if user and right and right.may_act:
        return Actor.carer(user, patient_id=patient.pk, relation_id=right.pk)
    if visitor.guest and visitor.guest.chain_id == appointment.chain_id:
        return Actor.guest(patient_id=patient.pk, came=visitor.guest.came)
    raise PermissionError("a visitor acts only on what they may act on")


def patient_to_book_for(visitor: Visitor, *, patient_id: int) -> tuple[Patient, Actor] | None:
    """Return a patient for whom a signed-in visitor may book, with the visitor as the one who acts, or None."""
    user, patient = visitor.user, Patient.objects.filter(pk=patient_id).first()
    if user is None or patient is None:
        return None
    if patient.user_id == user.pk:
        return patient, Actor.patient(user)
    right = next((right for right in visitor.carer_for if right.patient_id == patient.pk and right.may_act), None)
    return (patient, Actor.carer(user, patient_id=patient.pk, relation_id=right.pk)) if right else None


def right_over(visitor: Visitor, appointment: Appointment) -> CarerRelation | None:
    """Return the right by which the visitor acts for the appointment's patient, None for their own or without one."""
    patient = appointment.chain.patient
    if visitor.user and patient.user_id == visitor.user.pk:
        return None
    return next((right for right in visitor.carer_for if right.patient_id == patient.pk), None)


def may_act_on(visitor: Visitor, appointment: Appointment) -> bool:
    """Tell whether the visitor may do more than see an appointment they may see."""
    right = right_over(visitor, appointment)
    is_guest = visitor.guest is not None and visitor.guest.chain_id == appointment.chain_id
    return right is None or right.may_act or is_guest


def waiting_entries_of(visitor: Visitor, *, to_act: bool = False, ended: bool = False) -> QuerySet[WaitingEntry]:
    """Return the open (or the ended) entries of the waiting list that the visitor may see or, with `to_act`, end."""
    own = own_patient(visitor)
    patients = [own.pk] if own else []
    patients += [right.patient_id for right in visitor.carer_for if right.may_act or not to_act]
    return entries_of(patients, chain_id=visitor.guest.chain_id if visitor.guest else None, ended=ended)


def waiting_entry_of(visitor: Visitor, *, entry_id: int) -> tuple[WaitingEntry, Actor] | None:
    """Return an open entry that the visitor may end, with the visitor as the one who acts, or None."""
    entry = waiting_entries_of(visitor, to_act=True).filter(pk=entry_id).first()
    if entry is None:
        return None
    found = patient_to_book_for(visitor, patient_id=entry.patient_id)
    if found:
        return entry, found[1]
    assert visitor.guest is not None  # else it is an entry of a patient for whom the visitor may act
    return entry, Actor.guest(patient_id=entry.patient_id, came=visitor.guest.came)


def own_patient(visitor: Visitor) -> Patient | None:
    """Return the visitor's own patient record, if there is one."""
    return Patient.objects.filter(user=visitor.user).first() if visitor.user else None
