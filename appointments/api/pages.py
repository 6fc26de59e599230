"""Lists, a page at a time: by cursor, so that a page costs the same however far in it is."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class Pages(CursorPagination):
    """Pages in the order of one moment, then of the key."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    offset_cutoff = 1000  # as many may have changed in one instant; beyond it a made-up cursor costs nothing

    def __init__(self, ordering: tuple[str, ...]) -> None:
        """Keep the order."""
        self.ordering = ordering
        self.cursor: Any = None

    def get_ordering(self, request: Any, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """Return the order, whatever the address says."""
        return tuple(self.ordering)

    def decode_cursor(self, request: Request) -> Any:
        """Return where the page begins. Raises ValidationError for a cursor of another list or a made-up one."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                self.check_position(str(cursor.position))
        except (NotFound, ValueError) as error:
            raise ValidationError({"cursor": [_("Take the cursor from the list itself.")]}) from error
        return cursor

    def check_position(self, position: str) -> None:
        """Raise ValueError for what is no value of the first field of the order."""
        datetime.fromisoformat(position)
