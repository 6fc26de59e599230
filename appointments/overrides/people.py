"""Whether two records may be one person: what makes a second person a second one."""

from appointments.models import Patient, User
from appointments.models.people import plain_phone


def same_person(user: User, other: User | Patient) -> bool:
    """Tell whether an account is reached by the same e-mail address or phone number as another account or a patient."""
    return bool(_ways_to(user) & _ways_to(other))


def _ways_to(person: User | Patient) -> set[str]:
    return {(person.email or "").strip().lower(), plain_phone(person.phone or "")} - {""}
