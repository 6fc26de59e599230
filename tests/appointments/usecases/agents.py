"""Somebody with a right to act for a patient, and papers for both."""

from typing import Any

from appointments.models import Appointment, CarerRelation
from appointments.usecases.agent_desk import AgentAsks
from appointments.usecases.carers import Invitation, accept_invitation, invite_carer
from appointments.usecases.id_number import enter_id_number
from tests.factories import NOW, UserFactory, system

PATIENTS, AGENTS = "XK-2048 8193 0177", "PB 55 11 90 22"


def agent_of(appointment: Appointment, **parts: Any) -> CarerRelation:
    """Return the accepted right of a parent over the appointment's patient, with both ID numbers on record."""
    patient = appointment.chain.patient
    enter_id_number(patient_id=patient.pk, number=PATIENTS, actor=system(), now=NOW)
    account = UserFactory.create(full_name="Asha Shah")
    values = {
        "email": account.email,
        "relation": "parent",
        "rights": "act",
        "proof": "birth",
        "starts_on": NOW.date(),
        "id_number": AGENTS,
        **parts,
    }
    relation = invite_carer(patient_id=patient.pk, invitation=Invitation(**values), actor=system(), now=NOW)
    assert accept_invitation(relation_id=relation.pk, user=account, now=NOW)
    relation.refresh_from_db()
    return relation


def asks(appointment: Appointment, **other: str) -> AgentAsks:
    """Return the three numbers that fit, but for those given, and a purpose."""
    fitting = {"reference": appointment.reference, "patient_number": PATIENTS, "agent_number": AGENTS}
    return AgentAsks(**{**fitting, "purpose": "cancel, the child is well", **other})
