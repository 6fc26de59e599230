"""What can be done with an appointment at the desk: each is one page, one permission and one use case."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appointments.admin.scope import is_doctor_desk
from appointments.models import Appointment, User
from appointments.models.appointment import Status


@dataclass(frozen=True, slots=True)
class Deed:
    """One page off the detail page. `name` is its place in the address; `for_agents`: an agent at the desk may ask for it."""

    name: str
    label: str | Promise
    permission: str
    statuses: frozenset[str]
    icon: str
    only_after_start: bool = False
    for_agents: bool = False

    def fits(self, appointment: Appointment, *, now: datetime) -> bool:
        """Tell whether it makes sense as things stand. The use case checks again under the lock."""
        started = appointment.slot.starts_at <= now
        return appointment.status in self.statuses and (started or not self.only_after_start)


_APPROVE = "appointments.approve_appointment"
_ATTEND = "appointments.attend_appointment"
CANCEL_OWN = "appointments.cancel_own_appointment"

PAY = Deed("pay", _("Take payment"), "refunds.add_payment", frozenset({Status.DRAFT}), "payments")
APPROVE = Deed("approve", _("Approve"), _APPROVE, frozenset({Status.PENDING_APPROVAL}), "check")
DECLINE = Deed("decline", _("Decline"), _APPROVE, frozenset({Status.PENDING_APPROVAL}), "block")
CHECK_IN = Deed("check-in", _("Check in"), _ATTEND, frozenset({Status.CONFIRMED}), "how_to_reg")
COMPLETE = Deed("complete", _("Complete"), _ATTEND, frozenset({Status.CHECKED_IN}), "task_alt")
MISSED = Deed(
    "missed", _("Mark as missed"), _ATTEND, frozenset({Status.CONFIRMED}), "person_off", only_after_start=True
)
MOVE = Deed(
    "move",
    _("Move"),
    "appointments.reschedule_appointment",
    frozenset(status.value for status in Appointment.RESCHEDULABLE),
    "event_repeat",
    for_agents=True,
)
CANCEL = Deed(
    "cancel",
    _("Cancel appointment"),
    "appointments.cancel_appointment",
    frozenset(status.value for status in Appointment.CANCELLABLE),
    "event_busy",
    for_agents=True,
)
#: Not among the deeds of the day: its link stands beside the history.
LINKS = Deed(
    "links",
    _("Take back links"),
    "appointments.revoke_links",
    frozenset(Status.values),
    "link_off",
)
#: Nor is this one: it changes nothing about the appointment until a time is offered and taken.
WAIT = Deed(
    "wait",
    _("Wait for an earlier time"),
    "appointments.join_waitingentry",
    frozenset(status.value for status in Appointment.RESCHEDULABLE),
    "hourglass_top",
)
DEEDS = (PAY, APPROVE, DECLINE, CHECK_IN, COMPLETE, MISSED, MOVE, CANCEL)


def may_do(deed: Deed, *, user: User) -> bool:
    """Tell whether this account may do the deed at all. A doctor cancels, by a right of their own, and nothing else."""
    if is_doctor_desk(user):
        return deed is CANCEL
    return user.has_perm(deed.permission)


def deeds_for(appointment: Appointment, *, user: User, now: datetime) -> list[Deed]:
    """Return what this account can do with the appointment now."""
    return [deed for deed in DEEDS if may_do(deed, user=user) and deed.fits(appointment, now=now)]
