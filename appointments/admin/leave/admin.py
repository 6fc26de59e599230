"""The list of emergency leaves, and the addresses of their pages."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST
from unfold.decorators import display

from appointments.admin.base import LeaveModelAdmin, NothingToChange, account_of
from appointments.admin.leave import pages
from appointments.admin.leave.rights import may_call, may_see, visible_leaves
from appointments.models import EmergencyLeave, User
from appointments.wording.formats import format_moment


@admin.register(EmergencyLeave)
class EmergencyLeaveAdmin(NothingToChange, LeaveModelAdmin):
    """Leaves of the centres' doctors, or a doctor's own."""

    list_display = ("doctor", "first_day", "last_day", "state", "people", "answers_until")
    search_fields = ("doctor__name",)
    show_full_result_count = False
    actions = None

    @display(description=_("state"), label={"prepared": "warning", "started": "success"})  # type: ignore[untyped-decorator]
    def state(self, leave: EmergencyLeave) -> tuple[str, Any]:
        """Tell whether it was started."""
        return ("started", _("Started")) if leave.is_started else ("prepared", _("Not started"))

    @admin.display(description=_("answers until"), ordering="answer_by")
    def answers_until(self, leave: EmergencyLeave) -> str:
        """Say until when patients answer."""
        return format_moment(leave.answer_by, centre=leave.centre) if leave.answer_by else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmergencyLeave]:
        """Return what the account may see."""
        return visible_leaves(account_of(request))

    def has_view_permission(self, request: HttpRequest, obj: EmergencyLeave | None = None) -> bool:
        """Tell whether the account may look at leaves."""
        return isinstance(request.user, User) and may_see(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether there is something to see."""
        return self.has_view_permission(request)

    def has_add_permission(self, *args: Any, **_kwargs: Any) -> bool:
        """Tell whether the account may call a leave."""
        return may_call(account_of(args[0]))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask whose leave and when."""
        return pages.new_page(self.admin_site, request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a leave: nothing here is a form of Django's."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not object_id.isdecimal():
            raise PermissionDenied
        return pages.leave_page(self.admin_site, request, int(object_id))

    def get_urls(self) -> list[URLPattern]:
        """Add what is done with a leave."""
        own = [
            path("<int:leave_id>/start/", self._post(pages.start_view), name="appointments_emergencyleave_start"),
            path("cases/<int:case_id>/", self._page(pages.answer_page), name="appointments_leavecase_answer"),
        ]
        return [*own, *super().get_urls()]

    def _post(self, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return self.admin_site.admin_view(require_POST(self._bound(page)))

    def _page(self, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self._bound(page)))

    def _bound(self, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, **named: int) -> HttpResponse:
            return page(self.admin_site, request, **named)

        return view
