"""What the pages of the cancel journey show."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import queries
from appointments.certificates.queries import certificate_of_event
from appointments.facts import booking_facts
from appointments.late.queries import newest_request
from appointments.models import Appointment, AppointmentEvent, EventKind, MessageKind
from appointments.offers import CancellationOffer
from appointments.portal.answers import CancelAnswers
from appointments.portal.presenters.common import (
    SummaryRow,
    lines_as_rows,
    money,
    page_about,
    ways_as_rows,
)
from appointments.portal.presenters.told import told_of
from appointments.portal.presenters.tracking import has_trouble, next_steps, refund_links
from appointments.reasons import DOCTOR_AWAY
from appointments.usecases.late_request import MAY_BE_ASKED_ABOUT
from appointments.wording.deeds import Reader, by_whom
from appointments.wording.formats import format_held_until, format_moment, format_with_zone
from appointments.wording.refusals import refusal_words
from policies.queries import terms_of
from policies.rules.facts import ActorKind, RescheduleRequest
from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import Refusal
from policies.rules.records import lines_from_record
from policies.rules.rescheduling import refusal_to_move
from refunds import queries as refund_queries
from refunds.models import Way


def offer_page(offer: CancellationOffer, *, now: datetime) -> dict[str, Any]:
    """Return what page 3 shows: paid, kept, back, where to, by when, until when that holds, and moving instead."""
    appointment, quote = offer.appointment, offer.quote
    return page_about(
        appointment,
        offer=offer,
        rows=offer_rows(offer),
        refund=money(quote.refund, appointment),
        held_until=format_held_until(offer.valid_until, centre=appointment.centre, now=now),
        changes_at=format_moment(quote.changes_at, centre=appointment.centre) if quote.changes_at else "",
        may_move=may_move(appointment, now=now),
        nothing_comes_back=quote.held > 0 and quote.refund == 0,
    )


def offer_rows(offer: CancellationOffer) -> list[SummaryRow]:
    """Return the rows of an offer: the same on every page that shows it, to the character."""
    appointment, quote = offer.appointment, offer.quote
    return [
        *lines_as_rows(quote.lines, appointment),
        *ways_as_rows(quote.allocations, appointment, now=offer.quoted_at),
    ]


def check_page(offer: CancellationOffer, answers: CancelAnswers, *, now: datetime) -> dict[str, Any]:
    """Return what page 5 shows: the answers and the offer, as they will be carried out."""
    reason = answers.reason
    url = reverse("portal:cancel_reason", args=[offer.appointment.reference])
    words = queries.reason_label(reason.code) if reason.code else _("You would rather not say")
    row = SummaryRow(_("Reason"), words, reason.text, "", url, _("Change your reason"))
    return offer_page(offer, now=now) | {"reason_rows": [row]}


def new_refund_page(offer: CancellationOffer, answers: CancelAnswers, *, now: datetime) -> dict[str, Any]:
    """Return what the page "Your refund has changed" shows: old and new side by side."""
    before = money(answers.before or 0, offer.appointment)
    return offer_page(offer, now=now) | {"before": before}


def refused_page(offer: CancellationOffer, *, now: datetime) -> dict[str, Any]:
    """Return what page 11 shows: why not, until when it was possible, and what else can be done."""
    appointment, refusal = offer.appointment, offer.quote.refusal or Refusal.NOT_CANCELLABLE
    why = refusal_words(refusal, appointment=appointment, booking=booking_facts(appointment))
    return page_about(
        appointment,
        why=why,
        may_ask=refusal in MAY_BE_ASKED_ABOUT,
        late=newest_request(appointment),
        may_move=may_move(appointment, now=now),
    )


def delay_page(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what the page about delayed treatment shows: whom to talk to, and whether it can be moved instead."""
    return page_about(appointment, may_move=may_move(appointment, now=now))


def cancelled_page(appointment: Appointment, *, reader: Reader, now: datetime) -> dict[str, Any]:
    """Return what page 6 shows: what was decided, from the stored quote, by whom as the reader sees it, and what happens next."""
    event = queries.event_of(appointment, EventKind.CANCELLED)
    assert event is not None  # a cancelled appointment has this event: both are written in one transaction
    refunds = list(refund_queries.refunds_for(cause=f"cancel:{event.pk}"))
    links = refund_links(refunds, appointment)
    return page_about(
        appointment,
        event=event,
        by_whom=by_whom(event, reader=reader),
        at=format_with_zone(event.at, centre=appointment.centre),
        rows=decided_rows(appointment, event),
        steps=next_steps(refunds, appointment, cancelled_at=event.at, now=now),
        refund_links=links,
        has_trouble=has_trouble(refunds, appointment, now=now),
        has_cash=any(refund.way == Way.CASH for refund in refunds),
        told=told_of(appointment, MessageKind.CANCELLED),
        certificate=certificate_of_event(event),
        reason=_reason_words(event),
    )


def _reason_words(event: AppointmentEvent) -> str:
    """Return why, in words; what the system gives by itself is said elsewhere."""
    if event.reason_code == DOCTOR_AWAY:
        return _("Your doctor is away")
    return queries.reason_label(event.reason_code) if event.reason_code and event.actor_kind != "system" else ""


def decided_rows(appointment: Appointment, event: AppointmentEvent) -> list[SummaryRow]:
    """Return the receipt of a cancellation as it was decided, whatever is true now."""
    record = event.quote or {"lines": [], "allocations": []}
    parts = [Allocation(part["payment"], part["amount"], RefundWay(part["way"])) for part in record["allocations"]]
    return [
        *lines_as_rows(lines_from_record(record), appointment),
        *ways_as_rows(parts, appointment, now=event.at, decided=event),
    ]


def may_move(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the patient may move the appointment now, whatever the slot."""
    rules = terms_of(appointment.chain.terms).reschedule
    request = RescheduleRequest(ActorKind.PATIENT)
    return refusal_to_move(rules, booking_facts(appointment), request, now) is None
