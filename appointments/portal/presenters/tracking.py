"""How far a refund has come, as dated steps in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appointments.certificates.queries import certificate_of
from appointments.models import Appointment
from appointments.portal.presenters.common import SummaryRow, money, page_about
from appointments.wording.explain import way_back_words
from appointments.wording.formats import format_moment
from appointments.wording.promises import promise_of, promised_day
from refunds import queries as refund_queries
from refunds.models import AttemptState, Refund, RefundAttempt, RefundStatus, Way

_TAGS = {
    RefundStatus.PENDING: "info",
    RefundStatus.PROCESSING: "info",
    RefundStatus.COMPLETED: "ok",
    RefundStatus.FAILED: "warn",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of templates/parts/steps.html. `is_here` marks the one step where the refund stands."""

    title: str
    when: str = ""
    text: str = ""
    state: str = "todo"
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class RefundLink:
    """A refund in a list, with the address of its tracker. `words` and `kind` make its tag."""

    amount: str
    way: str
    url: str
    words: str
    kind: str


def tracker_page(refund: Refund, appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what page 10 shows."""
    centre = appointment.centre
    attempt = refund_queries.current_attempt(refund=refund)
    amount = money(refund.amount, appointment)
    promise = promise_of(refund, centre=centre)
    rows = [SummaryRow(_("Amount"), amount), SummaryRow(_("Goes back"), capfirst(way_back_words(refund.way)))]
    if refund.status in (RefundStatus.PENDING, RefundStatus.PROCESSING):
        rows.append(SummaryRow(_("When"), promise))
    if attempt.reference:
        label = _("Receipt number") if refund.way == Way.CASH else _("Bank reference")
        note = "" if refund.way == Way.CASH else _("If your bank cannot find the money, give them this number.")
        rows.append(SummaryRow(label, attempt.reference, note, "ref"))
    return page_about(
        appointment,
        refund=refund,
        amount=amount,
        rows=rows,
        steps=refund_steps(refund, attempt, appointment),
        has_failed=refund.status == RefundStatus.FAILED,
        has_certificate=appointment.status == Appointment.Status.CANCELLED and certificate_of(appointment) is not None,
        is_late=_is_late(refund, appointment, now=now),
        finance_phone=centre.finance_phone or centre.phone,
    )


def _is_late(refund: Refund, appointment: Appointment, *, now: datetime) -> bool:
    promised = promised_day(refund, centre=appointment.centre)
    is_on_its_way = refund.status in (RefundStatus.PENDING, RefundStatus.PROCESSING)
    return promised is not None and is_on_its_way and now.astimezone(appointment.centre.zone).date() > promised


def refund_links(refunds: Iterable[Refund], appointment: Appointment) -> list[RefundLink]:
    """Return refunds as a list of links to their trackers."""
    return [
        RefundLink(
            money(refund.amount, appointment),
            way_back_words(refund.way),
            reverse("portal:refund", args=[refund.pk]),
            _status_words(refund),
            _TAGS[RefundStatus(refund.status)],
        )
        for refund in refunds
    ]


def next_steps(refunds: list[Refund], appointment: Appointment, *, cancelled_at: datetime, now: datetime) -> list[Step]:
    """Return what happens next after a cancellation: cancelled, sent, back. What failed or is late is not promised again."""
    centre = appointment.centre
    steps = [Step(_("Appointment cancelled"), format_moment(cancelled_at, centre=centre), state="done")]
    for refund in sorted(refunds, key=lambda one: one.way != Way.ORIGINAL):  # what goes by itself comes first
        amount = {"amount": money(refund.amount, appointment)}
        settled = format_moment(refund.settled_at, centre=centre) if refund.settled_at else ""
        if refund.status == RefundStatus.FAILED:
            title = _("%(amount)s could not be paid back this way") % amount
            steps.append(replace(_failed_step(), title=title))
        elif _is_late(refund, appointment, now=now):
            title = _("%(amount)s is later than we promised") % amount
            steps.append(Step(title, text=_late_words(), state="failed"))
        elif refund.way == Way.ORIGINAL:
            sent = Step(
                _("%(amount)s goes to your card provider") % amount, "" if settled else _("Within a few minutes")
            )
            steps += _ahead([sent, Step(_("Refunded by your bank"), _when(refund, appointment))], settled)
        else:
            words = {
                Way.CASH: _("Collect %(amount)s at the centre’s cash desk"),
                Way.BANK_TRANSFER: _("%(amount)s arrives by bank transfer"),
                Way.CREDIT: _("%(amount)s is credit for your next booking"),
                Way.INSURANCE_WINDOW: _("Your insurer gets %(amount)s back"),
            }[Way(refund.way)]
            steps += _ahead([Step(words % amount, _when(refund, appointment))], settled)
    return _with_one_here(steps)


def has_trouble(refunds: Iterable[Refund], appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether one of the refunds failed or is late, so that nobody is told to just wait."""
    return any(one.status == RefundStatus.FAILED or _is_late(one, appointment, now=now) for one in refunds)


def _when(refund: Refund, appointment: Appointment) -> str:
    """Return when the money came or, before, by when it is promised."""
    centre = appointment.centre
    return format_moment(refund.settled_at, centre=centre) if refund.settled_at else promise_of(refund, centre=centre)


def _ahead(steps: list[Step], settled: str) -> list[Step]:
    return [replace(step, state="done" if settled else "todo") for step in steps]


def _late_words() -> str:
    return _("What we do: the clinic’s finance team has been told and asks the bank. The amount stays yours.")


def refund_steps(refund: Refund, attempt: RefundAttempt, appointment: Appointment) -> list[Step]:
    """Return the dated steps of one refund; exactly one is marked as where it stands."""
    centre = appointment.centre

    def at(moment: datetime | None) -> str:
        return format_moment(moment, centre=centre) if moment else ""

    approved = Step(_("Approved"), at(refund.granted_at), state="done")
    ahead = promise_of(refund, centre=centre) if promised_day(refund, centre=centre) else ""
    if refund.way == Way.ORIGINAL:
        steps = [
            approved,
            Step(_("Sent to your card provider"), at(attempt.first_sent_at)),
            Step(_("Waiting for your bank")),
            Step(_("Refunded"), at(refund.settled_at) or ahead),
        ]
        done = _card_steps_done(refund, attempt)
    else:
        titles = {
            Way.CASH: [_("Ready at the cash desk"), _("Paid out in cash")],
            Way.BANK_TRANSFER: [_("With the clinic’s finance team"), _("Transferred to your bank")],
            Way.CREDIT: [_("Added to your credit")],
            Way.INSURANCE_WINDOW: [_("With the clinic’s insurance desk"), _("Given back to your insurer")],
        }[Way(refund.way)]
        last = Step(titles[-1], at(refund.settled_at) or ahead)
        steps = [approved, *(Step(title) for title in titles[:-1]), last]
        done = len(steps) if refund.settled_at else 1
    steps = [replace(step, state="done" if number < done else "todo") for number, step in enumerate(steps)]
    if refund.status == RefundStatus.FAILED:
        return _with_failure(steps[: max(done, 1)], steps[-1])
    return _with_one_here(steps)


def _card_steps_done(refund: Refund, attempt: RefundAttempt) -> int:
    """Return how many of the four steps of a card refund are behind us. Only "accepted" proves that the provider has it."""
    if refund.status == RefundStatus.COMPLETED:
        return 4
    if attempt.state in (AttemptState.ACCEPTED, AttemptState.RETURNED):
        return 2
    return 1


def _with_one_here(steps: list[Step]) -> list[Step]:
    """Mark the first step that is not done, or the last one when all are: there it stands."""
    here = next((number for number, step in enumerate(steps) if step.state != "done"), len(steps) - 1)
    state = "current" if steps[here].state == "todo" else steps[here].state
    marked = replace(steps[here], state=state, is_here=True)
    return [*steps[:here], marked, *steps[here + 1 :]]


def _with_failure(done: list[Step], last: Step) -> list[Step]:
    return _with_one_here([*done, _failed_step(), replace(last, when="", state="todo")])


def _failed_step() -> Step:
    return Step(
        _("The money could not be paid back this way"),
        text=_("The clinic’s finance team looks at it and pays you another way. The amount stays yours."),
        state="failed",
    )


def _status_words(refund: Refund) -> str:
    return {
        RefundStatus.PENDING: _("Approved"),
        RefundStatus.PROCESSING: _("On its way"),
        RefundStatus.COMPLETED: _("Refunded"),
        RefundStatus.FAILED: _("Delayed"),
    }[RefundStatus(refund.status)]
