"""SMART Scheduling Links: the free times of every clinic as files that anybody may read, each time with the link that books it.

Nobody's data is in it: what is taken is left out, and who has taken it is nobody's business.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from appointments.api.documents import moment
from appointments.fhir import words
from appointments.fhir.resources import Resource, location_resource, schedule_resource, slot_resource
from appointments.models import Centre, Doctor, Slot
from appointments.queries import is_free

MEDIA_TYPE = "application/fhir+ndjson"
BOOKING_LINK = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link"
BOOKING_PHONE = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-phone"
#: How far ahead times are published, and how many of one clinic at most, soonest first.
_AHEAD = timedelta(days=28)
_MOST_SLOTS = 5000


def manifest(*, now: datetime) -> Resource:
    """Return the entry: which files there are. One file of slots a clinic."""
    files = [("Location", "locations"), ("Schedule", "schedules")]
    files += [("Slot", f"slots-{pk}") for pk in published_centres().values_list("pk", flat=True)]
    return {
        "transactionTime": moment(now),
        "request": f"{words.base()}/$bulk-publish",
        "output": [{"type": type_, "url": f"{words.base()}/bulk/{name}.ndjson"} for type_, name in files],
        "error": [],
    }


def published_centres() -> QuerySet[Centre]:
    """Return the clinics whose times patients book here: elsewhere no link of ours books anything."""
    return Centre.objects.filter(channels__is_website=True).order_by("pk")


def is_published(*, centre_id: int) -> bool:
    """Tell whether a clinic's times are published."""
    return published_centres().filter(pk=centre_id).exists()


def locations() -> Iterator[Resource]:
    """Yield the clinics."""
    return (location_resource(centre) for centre in published_centres())


def schedules() -> Iterator[Resource]:
    """Yield the doctors' schedules."""
    doctors = Doctor.objects.filter(centre__in=published_centres()).select_related("centre").order_by("pk")
    return (schedule_resource(doctor) for doctor in doctors)


def slots(*, centre_id: int, now: datetime) -> Iterator[Resource]:
    """Yield the free times of a published clinic, soonest first; nothing for another one."""
    free = Slot.objects.filter(
        is_free(now=now),
        doctor__centre__in=published_centres(),
        doctor__centre_id=centre_id,
        starts_at__lt=now + _AHEAD,
    )
    rows = free.select_related("doctor__centre").order_by("starts_at", "pk")[:_MOST_SLOTS]
    return (_with_links(slot_resource(slot, status="free"), slot) for slot in rows)


def lines(resources: Iterable[Resource]) -> bytes:
    """Return resources one a line."""
    return "".join(f"{json.dumps(one, ensure_ascii=False, separators=(',', ':'))}\n" for one in resources).encode()


def booking_address(slot: Slot) -> str:
    """Return the page that books this time."""
    site: str = settings.SITE_URL
    return site + reverse("portal:book", args=[slot.pk])


def _with_links(resource: Resource, slot: Slot) -> Resource:
    links = [
        {"url": BOOKING_LINK, "valueUrl": booking_address(slot)},
        {"url": BOOKING_PHONE, "valueString": slot.doctor.centre.phone},
    ]
    return resource | {"extension": [*links, *resource["extension"]]}
