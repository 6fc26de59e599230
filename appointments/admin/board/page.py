"""The day board: a centre's day as a table, and a search. Looking is all it does; its links lead to the deeds' own pages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appointments.admin.base import account_of
from appointments.admin.board.cells import Cell, Onlooker, cell_of
from appointments.admin.board.forms import BoardForm, FindForm
from appointments.admin.board.results import results_of
from appointments.admin.scope import centres_shown, is_doctor_desk
from appointments.board.day import Board, board_of, next_day_with_times
from appointments.board.slots import SlotState
from appointments.days import ONE_DAY, midnights, read_day
from appointments.models import Centre, Doctor, User
from appointments.wording.formats import format_clock, format_day, zone_name


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One row: a moment with its cells, or, where `is_now`, the line between what was and what is to come."""

    clock: str
    zone: str = ""
    cells: tuple[Cell | None, ...] = ()
    is_now: bool = False


def board_address(centre: Centre, day: date, *, page: int = 1) -> str:
    """Return the address of a centre's day."""
    asked = {"centre": centre.pk, "day": day.isoformat(), **({"page": page} if page > 1 else {})}
    return f"{reverse('admin:appointments_appointment_board')}?{urlencode(asked)}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def board_page(request: HttpRequest) -> HttpResponse:
    """Show a day of a centre. A search is posted, so that no name stands in an address or a log; it changes nothing."""
    user, now = account_of(request), timezone.now()
    if not user.has_perm("appointments.view_appointment"):
        raise PermissionDenied
    centres = centres_shown(user)
    centre = centres.get(request.GET.get("centre", "")) or next(iter(centres.values()), None)
    find = FindForm(request.POST if request.method == "POST" else None, by_contact=not is_doctor_desk(user))
    results = results_of(user, find, now=now) if find.is_bound and find.is_valid() else None
    context = {
        **admin.site.each_context(request),
        "title": _("Day board"),
        "find": find,
        "results": results,
        **(_day_of(request, user, centre, centres, now=now) if centre else {}),
    }
    return TemplateResponse(request, "admin/appointments/board.html", context, status=400 if find.errors else 200)


def _day_of(
    request: HttpRequest, user: User, centre: Centre, centres: dict[str, Centre], *, now: datetime
) -> dict[str, Any]:
    """Return the day that was asked for, or the centre's today."""
    today = now.astimezone(centre.zone).date()
    day = read_day(request.GET.get("day", "")) or today
    only: Doctor | None = user.doctor if is_doctor_desk(user) else None
    page = request.GET.get("page", "")
    board = board_of(
        centre=centre, day=day, now=now, page=int(page) if page.isdecimal() and len(page) < 5 else 1, only=only
    )
    later = next_day_with_times(centre=centre, day=day, only=only) if not board.rows else None
    begin, _end = midnights(day, zone=centre.zone)
    return {
        "centre": centre,
        "day": format_day(begin, centre=centre),
        "zone": zone_name(begin, centre=centre),
        "is_today": day == today,
        "board": board,
        "rows": _rows(board, by=Onlooker.of(user, now=now, is_today=day == today), centre=centre),
        "counts": _counts(board),
        "form": BoardForm(initial={"centre": str(centre.pk), "day": day}, centres=centres),
        "before_url": board_address(centre, day - ONE_DAY),
        "after_url": board_address(centre, day + ONE_DAY),
        "today_url": board_address(centre, today),
        "later_url": board_address(centre, later) if later else "",
        "later": format_day(midnights(later, zone=centre.zone)[0], centre=centre) if later else "",
        "pages": [
            (number, board_address(centre, day, page=number), number == board.page)
            for number in range(1, board.pages + 1)
        ],
    }


def _rows(board: Board, *, by: Onlooker, centre: Centre) -> list[TimeRow]:
    """Return the rows in words, with a line for now among those of today."""
    rows: list[TimeRow] = []
    is_marked = not by.is_today
    for row in board.rows:
        if not is_marked and row.starts_at > by.now:
            rows.append(_now(by, centre))
            is_marked = True
        zone = zone_name(row.starts_at, centre=centre) if _comes_twice(row.starts_at, centre=centre) else ""
        clock = format_clock(row.starts_at, centre=centre)
        rows.append(TimeRow(clock, zone, tuple(cell_of(cell, by=by) for cell in row.cells)))
    if rows and not is_marked:
        rows.append(_now(by, centre))
    return rows


def _now(by: Onlooker, centre: Centre) -> TimeRow:
    return TimeRow(format_clock(by.now, centre=centre), is_now=True)


def _comes_twice(moment: datetime, *, centre: Centre) -> bool:
    """Tell whether the clock shows this hour twice on that day."""
    local = moment.astimezone(centre.zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _counts(board: Board) -> list[tuple[str, int]]:
    """Return how much of what there is on this page, in words."""
    words = [
        (_("taken"), SlotState.BOOKED),
        (_("held, not paid"), SlotState.HELD),
        (_("offered"), SlotState.OFFERED),
        (_("free"), SlotState.FREE),
    ]
    return [(word, board.count(state)) for word, state in words]
