"""Somebody comes to the desk to act for a patient: order number, the patient's ID number, their own. Every try is written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from appointments.manage.links import current_appointment
from appointments.manage.lookup import digest_of_id_number
from appointments.models import AgentVisit, Appointment, CarerRelation, User
from appointments.references import read_reference
from appointments.transactions import in_one_transaction

#: How long somebody stands at the desk before they are asked for their papers again.
LONGEST_VISIT = timedelta(minutes=30)
#: Looked for where what was typed cannot be a reference, so that it costs what any other miss costs.
_NO_REFERENCE = "----"


@dataclass(frozen=True, slots=True)
class AgentAsks:
    """What stands on the papers, as typed, and what the person wants."""

    reference: str
    patient_number: str
    agent_number: str
    purpose: str


@in_one_transaction
def receive_agent(*, user: User, appointments: QuerySet[Appointment], asks: AgentAsks, now: datetime) -> AgentVisit:
    """Write down the try, and with it the booking and the right where all three fit and the right to act stands now.

    `appointments` are those the clerk may see. Every miss is the same one query, whichever part is wrong.
    """
    reference = read_reference(asks.reference)
    right = _right(appointments, asks, reference or _NO_REFERENCE)
    appointment = None
    if right is not None and right.holds(now=now):
        named = appointments.get(reference=reference)
        appointment = current_appointment(chain_id=named.chain_id) or named
    return AgentVisit.objects.create(
        user=user,
        at=now,
        purpose=asks.purpose,
        reference=reference or "",
        appointment=appointment,
        relation=right if appointment else None,
    )


def agent_at_the_desk(*, visit_id: int, user: User, appointment: Appointment, now: datetime) -> AgentVisit | None:
    """Return the visit if this clerk received it for this booking, not long ago, and the right to act still stands; else None."""
    visits = AgentVisit.objects.select_related("relation__account", "relation__patient", "appointment")
    visit = visits.filter(
        pk=visit_id, user=user, appointment__chain=appointment.chain_id, at__gt=now - LONGEST_VISIT
    ).first()
    if visit is None or visit.relation is None:
        return None
    return visit if visit.relation.may_act and visit.relation.holds(now=now) else None


def _right(appointments: QuerySet[Appointment], asks: AgentAsks, reference: str) -> CarerRelation | None:
    named = appointments.filter(reference=reference).order_by().values("chain__patient")
    return CarerRelation.objects.filter(
        id_number_digest=digest_of_id_number(asks.agent_number),
        patient__id_number_digest=digest_of_id_number(asks.patient_number),
        patient__in=named,
        rights=CarerRelation.Rights.ACT,
        accepted_at__isnull=False,
        ended_at__isnull=True,
    ).first()
