"""What a mail says, in words ready to be put on lines. Every value is one line, whatever somebody typed as a name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import payouts, queries
from appointments.certificates.queries import certificate_of_event
from appointments.certificates.wording import verification_url
from appointments.manage import links
from appointments.manage.codes import CODE_PLACE
from appointments.models import (
    Appointment,
    AppointmentEvent,
    ContactChange,
    EventKind,
    MessageKind,
    OutboxMessage,
)
from appointments.notifications.additions import addition_to
from appointments.notifications.away import away_of
from appointments.notifications.carers import carer_of
from appointments.notifications.late import late_request_of
from appointments.notifications.reminders import reminder_of
from appointments.notifications.waiting import waiting_of
from appointments.promises import promises_of
from appointments.reasons import DOCTOR_AWAY
from appointments.telling import is_to_carer
from appointments.wording.contacts import describe_change
from appointments.wording.deeds import ANYBODY, by_whom
from appointments.wording.explain import Row, explain_lines, explain_ways, way_back_words
from appointments.wording.formats import format_day, format_moment, format_money, format_with_zone, reader_locale
from appointments.wording.promises import day_words, decided_promise, promised_day
from policies.queries import terms_of
from policies.rules.facts import ActorKind
from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import LineCode
from policies.rules.records import lines_from_record
from policies.words import describe_terms
from refunds import queries as refund_queries
from refunds.models import Refund, Way


def contents_of(message: OutboxMessage) -> dict[str, Any]:
    """Return the context of the template `mail/<kind>.txt`."""
    event, appointment = message.event, message.event.appointment
    contents = {
        "name": one_line(message.patient.name),
        "reference": appointment.reference,
        "facts": _facts(appointment),
        "when": format_moment(appointment.slot.starts_at, centre=appointment.centre),
        "lead": _lead(event),
        "decided": format_with_zone(event.at, centre=appointment.centre),
        "by_whom": by_whom(event, reader=ANYBODY),
        "paid": _payments(event),
        "link": _manage_link(),
        "code": CODE_PLACE,
        "contact": _contact(appointment),
        **_money(event),
        **_certificate(event),
        **_terms(appointment),
        **_successor(event),
        **_refund(message),
        **_payout(message),
        **_contact_change(message),
        **away_of(event),
        **late_request_of(message),
        **carer_of(message),
        **reminder_of(message),
        **waiting_of(message),
    }
    return contents | {"addition": addition_to(message, contents)}


def one_line(text: object) -> str:
    """Return a text on one line, so that nobody's name can write lines of its own into a mail."""
    return " ".join(str(text).split())


def _manage_link() -> str:
    """Return the link to the booking, its token still to be put in: it leads to wherever the appointment went."""
    address: str = settings.SITE_URL + reverse("portal:manage_link", args=[links.TOKEN_PLACE])
    return address


def _facts(appointment: Appointment) -> list[tuple[str, str]]:
    """Return who, when and where, under which reference."""
    doctor, centre = appointment.slot.doctor, appointment.centre
    return [
        (_("Reference"), appointment.reference),
        (_("Patient"), one_line(appointment.chain.patient.name)),
        (_("Doctor"), one_line(doctor.name)),
        (_("When"), _when(appointment)),
        (_("Where"), one_line(f"{centre.name}, {centre.address}" if centre.address else centre.name)),
    ]


def _when(appointment: Appointment) -> str:
    return format_with_zone(appointment.slot.starts_at, centre=appointment.centre)


_BY_PARTNER = {
    EventKind.CANCELLED: gettext_lazy(
        "%(partner)s has cancelled your appointment for you. You do not need to do anything else."
    ),
    EventKind.RESCHEDULED: gettext_lazy("%(partner)s has changed your appointment for you."),
}


def _lead(event: AppointmentEvent) -> str:
    """Return what happened, in one sentence: it matters who did it."""
    if event.actor_partner and event.kind in _BY_PARTNER:
        return _BY_PARTNER[EventKind(event.kind)] % {"partner": one_line(event.actor_partner.name)}
    if event.kind == EventKind.RESCHEDULED:
        by_clinic = event.for_hospital and event.actor_kind != ActorKind.PATIENT
        return _("The clinic has moved your appointment.") if by_clinic else _("Your appointment is changed.")
    if event.kind != EventKind.CANCELLED:
        return ""
    return _away_lead(event) if event.reason_code == DOCTOR_AWAY else _cancelled_lead(event)


def _cancelled_lead(event: AppointmentEvent) -> str:
    by_time = {
        "hold_ran_out": _("Your booking was not finished in time, so the time was given free again."),
        "approval_timed_out": _("The clinic did not confirm your appointment in time, so it is cancelled."),
    }
    if event.actor_kind == ActorKind.SYSTEM and event.reason_code in by_time:
        return by_time[event.reason_code]
    if event.for_hospital or event.actor_kind == ActorKind.DOCTOR:
        return _("The clinic has cancelled your appointment.")
    return _("Your appointment is cancelled. You do not need to do anything else.")


def _away_lead(event: AppointmentEvent) -> str:
    """Say that nobody but the absent doctor is the reason, and whether the patient chose so."""
    if event.actor_kind != ActorKind.SYSTEM:
        return _("Your doctor is away. As you asked, your appointment is cancelled and everything comes back.")
    if event.appointment.events.filter(kind=EventKind.DOCTOR_AWAY).exists():
        return _("Your doctor is away and no other time was chosen. Your appointment is cancelled.")
    return _("Your doctor is away and there is no other time to offer. The clinic had to cancel your appointment.")


def _payments(event: AppointmentEvent) -> list[str]:
    """Return what had been paid by then, oldest payment first."""
    appointment = event.appointment
    payments = refund_queries.payments_of(source=appointment.chain.source).filter(captured_at__lte=event.at)
    return [
        _("%(amount)s, %(method)s, on %(day)s")
        % {
            "amount": format_money(payment.amount, currency=payment.currency, centre=appointment.centre),
            "method": payment.get_method_display(),
            "day": format_day(payment.captured_at, centre=appointment.centre),
        }
        for payment in reversed(payments)
    ]


def _money(event: AppointmentEvent) -> dict[str, Any]:
    """Return the rows of the quote it was decided by, and where the money goes until when."""
    if not event.quote:
        return {}
    centre, currency = event.appointment.centre, event.appointment.chain.currency
    parts = [Allocation(part["payment"], part["amount"], RefundWay(part["way"])) for part in event.quote["allocations"]]
    rows = explain_lines(lines_from_record(event.quote), currency=currency, centre=centre)
    promised = promises_of(event)
    return {
        # The mail about a move goes out when what was due is paid.
        "rows": [replace(row, label=_("Paid for the change")) if row.kind == LineCode.DUE else row for row in rows],
        "ways": [_way(row, event, promised) for row in explain_ways(parts, currency=currency, centre=centre)],
    }


def _way(row: Row, event: AppointmentEvent, promised: Mapping[RefundWay, date]) -> dict[str, str]:
    words = _("%(amount)s %(way)s") % {"amount": row.amount, "way": way_back_words(row.kind)}
    return {
        "words": capfirst(words),
        "promise": decided_promise(row.kind, promised=promised, at=event.at, centre=event.appointment.centre),
    }


def _certificate(event: AppointmentEvent) -> dict[str, str]:
    """Return the number of the certificate issued with a cancellation, and where to get and to check it."""
    certificate = certificate_of_event(event)
    if certificate is None:
        return {}
    return {
        "certificate": certificate.number,
        "certificate_link": settings.SITE_URL + reverse("portal:certificate", args=[event.appointment.reference]),
        "verify_link": verification_url(certificate.number),
    }


def _terms(appointment: Appointment) -> dict[str, Any]:
    """Return the name of the terms it was booked under, and what they say, with the price as the example."""
    chain, centre = appointment.chain, appointment.centre
    sentences = describe_terms(
        terms_of(chain.terms),
        currency=chain.currency,
        example=appointment.slot.price or None,
        locale=reader_locale(centre),
    )
    return {"terms": one_line(chain.terms), "sentences": sentences}


def _successor(event: AppointmentEvent) -> dict[str, Any]:
    """Return the appointment that took the place of a moved one, whatever became of it since."""
    if event.kind != EventKind.RESCHEDULED:
        return {}
    stood = [EventKind.CONFIRMED, EventKind.SUBMITTED]
    replacements = event.appointment.replacements.filter(events__kind__in=stood).distinct()
    successor = queries.with_everything(replacements).get()
    return {
        "new": _facts(successor),
        "new_when": format_moment(successor.slot.starts_at, centre=successor.centre),
        "old_when": _when(event.appointment),
        "awaits_approval": queries.event_of(successor, EventKind.SUBMITTED) is not None,
        "new_link": _manage_link(),
    }


def _refund(message: OutboxMessage) -> dict[str, Any]:
    """Return the refund that there is news of."""
    if message.refund is None:
        return {}
    centre, refund = message.event.appointment.centre, Refund.objects.get(pk=message.refund)
    attempt = refund_queries.current_attempt(refund=refund)
    promised = promised_day(refund, centre=centre)
    by_bank = attempt.channel not in (Way.CASH, Way.CREDIT)
    return {
        "refund_amount": format_money(refund.amount, currency=refund.currency, centre=centre),
        "refund_way": way_back_words(attempt.channel if attempt.channel in Way.values else Way.ORIGINAL),
        "refund_granted": format_day(refund.granted_at, centre=centre),
        "refund_settled": format_day(refund.settled_at, centre=centre) if refund.settled_at else "",
        "refund_promised": day_words(promised, centre=centre) if promised else "",
        "bank_reference": one_line(attempt.reference) if by_bank else "",
        "receipt": "" if by_bank else one_line(attempt.reference),
        "refund_link": settings.SITE_URL + _refund_page(message, refund),
    }


def _refund_page(message: OutboxMessage, refund: Refund) -> str:
    """Return where the refund is followed: a carer signs in there, a link with a token is the patient's alone."""
    if is_to_carer(message):
        return reverse("portal:refund", args=[refund.pk])
    return reverse("portal:manage_refund_link", args=[links.TOKEN_PLACE, refund.pk])


def _payout(message: OutboxMessage) -> dict[str, Any]:
    """Return the link to say how to be paid, while that can be said, and which account the patient named."""
    if message.refund is None or message.kind == MessageKind.REFUND_COMPLETED:
        return {}
    refund = Refund.objects.get(pk=message.refund)
    said: dict[str, Any] = {}
    if payouts.can_choose(refund) and is_to_carer(message):
        said["sign_in_link"] = settings.SITE_URL + _refund_page(message, refund)
    elif payouts.can_choose(refund):
        said["payout_link"] = settings.SITE_URL + reverse("portal:payout_link", args=[payouts.TOKEN_PLACE])
    if message.kind == MessageKind.PAYOUT_DETAILS:
        payee, centre = refund.payees.get(number=message.key.rpartition(":")[2]), message.event.appointment.centre
        said |= {
            "account": payee.masked,
            "given_at": format_moment(payee.given_at, centre=centre),
            "was_changed": payee.number > 1,
            "holds_until": format_moment(payee.holds_until, centre=centre) if payee.holds_until else "",
        }
    return said


def _contact_change(message: OutboxMessage) -> dict[str, Any]:
    """Return what was changed about how the patient is reached, so that its owner knows it and nobody else reads it."""
    if message.kind != MessageKind.CONTACT_CHANGED:
        return {}
    change = ContactChange.objects.get(pk=message.key.rpartition(":")[2])
    return {
        "changed_at": format_moment(change.at, centre=message.event.appointment.centre),
        "changes": describe_change(change),
        "hold_days": settings.CONTACT_CHANGE_HOLD_DAYS,
    }


def _contact(appointment: Appointment) -> dict[str, str]:
    centre = appointment.centre
    return {
        "phone": one_line(centre.phone),
        "hours": one_line(centre.phone_hours),
        "finance": one_line(centre.finance_phone or centre.phone),
        "centre": one_line(centre.name),
    }
