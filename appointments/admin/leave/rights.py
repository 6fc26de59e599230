"""Who may call and see emergency leaves: a manager for the centre's doctors, a doctor for themselves."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from appointments.actor import Actor
from appointments.admin.scope import is_doctor_desk
from appointments.hours.queries import doctors_of_centres
from appointments.leave import queries as leave_queries
from appointments.models import Doctor, EmergencyLeave, LeaveCase, User

CALL = "appointments.call_leave"
CALL_OWN = "appointments.call_own_leave"
SEE = "appointments.view_emergencyleave"


def may_call(user: User) -> bool:
    """Tell whether this account may call a leave."""
    return user.has_perm(CALL_OWN) if is_doctor_desk(user) else user.has_perm(CALL)


def may_see(user: User) -> bool:
    """Tell whether this account may look at leaves."""
    return may_call(user) or user.has_perm(SEE)


def may_answer(user: User) -> bool:
    """Tell whether this account may answer for patients: whoever may call a leave at the desk, or cancel and move there."""
    at_the_desk = ("appointments.cancel_appointment", "appointments.reschedule_appointment")
    return not is_doctor_desk(user) and (user.has_perm(CALL) or user.has_perms(at_the_desk))


def visible_leaves(user: User) -> QuerySet[EmergencyLeave]:
    """Return the leaves this account may see."""
    return leave_queries.leaves_of_doctor(user) if is_doctor_desk(user) else leave_queries.leaves_of_staff(user)


def doctors_to_choose(user: User) -> list[Doctor]:
    """Return the doctors whose leave this account may call. Raises PermissionDenied for nobody."""
    if not may_call(user):
        raise PermissionDenied
    return [user.doctor] if is_doctor_desk(user) else list(doctors_of_centres(user))


def leave_or_404(user: User, leave_id: int) -> EmergencyLeave:
    """Return a leave this account may see. Raises PermissionDenied or Http404."""
    if not (may_see(user) or may_answer(user)):
        raise PermissionDenied
    leave = visible_leaves(user).filter(pk=leave_id).first()
    if leave is None:
        raise Http404
    return leave


def case_or_404(user: User, case_id: int) -> LeaveCase:
    """Return a case that this account may answer. Raises PermissionDenied or Http404."""
    if not may_answer(user):
        raise PermissionDenied
    case = leave_queries.case_in(visible_leaves(user), case_id=case_id)
    if case is None:
        raise Http404
    return case


def actor_at(user: User) -> Actor:
    """Return who acts."""
    return Actor.doctor(user) if is_doctor_desk(user) else Actor.staff(user)
