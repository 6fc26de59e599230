"""Choose how a patient hears from the clinic, and when not."""

from dataclasses import asdict, dataclass
from datetime import time

from appointments.models import MessagesBy, Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWishes:
    """By what messages come, whether reminders are wanted, and between which hours of the centre's clock none come."""

    messages_by: MessagesBy
    wants_reminders: bool
    quiet_from: time
    quiet_until: time

    @classmethod
    def of(cls, patient: Patient) -> "MessageWishes":
        """Return what is on record."""
        return cls(
            messages_by=MessagesBy(patient.messages_by),
            wants_reminders=patient.wants_reminders,
            quiet_from=patient.quiet_from,
            quiet_until=patient.quiet_until,
        )


def choose_messages(*, patient_id: int, wishes: MessageWishes) -> None:
    """Keep a patient's wishes. Proof of what was done is sent whatever they are."""
    Patient.objects.filter(pk=patient_id).update(**asdict(wishes))
