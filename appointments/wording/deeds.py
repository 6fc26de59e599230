"""Who did something, as one reader sees it: the same words on pages and in mails."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from appointments.actor import is_carer_label
from appointments.models import AppointmentEvent
from policies.rules.facts import ActorKind


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: an account, if they signed in, and whether they are the patient, by account or as the guest of a booking."""

    user_id: int | None = None
    is_patient: bool = False


#: Reads what is written to several people, or shown to others as proof.
ANYBODY = Reader()


def by_whom(event: AppointmentEvent, *, reader: Reader) -> str:
    """Return who did it, in words that follow a deed. "By you" is said to the one who did it alone."""
    if event.actor_partner:
        words = _("by %(partner)s for you") if reader.is_patient else _("by %(partner)s for the patient")
        return words % {"partner": _one_line(event.actor_partner.name)}
    if event.actor_kind == ActorKind.PATIENT:
        return _by_patient(event, reader)
    if event.actor_kind == ActorKind.STAFF and not event.for_hospital:
        return _("by the clinic’s staff for you") if reader.is_patient else _("by the clinic’s staff for the patient")
    return {
        ActorKind.STAFF: _("by the clinic"),
        ActorKind.DOCTOR: _("by the doctor"),
        ActorKind.SYSTEM: _("automatically"),
    }[ActorKind(event.actor_kind)]


def _by_patient(event: AppointmentEvent, reader: Reader) -> str:
    """Tell apart the account that reads, a guest, who is the patient without an account, and who acts for the patient."""
    is_own = event.actor_user_id == reader.user_id if event.actor_user_id else reader.is_patient
    if is_own:
        return _("by you")
    if event.actor_user and is_carer_label(event.actor_label):
        about = {
            "carer": _one_line(event.actor_user.full_name) or _("a carer"),
            "patient": _one_line(event.appointment.chain.patient.name),
        }
        return _("by %(carer)s, acting for %(patient)s") % about
    return _("by the patient")


def _one_line(name: str) -> str:
    return " ".join(name.split())
