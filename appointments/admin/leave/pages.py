"""The pages of an emergency leave: each checks the right and the scope first, then makes one call."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.admin.base import account_of
from appointments.admin.leave import shown
from appointments.admin.leave.forms import AnswerForm, CountForm, LeaveForm
from appointments.admin.leave.rights import (
    actor_at,
    case_or_404,
    doctors_to_choose,
    leave_or_404,
    may_answer,
    may_call,
)
from appointments.errors import NotAllowedError, SlotTakenError
from appointments.leave import queries as leave_queries
from appointments.leave.preview import Difference, difference, preview_leave
from appointments.models import CaseState, EmergencyLeave
from appointments.usecases.emergency_leave import (
    LeaveDaysError,
    WrongCountError,
    prepare_leave,
    start_leave,
)
from appointments.usecases.leave_case import NothingToAnswerError, take_money, take_time
from appointments.wording.alternatives import other_times

_MONEY = "money"


def new_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask whose leave and when; POST writes it down and shows whom it meets. Nobody is told by that."""
    user = account_of(request)
    form = LeaveForm(request.POST if request.method == "POST" else None, doctors=doctors_to_choose(user))
    if form.is_valid():
        try:
            leave = prepare_leave(
                doctor=form.chosen_doctor(),
                first_day=form.cleaned_data["first_day"],
                last_day=form.cleaned_data["last_day"],
                note=form.cleaned_data["note"],
                actor=actor_at(user),
                now=timezone.now(),
            )
        except LeaveDaysError:
            form.add_error("first_day", _("Choose days from today on, within a year, at most 92 of them"))
        else:
            return HttpResponseRedirect(address_of(leave))
    return _page(site, request, "new.html", title=_("Emergency leave"), form=form)


def leave_page(site: AdminSite, request: HttpRequest, leave_id: int) -> HttpResponse:
    """Show whom a leave meets, to confirm it; a started one: how far it is and who answered what."""
    leave = leave_or_404(account_of(request), leave_id)
    if leave.is_started:
        return _board(site, request, leave)
    return _confirm(site, request, leave, CountForm())


def start_view(site: AdminSite, request: HttpRequest, leave_id: int) -> HttpResponse:
    """Start it once, if the typed number is right and nothing has changed; otherwise say what is in the way."""
    user = account_of(request)
    leave = leave_or_404(user, leave_id)
    if not may_call(user):
        raise PermissionDenied
    form = CountForm(request.POST)
    if not form.is_valid():
        return _board(site, request, leave) if leave.is_started else _confirm(site, request, leave, form)
    try:
        done = start_leave(
            leave_id=leave.pk, count=form.cleaned_data["count"], actor=actor_at(user), now=timezone.now()
        )
    except WrongCountError as error:
        form.add_error("count", _("That is not the number of patients: there are %(n)d") % {"n": error.people})
        return _confirm(site, request, leave, form)
    if done.difference:
        return _confirm(site, request, leave, CountForm(), changed=done.difference)
    return HttpResponseRedirect(address_of(leave))


def answer_page(site: AdminSite, request: HttpRequest, case_id: int) -> HttpResponse:
    """Show what the patient can choose; POST does what they said on the phone."""
    user, now = account_of(request), timezone.now()
    case = case_or_404(user, case_id)
    back = HttpResponseRedirect(address_of(case.leave))
    if not case.is_open:
        messages.info(request, _("This patient has answered: %(answer)s.") % {"answer": case.get_state_display()})
        return back
    times = [(str(time.slot.pk), f"{time.when}, {time.doctor}. {time.money}") for time in other_times(case, now=now)]
    money = _("Cancel, everything goes back (%(amount)s)") % {"amount": shown.money_of(case.leave, case.refund)}
    form = AnswerForm(request.POST if request.method == "POST" else None, choices=[*times, (_MONEY, money)])
    if form.is_valid():
        choice, actor, key = form.cleaned_data["choice"], actor_at(user), case.appointment_id
        try:
            if choice == _MONEY:
                take_money(appointment_id=key, actor=actor, now=now)
            else:
                take_time(appointment_id=key, slot_id=int(choice), actor=actor, now=now)
        except (NothingToAnswerError, SlotTakenError, NotAllowedError):
            messages.error(request, _("Nothing was done: that can no longer be chosen. Look at what is left."))
        else:
            messages.success(request, _("Done. The patient is told."))
        return back
    row = shown.case_rows([case], may_answer=False)
    return _page(site, request, "answer.html", title=_("Answer for a patient"), leave=case.leave, form=form, row=row)


def address_of(leave: EmergencyLeave) -> str:
    """Return the address of a leave's page."""
    return reverse("admin:appointments_emergencyleave_change", args=[leave.pk])


def _confirm(
    site: AdminSite,
    request: HttpRequest,
    leave: EmergencyLeave,
    form: CountForm,
    *,
    changed: Difference | None = None,
) -> HttpResponse:
    preview = preview_leave(leave=leave, now=timezone.now())
    # The list is of now. What differs from the one taken down is said; whoever confirms is asked once more then.
    changed = changed or difference(leave.seen, preview.as_record())
    context: dict[str, Any] = {
        "form": form,
        "preview": preview,
        "rows": shown.preview_rows(leave, preview),
        "figures": shown.figures_of(leave, preview),
        "here": [(one, shown.money_of(leave, one.chain.held)) for one in preview.here],
        "changes": shown.difference_words(changed),
        "may_start": may_call(account_of(request)),
        "count": len(preview.people),
    }
    status = 409 if changed and request.method == "POST" else 200
    return _page(site, request, "confirm.html", title=_("Emergency leave"), leave=leave, status=status, **context)


def _board(site: AdminSite, request: HttpRequest, leave: EmergencyLeave) -> HttpResponse:
    counts = leave_queries.counts_of(leave)
    total = sum(counts.values())
    waiting = counts[CaseState.PLANNED]
    cases = list(leave_queries.cases_of(leave))
    context: dict[str, Any] = {
        "rows": shown.case_rows(cases, may_answer=may_answer(account_of(request))),
        "answers": shown.answers_of(counts),
        "total": total,
        "done": total - waiting,
        "is_working": waiting > 0,
        "refund": shown.money_of(leave, leave.refund),
        "insured": shown.money_of(leave, leave.insured) if leave.insured else "",
        "returned": shown.money_of(leave, leave_queries.returned_by(leave)),
        "here": leave_queries.checked_in_during(leave),
    }
    response = _page(site, request, "board.html", title=_("Emergency leave"), leave=leave, **context)
    if context["is_working"]:
        response["Refresh"] = "3"  # seconds; works without a script
    return response


def _page(
    site: AdminSite,
    request: HttpRequest,
    template: str,
    *,
    title: str,
    leave: EmergencyLeave | None = None,
    status: int = 200,
    **context: Any,
) -> TemplateResponse:
    values = {
        **site.each_context(request),
        "title": title,
        "opts": EmergencyLeave._meta,  # noqa: SLF001 (Django's own word for it)
        "leave": leave,
        **(shown.facts_of(leave) if leave else {}),
        **context,
    }
    return TemplateResponse(request, f"admin/leave/{template}", values, status=status)
