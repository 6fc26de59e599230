"""The language that somebody reads: kept on the patient's record, used in every message."""

from uuid import UUID

from django.conf import settings

from appointments.models import Patient


def language_of(patient: Patient) -> str:
    """Return the language to write to a patient in: the chosen one, else the installation's."""
    return patient.language if patient.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def usual_language() -> str:
    """Return the language of whoever has chosen none."""
    return settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in dict(settings.LANGUAGES) else settings.LANGUAGES[0][0]


def language_of_account(*, user_id: int) -> str:
    """Return the language that the patient of an account has chosen; empty for none."""
    return Patient.objects.filter(user=user_id).values_list("language", flat=True).first() or ""


def remember_language(*, language: str, user_id: int | None = None, chain_id: UUID | None = None) -> None:
    """Keep the language for the patient of an account, or of a booking."""
    about = {"user": user_id} if user_id is not None else {"chains": chain_id}
    Patient.objects.filter(**about).update(language=language)
