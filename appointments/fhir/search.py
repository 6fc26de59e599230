"""What a search asks for: known parameters only, each within bounds, and how the page of results looks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from appointments.api.pages import Pages
from appointments.fhir import words
from appointments.fhir.outcomes import warning
from appointments.fhir.resources import Resource

_ALWAYS = frozenset({"_count", "_cursor", "_format", "_pretty", "_summary"})
_MOST_VALUES, _MOST_LETTERS = 20, 500
_DEFAULT_COUNT, _MOST_COUNT = 50, 200
_MODIFIER = re.compile(r"[:.]")


@dataclass(frozen=True, slots=True)
class Search:
    """The parameters that count, in order, and the names of those that do not."""

    type: str
    values: dict[str, list[str]]
    ignored: list[str]
    count: int

    def __getitem__(self, name: str) -> list[str]:
        """Return what was asked for by this name: each must match."""
        return self.values.get(name, [])

    @property
    def address(self) -> str:
        """Return the address of this search, with what counts of it."""
        pairs = [(name, value) for name, values in self.values.items() for value in values]
        return f"{words.base()}/{self.type}?{urlencode([*pairs, ('_count', self.count)])}"


class FhirPages(Pages):
    """Pages whose place is an opaque parameter of the links."""

    cursor_query_param = "_cursor"

    def __init__(self, ordering: tuple[str, ...], *, count: int) -> None:
        """Keep the order and how many a page has."""
        super().__init__(ordering)
        self.count = count

    def get_page_size(self, request: Request) -> int:
        """Return how many a page has."""
        return self.count

    def check_position(self, position: str) -> None:
        """Raise ValueError for what is no value of the first field of the order."""
        if self.ordering[0] == "pk":
            int(position)
        else:
            super().check_position(position)


def wrong(name: str, message: str) -> ValidationError:
    """Return the error about one parameter."""
    return ValidationError({f"http.{name}": [message]})


def read_search(request: Request, *, type_: str, known: Iterable[str]) -> Search:
    """Return what is asked for, by address or form. Raises ValidationError.

    A parameter that nobody knows is ignored, as R4 wants, unless the caller prefers strict handling. A modifier is never ignored: it would
    turn the meaning round.
    """
    names, values, ignored = frozenset(known), {}, []
    for name, given in _pairs(request):
        base = _MODIFIER.split(name, maxsplit=1)[0]
        if name in names:
            values[name] = _bounded(name, given)
        elif base != name and base in {one.partition(":")[0] for one in names}:
            raise wrong(name[:80], _("This modifier or chain is not supported."))
        elif name not in _ALWAYS:
            ignored.append(name[:80])
    if ignored and "handling=strict" in request.headers.get("Prefer", ""):
        raise ValidationError({f"http.{name}": [_("There is no such parameter.")] for name in ignored[:_MOST_VALUES]})
    return Search(type_, values, ignored[:_MOST_VALUES], _count(request))


def bundle(search: Search, rows: QuerySet[Any], *, order: tuple[str, ...], request: Request, show: Any) -> Resource:
    """Return the page of results. `show` turns a row into a resource. Without a total: counting costs more than the page."""
    if search.count == 0:
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": rows.count(),
            "link": [_link("self", search.address)],
        }
    pages = FhirPages(order, count=search.count)
    found = pages.paginate_queryset(rows, request) or []
    pages.base_url = search.address
    links = {"self": search.address, "next": pages.get_next_link(), "previous": pages.get_previous_link()}
    entries = [_entry(show(row)) for row in found]
    if search.ignored:
        text = _("Ignored: %(names)s") % {"names": ", ".join(search.ignored)}
        entries.append({"resource": warning(text), "search": {"mode": "outcome"}})
    page = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [_link(relation, url) for relation, url in links.items() if url],
    }
    return page | ({"entry": entries} if entries else {})


def tokens(search: Search, name: str, *, system: str) -> list[set[str]]:
    """Return the values asked for by a token parameter, as sets of which any may match. `system|code` of another system matches nothing."""
    return [{_token(part, system) for part in text.split(",")} - {""} for text in search[name]]


def _token(text: str, system: str) -> str:
    given, bar, code = text.strip().rpartition("|")
    return code if not bar or given in ("", system) else ""


def _entry(resource: Resource) -> Resource:
    address = f"{words.base()}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": "match"}}


def _link(relation: str, url: str) -> Resource:
    return {"relation": relation, "url": url}


def _pairs(request: Request) -> list[tuple[str, list[str]]]:
    pairs = list(request.query_params.lists())
    return [*pairs, *request.data.lists()] if request.method == "POST" and hasattr(request.data, "lists") else pairs


def _bounded(name: str, given: list[str]) -> list[str]:
    parts = [part for text in given for part in text.split(",")]
    if len(parts) > _MOST_VALUES or any(len(text) > _MOST_LETTERS or "\0" in text for text in given):
        raise wrong(name, _("That is too much for one search."))
    return given


def _count(request: Request) -> int:
    given = dict(_pairs(request)).get("_count", [""])[-1]
    if dict(_pairs(request)).get("_summary", [""])[-1] == "count":
        return 0
    if not given:
        return _DEFAULT_COUNT
    if not given.isascii() or not given.isdecimal() or len(given) > 9:
        raise wrong("_count", _("Give a whole number."))
    return min(int(given), _MOST_COUNT)
