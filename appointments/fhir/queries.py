"""What a partner sees through FHIR: the same rows as through the API, with what FHIR tells of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from appointments.models import Appointment, AppointmentEvent, Centre, Channel, Doctor, EventKind, PartnerPatient, Slot
from appointments.partners.callers import Caller
from appointments.partners.queries import appointments_of_partner
from appointments.queries import is_free

_S = Appointment.Status
_OVER = (_S.CANCELLED, _S.RESCHEDULED)
_ENDINGS = (EventKind.CANCELLED, EventKind.RESCHEDULED)


def appointments_of(caller: Caller) -> QuerySet[Appointment]:
    """Return the caller's bookings, with `was_booked` and, as a list, the event in `endings` that ended a cancelled or moved one."""
    booked = AppointmentEvent.objects.filter(
        appointment=OuterRef("pk"), to_status__in=[_S.CONFIRMED, _S.PENDING_APPROVAL]
    )
    endings = Prefetch("events", AppointmentEvent.objects.filter(kind__in=_ENDINGS), to_attr="endings")
    return appointments_of_partner(caller).annotate(was_booked=Exists(booked)).prefetch_related(endings)


def of_patients(caller: Caller, references: Iterable[str]) -> Q:
    """Match the bookings of patients whom the partner knows by one of these references of its own."""
    named = PartnerPatient.objects.filter(partner_id=caller.partner_id, reference__in=list(references))
    return Q(chain__patient__in=named.values("patient"))


def patient_of(caller: Caller, *, reference: str) -> PartnerPatient | None:
    """Return the patient whom the partner knows by this reference and who has a booking it may see, or None."""
    seen = Appointment.objects.filter(chain__patient=OuterRef("patient"), chain__channel_id__in=caller.channel_ids)
    names = PartnerPatient.objects.filter(Exists(seen), partner_id=caller.partner_id, reference=reference)
    return names.select_related("patient").first()


def centres_of(caller: Caller) -> QuerySet[Centre]:
    """Return the centres of the caller's channels."""
    channels = Channel.objects.filter(pk__in=caller.channel_ids)
    return Centre.objects.filter(pk__in=channels.values("centre")).order_by("pk")


def zones_of(caller: Caller) -> list[ZoneInfo]:
    """Return the clocks of the caller's centres."""
    names = centres_of(caller).order_by().values_list("time_zone", flat=True).distinct()
    return [ZoneInfo(name) for name in sorted(names)]


def doctors_of(caller: Caller) -> QuerySet[Doctor]:
    """Return the doctors of the caller's centres."""
    return Doctor.objects.filter(centre__in=centres_of(caller)).select_related("centre")


def slots_of(caller: Caller, *, now: datetime) -> QuerySet[Any]:
    """Return the slots that can be had now at the caller's centres, and those of its own bookings, with their `fhir_status`."""
    own = Appointment.objects.filter(slot=OuterRef("pk"), chain__channel_id__in=caller.channel_ids)
    free, held = is_free(now=now), [_S.DRAFT, _S.PENDING_APPROVAL]
    status = Case(
        When(free, then=Value("free")),
        When(Exists(own.filter(status__in=held)), then=Value("busy-tentative")),
        When(Exists(own.exclude(status__in=_OVER)), then=Value("busy")),
        When(is_withdrawn=True, then=Value("busy-unavailable")),
        default=Value("busy"),
        output_field=CharField(),
    )
    slots = Slot.objects.filter(free | Exists(own), doctor__centre__in=centres_of(caller))
    return slots.select_related("doctor__centre").annotate(fhir_status=status)
