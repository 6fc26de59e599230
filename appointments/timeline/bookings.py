"""What happened to bookings, and what was asked and decided about them, as entries."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from appointments.models import (
    AppointmentEvent,
    Certificate,
    DocumentLook,
    LateDocument,
    LateRequest,
    LateState,
    LeaveCase,
    OverrideRequest,
    OverrideState,
    SlotOffer,
    WaitingEntry,
)
from appointments.timeline.entries import Entry, Topic
from appointments.wording.explain import explain_lines
from policies.phrases import money
from policies.rules.money import percent_text
from policies.rules.records import lines_from_record


def of_events(events: Iterable[AppointmentEvent]) -> Iterator[Entry]:
    """Yield the events, with the quotes they were decided by."""
    for event in events:
        appointment = event.appointment
        lines = lines_from_record(event.quote) if event.quote else ()
        rows = explain_lines(lines, currency=appointment.chain.currency, centre=appointment.centre)
        yield Entry(
            at=event.at,
            topic=Topic.BOOKING,
            what=event.get_kind_display(),
            who=event.actor_label,
            about=appointment.reference,
            number=event.sequence,
            facts=(
                (_("For the hospital"), _("Yes") if event.for_hospital and event.actor_kind == "staff" else ""),
                (_("Reason"), event.reason_code),
                (_("In their words"), event.reason_text),
                *((row.label, f"{row.amount} ({row.why})" if row.why else row.amount) for row in rows),
            ),
        )


def of_late_requests(requests: Iterable[LateRequest]) -> Iterator[Entry]:
    """Yield what was asked for and what was decided; the patient's words stay with the request."""
    for late in requests:
        about = late.appointment.reference
        yield Entry(
            at=late.made_at,
            topic=Topic.REQUEST,
            what=_("Late request: %(wish)s") % {"wish": late.get_wish_display()},
            who=late.made_by,
            about=about,
        )
        if late.decided_at:
            percent = "" if late.percent is None else f"{percent_text(late.percent)} %"
            yield Entry(
                at=late.decided_at,
                topic=Topic.REQUEST,
                what=_("Late request: %(state)s") % {"state": LateState(late.state).label},
                who=late.decided_by,
                about=about,
                number=1,
                facts=((_("Percentage"), percent), (_("Answer"), late.decision_text)),
            )


def of_documents(documents: Iterable[LateDocument]) -> Iterator[Entry]:
    """Yield when documents came."""
    for document in documents:
        yield Entry(
            at=document.uploaded_at,
            topic=Topic.REQUEST,
            what=_("Document handed in"),
            who=document.request.made_by,
            about=document.request.appointment.reference,
            facts=((_("File"), str(document)), (_("SHA-256"), document.sha256)),
        )


def of_looks(looks: Iterable[DocumentLook]) -> Iterator[Entry]:
    """Yield who opened documents, and what for."""
    for look in looks:
        yield Entry(
            at=look.at,
            topic=Topic.ACCESS,
            what=_("Document opened"),
            who=f"{look.user.full_name}, account {look.user_id}",
            about=look.document.request.appointment.reference,
            number=look.pk,
            facts=((_("What for"), look.purpose),),
        )


def of_overrides(overrides: Iterable[OverrideRequest]) -> Iterator[Entry]:
    """Yield what was asked of a second person, and what they decided."""
    for override in overrides:
        appointment = override.appointment
        currency = appointment.chain.currency
        percent = "" if override.percent is None else f"{percent_text(override.percent)} %"
        yield Entry(
            at=override.asked_at,
            topic=Topic.REQUEST,
            what=_("Second person asked for an override"),
            who=override.asked_label,
            about=appointment.reference,
            facts=(
                (_("Percentage"), percent),
                (_("By the terms"), money(override.by_rules, currency)),
                (_("By the override"), money(override.by_override, currency)),
                (_("Reason"), override.reason_code),
                (_("In their words"), override.reason_text),
            ),
        )
        if override.decided_at:
            yield Entry(
                at=override.decided_at,
                topic=Topic.REQUEST,
                what=_("Override: %(state)s") % {"state": OverrideState(override.state).label},
                who=override.decided_label,
                about=appointment.reference,
                number=1,
                facts=((_("Answer"), override.decision_text),),
            )


def of_leave_cases(cases: Iterable[LeaveCase]) -> Iterator[Entry]:
    """Yield when a patient was told that the doctor is away, and what came of it."""
    for case in cases:
        about = case.appointment.reference
        if case.told_at:
            yield Entry(at=case.told_at, topic=Topic.REQUEST, what=_("Told that the doctor is away"), about=about)
        if case.ended_at:
            yield Entry(
                at=case.ended_at,
                topic=Topic.REQUEST,
                what=_("Doctor away: %(state)s") % {"state": case.get_state_display()},
                about=about,
                number=1,
            )


def of_certificates(certificates: Iterable[Certificate]) -> Iterator[Entry]:
    """Yield the certificates that were issued."""
    for certificate in certificates:
        yield Entry(
            at=certificate.issued_at,
            topic=Topic.RECORD,
            what=_("Certificate issued"),
            about=certificate.event.appointment.reference,
            facts=((_("Number"), certificate.number),),
        )


def of_waiting(entries: Iterable[WaitingEntry]) -> Iterator[Entry]:
    """Yield when a patient began to wait for a time, and how that ended."""
    for entry in entries:
        yield Entry(
            at=entry.joined_at,
            topic=Topic.REQUEST,
            what=_("Joined the waiting list"),
            who=entry.joined_by,
            number=entry.pk,
            facts=((_("Waits for"), str(entry)),),
        )
        if entry.ended_at:
            yield Entry(
                at=entry.ended_at,
                topic=Topic.REQUEST,
                what=_("Waiting list: %(state)s") % {"state": entry.get_state_display()},
                who=entry.ended_by,
                number=entry.pk,
            )


def of_offers(offers: Iterable[SlotOffer]) -> Iterator[Entry]:
    """Yield the times that were offered to who waits, and what became of them."""
    for offer in offers:
        yield Entry(
            at=offer.offered_at,
            topic=Topic.REQUEST,
            what=_("Time offered from the waiting list"),
            about=offer.draft.reference,
            number=offer.pk,
        )
        if offer.ended_at:
            yield Entry(
                at=offer.ended_at,
                topic=Topic.REQUEST,
                what=_("Time from the waiting list: %(state)s") % {"state": offer.get_state_display()},
                about=offer.draft.reference,
                number=offer.pk,
            )
