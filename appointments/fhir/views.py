"""Reading and searching over FHIR. Each operation asks the same rows as the API, and shows a partner its own alone."""

from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser, FormParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api.parsers import SmallJSONParser
from appointments.api.views.base import PartnerView
from appointments.fhir import dates, queries, words
from appointments.fhir.capability import cancel_operation, capability_statement
from appointments.fhir.edge import FhirNegotiation, FhirParser, FhirRenderer
from appointments.fhir.outcomes import handle
from appointments.fhir.resources import (
    Resource,
    appointment_resource,
    is_id,
    location_resource,
    patient_resource,
    schedule_resource,
    slot_resource,
)
from appointments.fhir.search import Search, bundle, read_search, tokens, wrong
from appointments.models import Appointment
from appointments.partners.callers import Caller
from appointments.references import read_reference


class MayRead(BasePermission):
    """The right to read, whichever way a search is sent."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the key or token allows it."""
        return isinstance(request.auth, Caller) and request.auth.may_read


class FhirView(PartnerView):
    """An operation of FHIR, for partners. It stands in no OpenAPI document: FHIR describes itself."""

    schema = None
    metadata_class = None
    parser_classes: tuple[type[BaseParser], ...] = (FhirParser, SmallJSONParser)
    renderer_classes = (FhirRenderer,)
    content_negotiation_class = FhirNegotiation

    def get_exception_handler(self) -> Any:
        """Tell of every error by an OperationOutcome."""
        return handle


class OpenView(FhirView):
    """Something that is no secret."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()


class Metadata(OpenView):
    """What the server does."""

    def get(self, request: Request) -> Response:
        """Show the CapabilityStatement."""
        return Response(capability_statement())


class CancelDefinition(OpenView):
    """The definition of $cancel."""

    def get(self, request: Request) -> Response:
        """Show the OperationDefinition."""
        return Response(cancel_operation())


class NotHere(FhirView):
    """Any other address below /fhir/."""

    def get(self, request: Request) -> Response:
        """Say that nothing is here."""
        raise Http404

    post = put = patch = delete = get


class SearchView(FhirView):
    """A search by address or, at `_search`, by form."""

    type_: str
    known: tuple[str, ...] = ("_id",)
    order: tuple[str, ...]
    parser_classes = (FormParser,)
    permission_classes = (MayRead,)

    def get(self, request: Request, **_path: Any) -> Response:
        """Find resources, a page at a time."""
        search = read_search(request, type_=self.type_, known=self.known)
        return Response(bundle(search, self.find(search), order=self.order, request=request, show=self.show))

    post = get

    def find(self, search: Search) -> QuerySet[Any]:
        """Return the rows that match. Raises ValidationError."""
        raise Http404

    def show(self, row: Any) -> Resource:
        """Return a row as a resource."""
        raise Http404

    def on(self, search: Search, name: str, *, field: str, zone: tzinfo) -> Q:
        """Return the condition of a date parameter. Raises ValidationError."""
        try:
            return dates.matching(search[name], field=field, zone=zone, now=self.now)
        except dates.BadDateError as error:
            message = _("Give a date such as 2026-11-05, with ge, lt or another prefix before it where needed.")
            raise wrong(name, message) from error


class AppointmentSearch(SearchView):
    """Bookings of the partner's channels, last changed last; cancelled and moved ones stay."""

    type_ = "Appointment"
    known = ("_id", "_lastUpdated", "date", "identifier", "patient", "patient:identifier", "status")
    order = ("updated_at", "pk")

    def find(self, search: Search) -> QuerySet[Any]:
        """Return the bookings that match."""
        found = queries.appointments_of(self.caller)
        for asked in tokens(search, "_id", system="") + tokens(
            search, "identifier", system=words.system_of("appointment")
        ):
            found = found.filter(reference__in={read_reference(text) or "" for text in asked})
        for asked in _patients(search):
            found = found.filter(queries.of_patients(self.caller, asked))
        for asked in tokens(search, "status", system=words.STATUS_SYSTEM):
            found = found.filter(status__in=_ours(asked))
        if search["date"]:
            # A day is the day at the centre.
            days = Q(pk__in=[])
            for zone in queries.zones_of(self.caller):
                here = Q(slot__doctor__centre__time_zone=zone.key)
                days |= here & self.on(search, "date", field="slot__starts_at", zone=zone)
            found = found.filter(days)
        return found.filter(self.on(search, "_lastUpdated", field="updated_at", zone=UTC))

    def show(self, row: Any) -> Resource:
        """Return a booking."""
        return appointment_resource(row)


class AppointmentRead(FhirView):
    """One booking."""

    def get(self, request: Request, id_: str) -> Response:
        """Show a booking; a moved one says where it went."""
        return Response(appointment_resource(found_appointment(self.caller, id_)))


class SlotSearch(SearchView):
    """Slots that can be had now, and those of the partner's bookings."""

    type_ = "Slot"
    known = ("_id", "schedule", "start", "status")
    order = ("starts_at", "pk")

    def find(self, search: Search) -> QuerySet[Any]:
        """Return the slots that match."""
        found = queries.slots_of(self.caller, now=self.now)
        for asked in tokens(search, "_id", system=""):
            found = found.filter(pk__in=_numbers(asked))
        for text in search["schedule"]:
            found = found.filter(doctor__in=_numbers(_ids(text, "Schedule")))
        for asked in tokens(search, "status", system=words.SLOT_STATUS_SYSTEM):
            _known_codes("status", asked, words.ALL_SLOT_STATUSES)
            found = found.filter(fhir_status__in=asked)
        if search["start"]:
            days = Q(pk__in=[])
            for zone in queries.zones_of(self.caller):
                here = Q(doctor__centre__time_zone=zone.key)
                days |= here & self.on(search, "start", field="starts_at", zone=zone)
            found = found.filter(days)
        return found

    def show(self, row: Any) -> Resource:
        """Return a slot."""
        return slot_resource(row, status=row.fhir_status)


class ScheduleSearch(SearchView):
    """The doctors' schedules at the partner's centres."""

    type_ = "Schedule"
    known = ("_id", "actor")
    order = ("pk",)

    def find(self, search: Search) -> QuerySet[Any]:
        """Return the doctors whose schedules match."""
        found = queries.doctors_of(self.caller)
        for asked in tokens(search, "_id", system=""):
            found = found.filter(pk__in=_numbers(asked))
        for text in search["actor"]:
            found = found.filter(centre__in=_numbers(_ids(text, "Location")))
        return found

    def show(self, row: Any) -> Resource:
        """Return a schedule."""
        return schedule_resource(row)


class LocationSearch(SearchView):
    """The partner's centres."""

    type_ = "Location"
    order = ("pk",)

    def find(self, search: Search) -> QuerySet[Any]:
        """Return the centres that match."""
        found = queries.centres_of(self.caller)
        for asked in tokens(search, "_id", system=""):
            found = found.filter(pk__in=_numbers(asked))
        return found

    def show(self, row: Any) -> Resource:
        """Return a location."""
        return location_resource(row)


class ReadByNumber(FhirView):
    """One resource of a type whose ids are numbers, found as its search finds it."""

    search: type[SearchView] = SearchView

    def get(self, request: Request, id_: str) -> Response:
        """Show it."""
        kind = self.search(request=request)
        row = kind.find(Search(kind.type_, {"_id": [id_]}, [], 1)).first() if id_.isdecimal() else None
        if row is None:
            raise Http404
        return Response(kind.show(row))


class PatientRead(FhirView):
    """A patient the partner booked for, by the partner's own reference."""

    def get(self, request: Request, id_: str) -> Response:
        """Show the name that the centre has on record."""
        found = queries.patient_of(self.caller, reference=id_) if is_id(id_) else None
        if found is None:
            raise Http404
        return Response(patient_resource(name=found.patient.name, own_reference=found.reference))


def found_appointment(caller: Caller, id_: str) -> Appointment:
    """Return the caller's booking, with what FHIR tells of it. Raises Http404."""
    stored = read_reference(id_)
    found = queries.appointments_of(caller).filter(reference=stored).first() if stored else None
    if found is None:
        raise Http404
    return found


def _patients(search: Search) -> list[set[str]]:
    by_id = [_ids(text, "Patient") for text in search["patient"]]
    return by_id + tokens(search, "patient:identifier", system=words.system_of("patient"))


def _ids(text: str, type_: str) -> set[str]:
    """Return the ids of references such as `Patient/7`, `7` or the whole address; one of another type or server matches nothing."""
    own = (f"{words.base()}/{type_}/", f"{type_}/")
    ids = set()
    for part in text.split(","):
        bare = part.strip()
        for start in own:
            bare = bare.removeprefix(start)
        ids.add(bare if "/" not in bare else "")
    return ids


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= 18]


def _ours(codes: set[str]) -> list[str]:
    _known_codes("status", codes, words.ALL_STATUSES)
    return [str(status) for status, code in words.STATUS.items() if code in codes]


def _known_codes(name: str, codes: set[str], known: frozenset[str]) -> None:
    if codes - known:
        raise wrong(name, _("There is no such code."))
