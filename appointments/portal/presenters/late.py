"""What the pages of a request for an exception show."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appointments.models import Appointment, LateRequest, LateState
from appointments.portal.presenters.common import SummaryRow, page_about
from appointments.portal.presenters.tracking import Step
from appointments.wording.formats import format_moment
from policies.rules.money import percent_text

_TAGS = {
    LateState.WAITING: "info",
    LateState.APPROVED: "ok",
    LateState.CHANGED: "ok",
    LateState.DECLINED: "warn",
    LateState.WITHDRAWN: "info",
    LateState.LAPSED: "info",
}


def request_page(late: LateRequest, appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what the page that follows a request shows."""
    centre = appointment.centre
    rows = [SummaryRow(_("You ask for"), late.get_wish_display())]
    if late.rule:
        rows.append(SummaryRow(_("What happened"), late.rule.label))
    rows.append(SummaryRow(_("In your words"), late.text))
    if hasattr(late, "document"):
        rows.append(SummaryRow(_("Document"), late.document.get_kind_display()))
    return page_about(
        appointment,
        late=late,
        rows=rows,
        tag_words=str(LateState(late.state).label),
        tag_kind=_TAGS[LateState(late.state)],
        steps=_steps(late, appointment),
        is_waiting=late.state == LateState.WAITING,
        is_late=late.state == LateState.WAITING and late.due_at < now,
        due=format_moment(late.due_at, centre=centre),
        is_cancelled=appointment.status == Appointment.Status.CANCELLED,
    )


def _steps(late: LateRequest, appointment: Appointment) -> list[Step]:
    centre = appointment.centre
    sent = Step(_("Request sent"), format_moment(late.made_at, centre=centre), state="done")
    if late.state == LateState.WAITING or late.decided_at is None:
        due = _("By %(when)s") % {"when": format_moment(late.due_at, centre=centre)}
        return [sent, Step(_("The clinic decides"), due, state="current", is_here=True)]
    decided = format_moment(late.decided_at, centre=centre)
    title, text = _decision(late)
    state = "failed" if late.state == LateState.DECLINED else "done"
    return [sent, Step(title, decided, text, state=state, is_here=True)]


def _decision(late: LateRequest) -> tuple[str, str]:
    if late.state == LateState.APPROVED and late.percent is not None:
        title = _("The clinic agreed: %(percent)s%% comes back") % {"percent": percent_text(late.percent)}
        return title, late.decision_text
    return {
        LateState.CHANGED: (_("The clinic agreed and moved your appointment"), late.decision_text),
        LateState.DECLINED: (_("The clinic did not agree"), late.decision_text),
        LateState.WITHDRAWN: (_("You took the request back"), ""),
        LateState.LAPSED: (_("The request is closed: the appointment was changed in another way"), ""),
    }[LateState(late.state)]
