"""Let somebody act for a patient, and end it. Both hear of it each time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from appointments.actor import Actor
from appointments.errors import DomainError
from appointments.locks import lock_patient
from appointments.manage.lookup import digest_of_id_number, mask_id_number
from appointments.models import AppointmentEvent, CarerRelation, MessageKind, Patient, User
from appointments.reach import addresses_of
from appointments.telling import write_message
from appointments.transactions import in_one_transaction
from refunds.bank import seal

_KEPT_AFTER_THE_END = timedelta(days=90)
_KEPT_WITHOUT_AN_END = timedelta(days=730)


class CannotInviteError(DomainError):
    """The person cannot be invited; `code` says why: "own_address", "asked_already", "never_booked"."""

    def __init__(self, code: str) -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is asked to act for a patient, with which right, from when to when (days at the patient's clinic)."""

    email: str
    relation: str
    rights: str
    proof: str
    starts_on: date
    ends_on: date | None = None
    id_number: str = ""


@in_one_transaction
def invite_carer(*, patient_id: int, invitation: Invitation, actor: Actor, now: datetime) -> CarerRelation:
    """Ask somebody to act for a patient, by mail. Nothing is given until they say yes. Raises CannotInviteError or NoBankKeys."""
    patient = lock_patient(patient_id=patient_id)
    email = invitation.email.strip().lower()
    event = check_invitation(patient=patient, email=email)
    key = uuid4()
    number = invitation.id_number.strip()
    relation = CarerRelation.objects.create(
        id=key,
        patient=patient,
        invited_email=email,
        relation=invitation.relation,
        rights=invitation.rights,
        proof=invitation.proof,
        time_zone=event.appointment.centre.time_zone,
        starts_on=invitation.starts_on,
        ends_on=invitation.ends_on,
        invited_at=now,
        invited_by=actor.label,
        id_number_sealed=seal.seal(number.encode(), owner=f"carer:{key}") if number else "",
        id_number_digest=digest_of_id_number(number) if number else "",
        id_number_masked=mask_id_number(number) if number else "",
        id_number_keep_until=_keep_until(invitation) if number else None,
    )
    _tell(relation, MessageKind.CARER_INVITED, [email], event, now=now)
    return relation


def check_invitation(*, patient: Patient, email: str) -> AppointmentEvent:
    """Return the event that mails about a patient hang on. Raises CannotInviteError where somebody cannot be asked."""
    address = email.strip().lower()
    event = _newest_event(patient)
    if event is None:
        raise CannotInviteError("never_booked")
    own = {patient.email.lower(), (patient.user.email or "").lower() if patient.user else ""}
    if address in own:
        raise CannotInviteError("own_address")
    if CarerRelation.objects.filter(patient=patient, invited_email=address, ended_at__isnull=True).exists():
        raise CannotInviteError("asked_already")
    return event


@in_one_transaction
def accept_invitation(*, relation_id: UUID, user: User, now: datetime) -> bool:
    """Begin to act for the patient. False when it was ended or answered meanwhile, or somebody else was asked."""
    asked = CarerRelation.objects.filter(
        pk=relation_id, invited_email__iexact=user.email or "-", accepted_at__isnull=True, ended_at__isnull=True
    )
    if not asked.update(account=user, accepted_at=now):
        return False
    relation = CarerRelation.objects.select_related("patient").get(pk=relation_id)
    _tell(relation, MessageKind.CARER_STARTED, [_told(relation.patient), relation.invited_email], None, now=now)
    return True


@in_one_transaction
def end_carer(*, relation_id: UUID, actor: Actor, now: datetime) -> bool:
    """End a right, or take back an invitation, at once. False when it had ended before."""
    open_ones = CarerRelation.objects.filter(pk=relation_id, ended_at__isnull=True)
    if not open_ones.update(ended_at=now, ended_by=actor.label):
        return False
    relation = CarerRelation.objects.select_related("patient").get(pk=relation_id)
    if relation.id_number_sealed:
        relation.id_number_keep_until = now.date() + _KEPT_AFTER_THE_END
        relation.save(update_fields=["id_number_keep_until"])
    _tell(relation, MessageKind.CARER_ENDED, [_told(relation.patient), relation.invited_email], None, now=now)
    return True


def forget_id_numbers(*, now: datetime) -> int:
    """Destroy the ID numbers whose time is over; what is masked stays. Returns how many."""
    over = CarerRelation.objects.filter(id_number_keep_until__lt=now.date()).exclude(id_number_sealed="")
    return over.update(id_number_sealed="", id_number_digest="")


def _keep_until(invitation: Invitation) -> date:
    if invitation.ends_on:
        return invitation.ends_on + _KEPT_AFTER_THE_END
    return invitation.starts_on + _KEPT_WITHOUT_AN_END


def _told(patient: Patient) -> str:
    """Return where the patient hears of it."""
    return next((address.to for address in addresses_of(patient)), "")


def _newest_event(patient: Patient) -> AppointmentEvent | None:
    events = AppointmentEvent.objects.filter(appointment__chain__patient=patient)
    return events.select_related("appointment__slot__doctor__centre").order_by("-at", "-sequence").first()


def _tell(
    relation: CarerRelation, kind: MessageKind, addresses: list[str], event: AppointmentEvent | None, *, now: datetime
) -> None:
    event = event or _newest_event(relation.patient)
    if event is None:
        return
    for number, address in enumerate(addresses):
        write_message(event=event, kind=kind, now=now, once=f"{relation.pk}:{number}", recipient=address)
