"""Who did it, as the reader sees it. Nothing here is stored."""

from typing import Any
from uuid import UUID

import pytest

from appointments.actor import Actor
from appointments.models import Appointment, AppointmentEvent, Chain, Partner, Patient, User
from appointments.wording.deeds import ANYBODY, Reader, by_whom
from tests.factories import NOW

MEERA = User(pk=1, full_name="Meera Shah")
ASHA = User(pk=2, full_name="Asha\nShah")
STAFF = User(pk=3, full_name="Ravi Rao", is_superuser=True)  # whose rights no database is asked for
USERS = {user.pk: user for user in (MEERA, ASHA, STAFF)}

PATIENT = Reader(MEERA.pk, is_patient=True)
GUEST = Reader(is_patient=True)
CARER = Reader(ASHA.pk)
OTHER = Reader(9)

BY_CARER = Actor.carer(ASHA, patient_id=7, relation_id=UUID(int=1))
BY_GUEST = Actor.guest(patient_id=7, came="manage link 12")


def event_of(actor: Actor, **parts: Any) -> AppointmentEvent:
    appointment = Appointment(chain=Chain(patient=Patient(pk=7, name="Meera Shah", user=MEERA)))
    return AppointmentEvent(
        appointment=appointment,
        at=NOW,
        actor_kind=actor.kind,
        actor_label=actor.label,
        actor_user=USERS.get(actor.user_id or 0),
        **parts,
    )


@pytest.mark.parametrize(
    ("actor", "reader", "words"),
    [
        (Actor.patient(MEERA), PATIENT, "by you"),
        (Actor.patient(MEERA), CARER, "by the patient"),
        (Actor.patient(MEERA), GUEST, "by the patient"),
        (Actor.patient(MEERA), ANYBODY, "by the patient"),
        (BY_GUEST, GUEST, "by you"),
        (BY_GUEST, PATIENT, "by you"),
        (BY_GUEST, CARER, "by the patient"),
        (BY_GUEST, ANYBODY, "by the patient"),
        (BY_CARER, CARER, "by you"),
        (BY_CARER, PATIENT, "by Asha Shah, acting for Meera Shah"),
        (BY_CARER, GUEST, "by Asha Shah, acting for Meera Shah"),
        (BY_CARER, OTHER, "by Asha Shah, acting for Meera Shah"),
        (BY_CARER, ANYBODY, "by Asha Shah, acting for Meera Shah"),
        (Actor.staff(STAFF), PATIENT, "by the clinic’s staff for you"),
        (Actor.staff(STAFF), CARER, "by the clinic’s staff for the patient"),
        (Actor.doctor(STAFF), PATIENT, "by the doctor"),
        (Actor.system("draft expiry"), PATIENT, "automatically"),
    ],
)
def test_by_whom_when_read(actor: Actor, reader: Reader, words: str) -> None:
    assert by_whom(event_of(actor), reader=reader) == words


def test_by_whom_when_done_for_the_clinic() -> None:
    assert by_whom(event_of(Actor.staff(STAFF), for_hospital=True), reader=PATIENT) == "by the clinic"


@pytest.mark.parametrize(
    ("reader", "words"), [(GUEST, "by HealthGate for you"), (CARER, "by HealthGate for the patient")]
)
def test_by_whom_when_a_partner_did_it(reader: Reader, words: str) -> None:
    actor = Actor.partner(partner_id=4, name="HealthGate", key="k1", channel_ids=frozenset())

    assert by_whom(event_of(actor, actor_partner=Partner(pk=4, name="HealthGate")), reader=reader) == words
