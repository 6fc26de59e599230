"""The rows behind a timeline: so many queries for one booking as for many. Whoever calls has made sure of the scope."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from appointments.models import (
    AgentVisit,
    Appointment,
    AppointmentEvent,
    CarerRelation,
    Certificate,
    ContactChange,
    DeliveryReport,
    DocumentLook,
    HistoryCheck,
    IdNumberNote,
    LateDocument,
    LateRequest,
    LeaveCase,
    ManageLink,
    OutboxMessage,
    OverrideRequest,
    Patient,
    SecurityCode,
    SlotOffer,
    User,
    WaitingEntry,
    WebhookDelivery,
)
from appointments.timeline import bookings, contacts, money
from appointments.timeline.entries import Entry, merge, with_names
from policies.models import PolicyVersion
from refunds.models import (
    Checkout,
    Dispute,
    HoldRelease,
    Incident,
    LedgerEntry,
    OutsideRefund,
    Payment,
    PayoutLink,
    Refund,
    RefundAttempt,
    RefundEvent,
    RefundPayee,
)

#: Of somebody who comes every week for years, the newest bookings are shown.
MOST_BOOKINGS = 200


def about_booking(*, chain_id: UUID) -> list[Entry]:
    """Return everything on record about a chain: every appointment in it, its money and its messages."""
    return _named(merge(*_of_chains([chain_id])))


def about_patient(*, patient: Patient, chain_ids: Collection[UUID], centre_ids: Collection[int]) -> list[Entry]:
    """Return everything on record about a patient and these of their bookings; of waiting lists those of these centres."""
    changes = ContactChange.objects.filter(patient=patient)
    carers = CarerRelation.objects.filter(patient=patient)
    waiting = WaitingEntry.objects.filter(patient=patient, centre__in=centre_ids).select_related("doctor")
    about_them = (
        bookings.of_waiting(waiting),
        contacts.of_contact_changes(changes),
        contacts.of_carers(carers),
        contacts.of_id_numbers(IdNumberNote.objects.filter(patient=patient)),
        _log_of(patient),
    )
    return _named(merge(*_of_chains(chain_ids), *about_them))


def about_refund(*, refund: Refund) -> list[Entry]:
    """Return everything on record about one refund."""
    messages = list(OutboxMessage.objects.filter(refund=refund.pk).select_related("event__appointment"))
    return _named(merge(*_of_refunds(Q(pk=refund.pk)), *_of_messages(messages)))


def about_version(*, version: PolicyVersion) -> list[Entry]:
    """Return everything on record about a version of a policy."""
    checks = HistoryCheck.objects.filter(version=version)
    return _named(merge(contacts.of_version(version), contacts.of_checks(checks), _log_of(version)))


def newest_bookings(*, patient: Patient, appointments: Q) -> list[UUID]:
    """Return the newest chains of a patient out of those appointments, newest first, one more than are shown."""
    chains = Appointment.objects.filter(appointments, chain__patient=patient).order_by("-created_at", "-pk")
    found = dict.fromkeys(chains.values_list("chain_id", flat=True)[: 4 * MOST_BOOKINGS])
    return list(found)[: MOST_BOOKINGS + 1]


def _of_chains(chain_ids: Collection[UUID]) -> Iterator[Iterator[Entry]]:
    of_them = Q(appointment__chain__in=chain_ids)
    appointment = "appointment__slot__doctor__centre"
    events = list(AppointmentEvent.objects.filter(of_them).select_related(appointment, "appointment__chain"))
    yield bookings.of_events(events)
    yield bookings.of_late_requests(LateRequest.objects.filter(of_them).select_related("appointment"))
    yield bookings.of_overrides(OverrideRequest.objects.filter(of_them).select_related("appointment__chain"))
    yield bookings.of_leave_cases(LeaveCase.objects.filter(of_them).select_related("appointment"))
    offers = SlotOffer.objects.filter(draft__chain__in=chain_ids)
    yield bookings.of_offers(offers.select_related("draft"))
    documents = LateDocument.objects.filter(request__appointment__chain__in=chain_ids)
    yield bookings.of_documents(documents.select_related("request__appointment"))
    looks = DocumentLook.objects.filter(document__request__appointment__chain__in=chain_ids)
    yield bookings.of_looks(looks.select_related("user", "document__request__appointment"))
    certificates = Certificate.objects.filter(event__appointment__chain__in=chain_ids)
    yield bookings.of_certificates(certificates.select_related("event__appointment"))
    messages = OutboxMessage.objects.filter(event__appointment__chain__in=chain_ids)
    yield from _of_messages(list(messages.select_related("event__appointment")))
    keys = [f"appointment:{event.pk}" for event in events]
    deliveries = WebhookDelivery.objects.filter(message__key__in=keys)
    yield contacts.of_webhooks(deliveries.select_related("message", "endpoint"))
    yield contacts.of_links(ManageLink.objects.filter(chain__in=chain_ids))
    yield contacts.of_agent_visits(AgentVisit.objects.filter(of_them).select_related("relation"))
    yield contacts.of_codes(SecurityCode.objects.filter(chain__in=chain_ids))
    sources = [f"chain:{chain_id}" for chain_id in chain_ids]
    yield money.of_checkouts(Checkout.objects.filter(source__in=sources))
    yield money.of_payments(Payment.objects.filter(source__in=sources))
    yield from _of_refunds(Q(payment__source__in=sources))
    of_payments = Q(payment__source__in=sources)
    yield money.of_ledger(LedgerEntry.objects.filter(of_payments, refund=None))
    yield money.of_surprises(Incident.objects.filter(of_payments, refund=None))
    yield money.of_surprises(OutsideRefund.objects.filter(of_payments))
    yield money.of_surprises(Dispute.objects.filter(of_payments))


def _of_refunds(which: Q) -> Iterator[Iterator[Entry]]:
    of_them = Q(refund__in=Refund.objects.filter(which).values("pk"))
    yield money.of_refund_events(RefundEvent.objects.filter(of_them).select_related("refund"))
    yield money.of_attempts(RefundAttempt.objects.filter(of_them))
    yield money.of_ledger(LedgerEntry.objects.filter(of_them))
    payees = list(RefundPayee.objects.filter(of_them))
    yield money.of_payees(payees)
    yield money.of_releases(HoldRelease.objects.filter(payee__in=payees))
    yield money.of_payout_links(PayoutLink.objects.filter(of_them))
    yield money.of_surprises(Incident.objects.filter(of_them))


def _of_messages(messages: list[OutboxMessage]) -> Iterator[Iterator[Entry]]:
    yield contacts.of_messages(messages)
    numbers = [message.provider_id for message in messages if message.provider_id]
    yield contacts.of_reports(DeliveryReport.objects.filter(message_number__in=numbers))


def _log_of(row: Model) -> Iterator[Entry]:
    kind = ContentType.objects.get_for_model(row)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk))
    return contacts.of_log(entries.select_related("user"))


def _named(entries: list[Entry]) -> list[Entry]:
    def names(accounts: set[int]) -> dict[int, str]:
        return dict(User.objects.filter(pk__in=accounts).values_list("pk", "full_name"))

    return with_names(entries, names=names)
