"""What narrows a list on the screen, for the page and for the log."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

#: Where one stands in a list, and in which order: no filter.
_NO_FILTER = frozenset({"p", "all", "o", "_facets", "_popup"})
_LONGEST = 200


def filters_of(*, query: QueryDict) -> dict[str, list[str]]:
    """Return what narrows a list: each parameter of its address with its values."""
    return {
        name: [value[:_LONGEST] for value in values]
        for name, values in query.lists()
        if name not in _NO_FILTER and any(values)
    }


def filters_in_words(*, changelist: Any, query: QueryDict) -> list[str]:
    """Return the same as people read it on the list; what has no words there is told as it is written in the address."""
    told, words = set(), []
    for spec in changelist.filter_specs:
        chosen = [str(choice["display"]) for choice in list(spec.choices(changelist))[1:] if choice["selected"]]
        if chosen:
            told.update(spec.expected_parameters())
            words.append(f"{spec.title}: {', '.join(chosen)}")
    for name, values in filters_of(query=query).items():
        if name not in told:
            words.append(f"{_('search') if name == 'q' else name}: {', '.join(values)}")
    return words


def filters_as_text(filters: dict[str, Any]) -> str:
    """Return filters as the log tells them."""
    return "; ".join(f"{name}: {', '.join(map(str, values))}" for name, values in sorted(filters.items()))
