"""The desk: appointments to find and to look at. What changes them are pages off the detail page, each one use case."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin import FieldListFilter, RelatedOnlyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.admin.agent_visit import agent_here
from appointments.admin.base import AppointmentModelAdmin, NothingToChange, account_of
from appointments.admin.board.book import book_page
from appointments.admin.board.newcomer import newcomer_page
from appointments.admin.board.page import board_page
from appointments.admin.deeds import CANCEL, DECLINE, LINKS, MOVE, PAY, WAIT, Deed
from appointments.admin.desk import Desk, appointment_or_404, open_desk
from appointments.admin.detail import TAGS, detail_of
from appointments.admin.filters import AppointmentDayFilter
from appointments.admin.pages.calendar import calendar_page
from appointments.admin.pages.cancel import cancel_page, decline_page
from appointments.admin.pages.links import links_page
from appointments.admin.pages.move import move_page, slots_page
from appointments.admin.pages.pay import pay_page
from appointments.admin.pages.steps import STEP_PAGES
from appointments.admin.pages.wait import wait_page
from appointments.admin.scope import is_doctor_desk, visible_appointments
from appointments.admin.timeline import timeline_url
from appointments.models import Appointment
from appointments.references import read_reference
from appointments.wording.formats import format_moment, format_money

_STAFF_FILTERS: tuple[Any, ...] = (
    AppointmentDayFilter,
    "status",
    ("slot__doctor__centre", RelatedOnlyFieldListFilter),
    ("slot__doctor", RelatedOnlyFieldListFilter),
)


@admin.register(Appointment)
class AppointmentAdmin(NothingToChange, AppointmentModelAdmin):
    """Appointments of the account's centres, or a doctor's own."""

    list_display = ("number", "start", "patient", "doctor", "centre", "state", "held")
    list_filter = _STAFF_FILTERS
    search_fields = ("reference", "chain__patient__name", "chain__patient__phone", "chain__patient__email")
    search_help_text = _("Reference or patient")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    list_before_template = "admin/appointments/parts/calendar_link.html"

    @admin.display(description=_("reference"), ordering="reference")
    def number(self, appointment: Appointment) -> str:
        """Show the reference in one piece."""
        return format_html('<span class="whitespace-nowrap">{}</span>', appointment.reference)

    @admin.display(description=_("start"), ordering="slot__starts_at")
    def start(self, appointment: Appointment) -> str:
        """Say when it starts on the centre's clock."""
        return format_moment(appointment.slot.starts_at, centre=appointment.centre)

    @admin.display(description=_("patient"), ordering="chain__patient__name")
    def patient(self, appointment: Appointment) -> str:
        """Name the patient."""
        return appointment.chain.patient.name

    @admin.display(description=_("doctor"), ordering="slot__doctor__name")
    def doctor(self, appointment: Appointment) -> str:
        """Name the doctor."""
        return appointment.slot.doctor.name

    @admin.display(description=_("centre"), ordering="slot__doctor__centre__name")
    def centre(self, appointment: Appointment) -> str:
        """Name the centre."""
        return appointment.centre.name

    @display(description=_("status"), ordering="status", label=TAGS)  # type: ignore[untyped-decorator]
    def state(self, appointment: Appointment) -> tuple[str, str]:
        """Return the status and its words, shown as a coloured tag."""
        return str(appointment.status), appointment.get_status_display()

    @admin.display(description=_("held"))
    def held(self, appointment: Appointment) -> str:
        """Say what of the patient's money stands for it; a draft that waits for a move holds none."""
        minor = 0 if appointment.holds_a_move or not appointment.is_live else appointment.chain.held
        return format_money(minor, currency=appointment.chain.currency, centre=appointment.centre)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        """Return what the account may see."""
        return visible_appointments(account_of(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Put the soonest first where days are chosen, the latest otherwise."""
        return ("slot__starts_at", "pk") if "day" in request.GET else ("-slot__starts_at", "-pk")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Show a doctor only what treating needs."""
        is_doctor = is_doctor_desk(account_of(request))
        return ("number", "start", "patient", "state") if is_doctor else self.list_display

    def get_list_filter(self, request: HttpRequest) -> tuple[str | type[FieldListFilter] | Any, ...]:
        """Offer a doctor days and statuses."""
        return _STAFF_FILTERS[:2] if is_doctor_desk(account_of(request)) else _STAFF_FILTERS

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Let a doctor search by reference and name."""
        return self.search_fields[:2] if is_doctor_desk(account_of(request)) else self.search_fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Appointment], search_term: str
    ) -> tuple[QuerySet[Appointment], bool]:
        """Find a reference however it was typed: small letters, without hyphen, with spaces."""
        return super().get_search_results(request, queryset, read_reference(search_term) or search_term[:100])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Name the list after whose it is."""
        own = is_doctor_desk(account_of(request))
        title = _("My appointments") if own else _("Appointments")
        return super().changelist_view(
            request, {"title": title, "subtitle": None, "is_own": own, **(extra_context or {})}
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one appointment: nothing here is a form."""
        user = account_of(request)
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        appointment, now = appointment_or_404(user, object_id), timezone.now()
        agent = agent_here(request, user=user, appointment=appointment, now=now)
        desk = Desk(self.admin_site, request, user, appointment, now, agent)
        return desk.page("detail.html", title=appointment.reference, **detail_of(desk))

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the deeds."""
        pages: dict[str, tuple[Deed, Callable[..., HttpResponse]]] = {
            CANCEL.name: (CANCEL, cancel_page),
            DECLINE.name: (DECLINE, decline_page),
            MOVE.name: (MOVE, slots_page),
            PAY.name: (PAY, pay_page),
            LINKS.name: (LINKS, links_page),
            WAIT.name: (WAIT, wait_page),
            **STEP_PAGES,
        }
        own = [
            path(f"<int:appointment_id>/{name}/", self._page(deed, page), name=f"appointments_appointment_{name}")
            for name, (deed, page) in pages.items()
        ]
        move_to = path(
            "<int:appointment_id>/move/<int:slot_id>/",
            self._page(MOVE, move_page),
            name="appointments_appointment_move_to",
        )
        calendar = path(
            "calendar/", self.admin_site.admin_view(calendar_page), name="appointments_appointment_calendar"
        )
        board = path("board/", self.admin_site.admin_view(board_page), name="appointments_appointment_board")
        book = path("book/<int:slot_id>/", self.admin_site.admin_view(book_page), name="appointments_appointment_book")
        book_new = path(
            "book/<int:slot_id>/new/",
            self.admin_site.admin_view(newcomer_page),
            name="appointments_appointment_book_new",
        )
        return [*own, move_to, calendar, timeline_url(self.admin_site), board, book, book_new, *super().get_urls()]

    def _page(self, deed: Deed, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Return the view of a deed's page: the right to it first, then whose appointment it is."""

        def view(request: HttpRequest, appointment_id: int, **rest: int) -> HttpResponse:
            if request.method not in {"GET", "HEAD", "POST"}:
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return page(open_desk(self.admin_site, request, appointment_id, deed), **rest)

        return self.admin_site.admin_view(view)
