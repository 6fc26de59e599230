"""For whom somebody is here who acts for several people: kept in the session, looked at anew on every page."""

from dataclasses import dataclass

from appointments.portal.access import PatientRequest
from appointments.visitors import Visitor, own_patient

_SESSION = "for"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose appointments the visitor sees."""

    patient_id: int
    name: str
    is_oneself: bool = False


def people_of(visitor: Visitor, *, to_act: bool = False) -> list[Person]:
    """Return oneself, if one is a patient, then everybody one acts for by name; with `to_act` without those one may only see."""
    patient = own_patient(visitor)
    oneself = [Person(patient.pk, patient.name, is_oneself=True)] if patient else []
    rights = [right for right in visitor.carer_for if right.may_act or not to_act]
    return oneself + [Person(right.patient_id, right.patient.name) for right in rights]


def choose_person(request: PatientRequest, person: Person) -> None:
    """Keep the choice for the pages that follow."""
    request.session[_SESSION] = person.patient_id


def chosen_person(request: PatientRequest, people: list[Person]) -> Person | None:
    """Return who was chosen, if the right still stands, or the only one there is."""
    if len(people) == 1:
        return people[0]
    return next((one for one in people if one.patient_id == request.session.get(_SESSION)), None)
