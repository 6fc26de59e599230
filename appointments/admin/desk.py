"""One request about one appointment at the desk: who, about what, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actor import Actor
from appointments.admin.agent_visit import agent_here
from appointments.admin.base import account_of
from appointments.admin.deeds import Deed, may_do
from appointments.admin.scope import is_doctor_desk, visible_appointments
from appointments.facts import booking_facts
from appointments.models import AgentVisit, Appointment, Slot, User
from appointments.usecases.agent_desk import LONGEST_VISIT
from appointments.wording.formats import format_clock, format_moment, format_money
from appointments.wording.refusals import refusal_words
from policies.rules.quote import Refusal


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page of the desk needs. The clock was read once."""

    site: AdminSite
    request: HttpRequest
    user: User
    appointment: Appointment
    now: datetime
    agent: AgentVisit | None = None

    @property
    def is_doctor(self) -> bool:
        """Tell whether a doctor sits here."""
        return is_doctor_desk(self.user)

    @property
    def actor(self) -> Actor:
        """Return who acts; with an agent at the desk both are named."""
        right = self.agent.relation if self.agent else None
        if right and right.account:
            return Actor.with_agent(self.user, agent=right.account, relation=right.relation, relation_id=right.pk)
        return Actor.doctor(self.user) if self.is_doctor else Actor.staff(self.user)

    @property
    def agent_key(self) -> str:
        """What a form was shown with: the visit of the agent, or nothing."""
        return str(self.agent.pk) if self.agent else ""

    @property
    def agent_name(self) -> str:
        """Name the agent."""
        right = self.agent.relation if self.agent else None
        return right.account.full_name if right and right.account else ""

    @property
    def agent_until(self) -> str:
        """Say until when the agent's papers count."""
        return format_clock(self.agent.at + LONGEST_VISIT, centre=self.appointment.centre) if self.agent else ""

    def has_other_agent(self) -> bool:
        """Tell whether the form was shown with another agent at the desk than now, or with one where now is none."""
        return self.request.POST.get("agent", "") != self.agent_key

    def money(self, minor: int) -> str:
        """Return an amount as people at the centre write it."""
        appointment = self.appointment
        return format_money(minor, currency=appointment.chain.currency, centre=appointment.centre)

    def moment(self, when: datetime) -> str:
        """Return day and clock at the centre."""
        return format_moment(when, centre=self.appointment.centre)

    def refused(self, refusal: Refusal, *, slot: Slot | None = None) -> str:
        """Return why something may not be done, in a sentence."""
        booking = booking_facts(self.appointment)
        return refusal_words(refusal, appointment=self.appointment, booking=booking, slot=slot)

    def as_it_stands(self) -> str:
        """Say that nothing was done, and how the appointment stands now."""
        return _("Nothing was changed. The appointment stands at: %(status)s.") % {
            "status": self.as_read_now().get_status_display()
        }

    def as_read_now(self) -> Appointment:
        """Return the appointment as the database has it."""
        return appointment_or_404(self.user, self.appointment.pk)

    def page(self, template: str, *, title: str, status: int = 200, **context: Any) -> TemplateResponse:
        """Return a page about the appointment."""
        values = {
            **self.site.each_context(self.request),
            "title": title,
            "opts": Appointment._meta,  # noqa: SLF001 (Django's own word for it)
            "desk": self,
            "appointment": self.appointment,
            "when": self.moment(self.appointment.slot.starts_at),
            "detail_url": self.address(),
            **context,
        }
        return TemplateResponse(self.request, f"admin/appointments/{template}", values, status=status)

    def address(self, appointment: Appointment | None = None) -> str:
        """Return the address of the detail page, of this appointment or another one."""
        return reverse("admin:appointments_appointment_change", args=[(appointment or self.appointment).pk])

    def back(self, *, done: str = "", refused: str = "", to: Appointment | None = None) -> HttpResponseRedirect:
        """Return to the detail page with a sentence about what was or was not done."""
        if done:
            messages.success(self.request, done)
        if refused:
            messages.error(self.request, refused)
        return HttpResponseRedirect(self.address(to))


def open_desk(site: AdminSite, request: HttpRequest, appointment_id: int, deed: Deed) -> Desk:
    """Return the desk for a deed. Raises PermissionDenied without the right to it, Http404 for an appointment of others."""
    user = account_of(request)
    if not may_do(deed, user=user):
        raise PermissionDenied
    appointment, now = appointment_or_404(user, appointment_id), timezone.now()
    agent = agent_here(request, user=user, appointment=appointment, now=now) if deed.for_agents else None
    return Desk(site, request, user, appointment, now, agent)


def appointment_or_404(user: User, appointment_id: int | str) -> Appointment:
    """Return an appointment this account may see. Raises Http404."""
    try:
        appointment = visible_appointments(user).filter(pk=int(appointment_id)).first()
    except ValueError:
        appointment = None
    if appointment is None:
        raise Http404
    return appointment
