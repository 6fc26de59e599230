"""The order of booking: for whom, what is looked for, and the times that fit."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from appointments import bookable, visitors
from appointments.actor import Actor
from appointments.bookable import Wish
from appointments.models import Appointment, Centre, Patient, Slot
from appointments.portal.access import AccountRequest
from appointments.portal.booking_forms import WishForm
from appointments.portal.people_choice import choose_person, chosen_person, people_of
from appointments.portal.slot_pages import HORIZON, MOST_SLOTS, whole_days
from appointments.references import read_reference

_PROBLEM = "book_problem"
_MOST_SOON = 10


@dataclass(frozen=True, slots=True)
class Party:
    """For whom it is done, who does it, and whether it could be for somebody else."""

    patient: Patient
    actor: Actor
    has_others: bool


@dataclass(frozen=True, slots=True)
class Times:
    """What was looked for at a centre, the times that fit, those given back that can be had soon, and the day on which the rest begins.

    With `is_overview` nobody in particular was asked for: then it is the next time of each doctor.
    """

    centre: Centre
    form: WishForm
    slots: list[Slot]
    soon: list[Slot]
    more_from: date | None
    is_overview: bool

    @property
    def is_narrowed(self) -> bool:
        """Whether a doctor or a specialty was asked for, or there is only one specialty."""
        asked = self.form.cleaned_data
        return bool(asked.get("doctor") or asked.get("specialty")) or len(self.form.specialties) < 2


def party_of(request: AccountRequest) -> Party | HttpResponse:
    """Return for whom the visitor books, or the page to see first: the question for whom, or that there is nobody."""
    people = people_of(request.visitor, to_act=True)
    if not people:
        return render(request, "portal/book_nobody.html", {"sees_somebody": bool(request.visitor.carer_for)})
    person = chosen_person(request, people)
    if person is None:
        return redirect(f"{reverse('portal:book_for')}?{urlencode({'next': request.get_full_path()})}")
    found = visitors.patient_to_book_for(request.visitor, patient_id=person.patient_id)
    assert found is not None  # the people are those the visitor may act for
    request.acting_for = "" if person.is_oneself else person.name
    return Party(found[0], found[1], has_others=len(people) > 1)


def way_back(request: AccountRequest) -> str:
    """Return the booking page the question for whom was asked on; nowhere else is gone to."""
    asked, first = request.GET.get("next", ""), reverse("portal:book_times")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(first)
    return asked if is_ours else first


def earlier_one(request: AccountRequest) -> Appointment | None:
    """Return the appointment that is booked again, if the address names one of the visitor's, and go on for its patient."""
    reference = read_reference(request.GET.get("again", ""))
    found = visitors.appointment_of(request.visitor, reference=reference, to_act=True) if reference else None
    if found is None:
        return None
    for person in people_of(request.visitor, to_act=True):
        if person.patient_id == found.chain.patient_id:
            choose_person(request, person)
            return found
    return None


def times_for(request: AccountRequest, *, patient: Patient, earlier: Appointment | None, now: datetime) -> Times | None:
    """Return the times to choose from; None where no clinic takes bookings here."""
    centres = list(bookable.centres())
    if not centres:
        return None
    asked = request.GET.copy()
    if earlier:
        _fill_in(asked, earlier)
    centre = _centre(centres, asked.get("centre", ""), patient)
    form = _wish_form(centre, centres, asked, now=now)
    zone = centre.zone
    doctor, specialty = form.cleaned_data.get("doctor"), form.cleaned_data.get("specialty", "")
    wish = Wish(centre.pk, int(doctor) if doctor else None, specialty)
    since = max(now, datetime.combine(form.day, time.min, tzinfo=zone))
    until = now + HORIZON + timedelta(days=1)
    is_overview = not doctor and not specialty and len(form.doctors) > 1
    # Every doctor's every time would be hundreds: nobody chooses from those.
    find = bookable.next_times if is_overview else bookable.free_times
    slots, more_from = whole_days(list(find(wish, since=since, until=until, now=now)[: MOST_SLOTS + 1]), zone=zone)
    soon = bookable.given_back(wish, since=since, until=until, now=now)
    return Times(centre, form, slots, list(soon[:_MOST_SOON]), more_from, is_overview)


def note_problem(request: AccountRequest, words: str) -> None:
    """Keep what the next page of times has to say first."""
    request.session[_PROBLEM] = words


def take_problem(request: AccountRequest) -> str:
    """Return what has to be said first, once."""
    words: str = request.session.pop(_PROBLEM, "")
    return words


def _fill_in(asked: QueryDict, earlier: Appointment) -> None:
    """Put in the doctor and the specialty of the appointment that is booked again, where nothing else was asked for."""
    doctor = earlier.slot.doctor
    for name, value in (("centre", doctor.centre_id), ("specialty", doctor.specialty), ("doctor", doctor.pk)):
        asked.setdefault(name, str(value))


def _centre(centres: list[Centre], asked: str, patient: Patient) -> Centre:
    """Return the centre asked for, else the one this patient was booked at last, else the first."""
    by_key = {str(one.pk): one for one in centres}
    return by_key.get(asked) or by_key.get(str(bookable.last_centre_of(patient))) or centres[0]


def _wish_form(centre: Centre, centres: list[Centre], asked: QueryDict, *, now: datetime) -> WishForm:
    """Return the filter. Its doctors are those of the specialty: another specialty drops a doctor who has it not."""
    specialties = bookable.specialties_of(centre.pk)
    specialty = asked.get("specialty", "")
    wish = Wish(centre.pk, specialty=specialty if specialty in specialties else "")
    today = now.astimezone(centre.zone).date()
    form = WishForm(
        {
            "centre": str(centre.pk),
            "specialty": wish.specialty,
            "doctor": asked.get("doctor", ""),
            "from_day": asked.get("from_day") or today.isoformat(),
        },
        centres=centres,
        specialties=specialties,
        doctors=bookable.doctors_of(wish),
        first=today,
        last=today + HORIZON,
    )
    form.is_valid()
    return form
