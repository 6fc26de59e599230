"""The desk for agents: three numbers lead to the booking, with the agent named in what is done there. And the list of all tries."""

from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from appointments import queries
from appointments.admin.agent_visit import begin_visit, end_visit
from appointments.admin.base import NothingToChange, account_of
from appointments.admin.scope import CentreScoped, centres_shown, visible_appointments
from appointments.limits import Limit
from appointments.models import AgentVisit, User
from appointments.usecases.agent_desk import AgentAsks, receive_agent

SERVE = "appointments.serve_agent"
_A_CLERK = Limit("agent-desk-clerk", most=20, seconds=900)
_A_CENTRE = Limit("agent-desk-centre", most=60, seconds=900)


class AgentForm(forms.Form):
    """What stands on the papers of somebody who acts for a patient. One message for whatever does not fit."""

    reference = forms.CharField(label=_("Order number"), help_text=_("The booking reference, such as K7QP-3MHC"))
    patient_number = forms.CharField(label=_("ID number of the patient"))
    agent_number = forms.CharField(label=_("ID number of the agent"), help_text=_("Of the person in front of you"))
    purpose = forms.CharField(
        label=_("What do they want done?"),
        help_text=_("Written down with your name."),
        error_messages={"required": _("Enter what they want done")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Keep numbers of people out of the browser's memory."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            most = 200 if name == "purpose" else 40
            assert isinstance(field, forms.CharField)
            field.max_length = most
            field.widget = UnfoldAdminTextInputWidget(
                attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": most}
            )


@admin.register(AgentVisit)
class AgentVisitAdmin(NothingToChange, CentreScoped):
    """Tries at the desk for agents: those that fitted with the booking's centre, the others with those of their clerk."""

    list_display = ("at", "user", "reference", "outcome", "agent", "purpose")
    list_select_related = ("user", "relation__account")
    search_fields = ("reference", "user__full_name")
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgentVisit]:
        """Return what the account may see: a clerk of two centres serves agents at both."""
        rows: QuerySet[AgentVisit] = super().get_queryset(request)
        user = account_of(request)
        if user.is_superuser:
            return rows
        own = Q(appointment__in=visible_appointments(user).order_by().values("pk"))
        by_clerks = rows.order_by().filter(appointment=None, user__centres__in=queries.centres_of(user))
        return rows.filter(own | Q(pk__in=by_clerks.values("pk")))

    @display(description=_("outcome"), label={"found": "success", "missed": "warning"})  # type: ignore[untyped-decorator]
    def outcome(self, visit: AgentVisit) -> tuple[str, str]:
        """Say whether the numbers fitted."""
        if visit.appointment_id:
            return "found", gettext("Fitted")
        return "missed", gettext("Did not fit")

    @admin.display(description=_("carer"))
    def agent(self, visit: AgentVisit) -> str:
        """Name the agent."""
        return visit.relation.account.full_name if visit.relation and visit.relation.account else ""

    def get_urls(self) -> list[URLPattern]:
        """Add the desk and the end of a visit."""
        desk = self.admin_site.admin_view(agent_page)
        end = self.admin_site.admin_view(require_POST(end_page))
        return [
            path("desk/", desk, name="appointments_agentvisit_desk"),
            path("desk/end/", end, name="appointments_agentvisit_end"),
            *super().get_urls(),
        ]


@sensitive_post_parameters("patient_number", "agent_number")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agent_page(request: HttpRequest) -> HttpResponse:
    """Ask for the three numbers and the purpose; where they fit, open the booking with the agent at the desk."""
    user, now = account_of(request), timezone.now()
    if not user.has_perm(SERVE):
        raise PermissionDenied
    form = AgentForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form, status=400 if form.errors else 200)
    if not _may_try(user, now=now):
        form.add_error(None, gettext("There were too many tries. Wait 15 minutes, or fetch the manager"))
        return _page(request, form, status=429)
    visit = receive_agent(
        user=user, appointments=visible_appointments(user), asks=AgentAsks(**form.cleaned_data), now=now
    )
    if visit.appointment is None:
        form.add_error(None, gettext("The three numbers do not fit, or nobody may act by them. Check all three"))
        return _page(request, form)
    begin_visit(request, visit)
    return HttpResponseRedirect(reverse("admin:appointments_appointment_change", args=[visit.appointment.pk]))


def end_page(request: HttpRequest) -> HttpResponse:
    """The agent has left."""
    account_of(request)
    end_visit(request)
    messages.success(request, gettext("The visit has ended. What you do now is done in your name alone."))
    return HttpResponseRedirect(reverse("admin:index"))


def _may_try(user: User, *, now: datetime) -> bool:
    """Count by clerk, and by each centre the clerk works for; every count is made, whatever the others say."""
    counted = [_A_CLERK.allows(str(user.pk), now=now)]
    if not user.is_superuser:
        counted += [_A_CENTRE.allows(key, now=now) for key in centres_shown(user)]
    return all(counted)


def _page(request: HttpRequest, form: AgentForm, *, status: int = 200) -> TemplateResponse:
    may_look = request.user.has_perm("appointments.view_agentvisit")
    context = {
        **admin.site.each_context(request),
        "title": gettext("Agent at the desk"),
        "form": form,
        "list_url": reverse("admin:appointments_agentvisit_changelist") if may_look else "",
    }
    return TemplateResponse(request, "admin/appointments/agent.html", context, status=status)
