"""Tie an account to its patient record: by proof, and by nothing an account says of itself."""

from datetime import datetime

from allauth.account.models import EmailAddress

from appointments.actor import Actor
from appointments.locks import lock_patient
from appointments.models import ContactChange, Patient, User
from appointments.transactions import in_one_transaction
from appointments.usecases.change_contact import Contact, change_contact


@in_one_transaction
def tie_account(*, user_id: int, now: datetime) -> ContactChange | None:
    """Give the account the patient record with the e-mail address it has proved, if there is exactly one without an account.

    Two records with one address, a family's, are told apart by nobody but the clinic. Returns None where nothing was tied.
    """
    user = User.objects.get(pk=user_id)
    if not user.email or Patient.objects.filter(user=user).exists():
        return None
    if not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        return None
    found = Patient.objects.filter(email__iexact=user.email).values_list("pk", flat=True)[:2]
    if len(found) != 1:
        return None
    patient = lock_patient(patient_id=found[0])
    if patient.user_id is not None or patient.email.lower() != user.email.lower():
        return None
    to = Contact(email=patient.email, phone=patient.phone, account=user.pk)
    return change_contact(patient_id=patient.pk, to=to, actor=Actor.patient(user), now=now)
