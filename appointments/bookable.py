"""What patients can book on these pages, and what they hold. Read-only."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from appointments import queries
from appointments.models import Appointment, Centre, Channel, Doctor, EventKind, Patient, Slot, User


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for at a centre: a doctor (pk), else a specialty, else anybody."""

    centre_id: int
    doctor_id: int | None = None
    specialty: str = ""


def centres() -> QuerySet[Centre]:
    """Return the centres whose times are booked here, by name."""
    return Centre.objects.filter(channels__is_website=True).order_by("name", "pk")


def website_of(centre_id: int) -> Channel | None:
    """Return the channel through which patients book here, or None where they do not."""
    return Channel.objects.select_related("policy", "centre").filter(centre_id=centre_id, is_website=True).first()


def specialties_of(centre_id: int) -> list[str]:
    """Return what the doctors of a centre do, by name."""
    return list(
        Doctor.objects.filter(centre_id=centre_id).order_by("specialty").values_list("specialty", flat=True).distinct()
    )


def doctors_of(wish: Wish) -> QuerySet[Doctor]:
    """Return the doctors of the centre by name, of one specialty where that is wished."""
    doctors = queries.doctors_of_centre(wish.centre_id)
    return doctors.filter(specialty=wish.specialty) if wish.specialty else doctors


def free_times(wish: Wish, *, since: datetime, until: datetime, now: datetime) -> QuerySet[Slot]:
    """Return the times that fit a wish and can be had now, soonest first."""
    return _times(wish, queries.is_free(now=now), since=since, until=until)


def next_times(wish: Wish, *, since: datetime, until: datetime, now: datetime) -> QuerySet[Slot]:
    """Return the soonest time of each doctor that fits a wish and can be had now, soonest first. One short look a doctor."""
    free = free_times(wish, since=since, until=until, now=now).filter(doctor=OuterRef("pk")).values("pk")
    firsts = doctors_of(wish).annotate(first=Subquery(free[:1])).values_list("first", flat=True)
    found = Slot.objects.filter(pk__in=[pk for pk in firsts if pk is not None])
    return found.select_related("doctor__centre").order_by("starts_at", "doctor__name", "pk")


def given_back(wish: Wish, *, since: datetime, until: datetime, now: datetime) -> QuerySet[Slot]:
    """Return the times that fit a wish, were given back, and can be had from their `bookable_from` on, soonest first."""
    return _times(wish, queries.is_free_later(now=now), since=since, until=until)


def _times(wish: Wish, which: Q, *, since: datetime, until: datetime) -> QuerySet[Slot]:
    slots = Slot.objects.filter(which, doctor__centre_id=wish.centre_id, starts_at__gte=since, starts_at__lt=until)
    if wish.doctor_id is not None:
        slots = slots.filter(doctor_id=wish.doctor_id)
    if wish.specialty:
        slots = slots.filter(doctor__specialty=wish.specialty)
    return slots.select_related("doctor__centre").order_by("starts_at", "doctor__name", "pk")


def slot_to_book(slot_id: int) -> Slot | None:
    """Return a slot, free or not, with what its page needs, or None."""
    return Slot.objects.select_related("doctor__policy", "doctor__centre__policy").filter(pk=slot_id).first()


def is_free_now(slot: Slot, *, now: datetime) -> bool:
    """Tell whether a slot can be had now."""
    return Slot.objects.filter(queries.is_free(now=now), pk=slot.pk).exists()


def is_free_later(slot: Slot, *, now: datetime) -> bool:
    """Tell whether a slot was given back and can be had from its `bookable_from` on."""
    return Slot.objects.filter(queries.is_free_later(now=now), pk=slot.pk).exists()


def own_in_slot(slot: Slot, *, patient_id: int, now: datetime) -> Appointment | None:
    """Return what this patient has in a slot already: booked, or held and not run out."""
    own = Appointment.objects.filter(slot=slot, chain__patient=patient_id, status__in=queries.LIVE)
    running_out = own.exclude(status=Appointment.Status.DRAFT, hold_expires_at__lte=now)
    return queries.with_everything(running_out).first()


def open_holds(user: User, *, now: datetime) -> QuerySet[Appointment]:
    """Return the times this account holds for new bookings, the first to run out first; moves are not counted."""
    held = Appointment.objects.filter(
        events__kind=EventKind.HELD,
        events__actor_user=user,
        status=Appointment.Status.DRAFT,
        replaces__isnull=True,
        hold_expires_at__gt=now,
    )
    return queries.with_everything(held).order_by("hold_expires_at", "pk")


def last_centre_of(patient: Patient) -> int | None:
    """Return the pk of the centre where this patient was booked last, or None."""
    booked = Appointment.objects.filter(chain__patient=patient).order_by("-created_at", "-pk")
    return booked.values_list("slot__doctor__centre_id", flat=True).first()
