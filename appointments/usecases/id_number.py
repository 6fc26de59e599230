"""A patient's ID number: entered at the desk, opened for a purpose, destroyed when its time is over. Each is written down."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from appointments import queries
from appointments.actor import Actor
from appointments.errors import WrongStatusError
from appointments.locks import lock_patient
from appointments.manage.lookup import digest_of_id_number, mask_id_number, plain_id_number
from appointments.models import Appointment, IdNumberNote, Patient, User
from appointments.transactions import in_one_transaction
from refunds.bank import seal

#: Shorter ones would be guessed, and mask nothing.
FEWEST_CHARACTERS = 6
_KEPT = timedelta(days=730)


@in_one_transaction
def enter_id_number(*, patient_id: int, number: str, actor: Actor, now: datetime) -> Patient:
    """Keep a patient's ID number sealed for two years, and a digest to look it up by. Raises NoBankKeys where nothing can be sealed.

    `number` has FEWEST_CHARACTERS letters and digits or more, whatever stands between them.
    """
    patient = lock_patient(patient_id=patient_id)
    patient.id_number_sealed = seal.seal(plain_id_number(number).encode(), owner=_owner(patient))
    patient.id_number_digest = digest_of_id_number(number)
    patient.id_number_masked = mask_id_number(number)
    patient.id_number_keep_until = (now + _KEPT).date()
    _save(patient)
    _note(patient, IdNumberNote.Kind.ENTERED, actor=actor, now=now)
    return patient


@in_one_transaction
def open_id_number(*, patient_id: int, user: User, purpose: str, now: datetime) -> str:
    """Write down who looks and what for, and return the number. Raises WrongStatusError where none is kept, or UnreadableDetails."""
    patient = lock_patient(patient_id=patient_id)
    if not patient.id_number_sealed:
        raise WrongStatusError("id number")
    _note(patient, IdNumberNote.Kind.OPENED, actor=Actor.staff(user), now=now, purpose=purpose)
    return seal.unseal(patient.id_number_sealed, owner=_owner(patient)).decode()


@in_one_transaction
def destroy_id_number(*, patient_id: int, actor: Actor, now: datetime) -> bool:
    """Destroy the number and its digest; what is masked stays. False where there was none."""
    patient = lock_patient(patient_id=patient_id)
    if not patient.id_number_digest:
        return False
    patient.id_number_sealed = patient.id_number_digest = ""
    patient.id_number_keep_until = None
    _save(patient)
    _note(patient, IdNumberNote.Kind.DESTROYED, actor=actor, now=now)
    return True


def id_numbers_to_destroy(*, now: datetime, limit: int) -> list[int]:
    """Return the pks of patients whose number's time is over and who have no appointment to come."""
    to_come = Appointment.objects.filter(chain__patient=OuterRef("pk"), status__in=queries.LIVE, slot__ends_at__gt=now)
    over = Patient.objects.filter(~Exists(to_come), id_number_keep_until__lt=now.date())
    return list(over.order_by("pk").values_list("pk", flat=True)[:limit])


def _owner(patient: Patient) -> str:
    return f"patient:{patient.pk}"


def _save(patient: Patient) -> None:
    patient.save(update_fields=["id_number_sealed", "id_number_digest", "id_number_masked", "id_number_keep_until"])


def _note(patient: Patient, kind: IdNumberNote.Kind, *, actor: Actor, now: datetime, purpose: str = "") -> None:
    IdNumberNote.objects.create(
        patient=patient, kind=kind, at=now, actor_label=actor.label, actor_user_id=actor.user_id, purpose=purpose
    )
