"""Which agent stands at a clerk's desk: the session holds the visit's key, and each request looks anew whether it stands."""

from datetime import datetime

from django.http import HttpRequest

from appointments.models import AgentVisit, Appointment, User
from appointments.usecases.agent_desk import agent_at_the_desk

_SESSION = "agent_visit"


def begin_visit(request: HttpRequest, visit: AgentVisit) -> None:
    """Note who stands here from now on."""
    request.session[_SESSION] = visit.pk


def end_visit(request: HttpRequest) -> None:
    """Nobody stands here any more."""
    request.session.pop(_SESSION, None)


def agent_here(request: HttpRequest, *, user: User, appointment: Appointment, now: datetime) -> AgentVisit | None:
    """Return the visit of the agent who stands here for this booking, or None. No query where nobody came."""
    key = request.session.get(_SESSION)
    return agent_at_the_desk(visit_id=key, user=user, appointment=appointment, now=now) if key else None
