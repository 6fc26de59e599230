"""The lists about appointments. None holds an ID number, a contact that the list does not show, or words about an illness."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from appointments.exports.columns import Amount, Choice, Column, ListToExport, choice_of, on_the_clock
from appointments.exports.money_lists import MONEY_LISTS
from appointments.models import Appointment, ExportKind, LateRequest, OutboxMessage, OverrideRequest, WaitingEntry

EXPORT_APPOINTMENTS = "appointments.export_appointments"


def _at(appointment: Appointment, moment: datetime | None) -> datetime | None:
    return on_the_clock(moment, appointment.centre.zone)


def _held(appointment: Appointment) -> Amount:
    stands = appointment.is_live and not appointment.holds_a_move
    return Amount(appointment.chain.held if stands else 0, appointment.chain.currency)


APPOINTMENTS = ListToExport(
    kind=ExportKind.APPOINTMENTS,
    model=Appointment,
    permission=EXPORT_APPOINTMENTS,
    related=("chain__patient", "chain__channel", "slot__doctor__centre"),
    columns=(
        Column("reference", _("reference"), lambda one: one.reference),
        Column("status", _("status"), lambda one: choice_of(one, "status")),
        Column("starts_at", _("start"), lambda one: _at(one, one.slot.starts_at)),
        Column("patient", _("patient"), lambda one: one.chain.patient.name),
        Column("doctor", _("doctor"), lambda one: one.slot.doctor.name),
        Column("centre", _("centre"), lambda one: one.centre.name),
        Column("channel", _("booking channel"), lambda one: one.chain.channel.name),
        Column("first_booked_at", _("first booked"), lambda one: _at(one, one.chain.booked_at)),
        Column("price", _("price"), lambda one: Amount(one.slot.price, one.chain.currency)),
        Column("held", _("held"), _held),
        Column("currency", _("currency"), lambda one: one.chain.currency),
    ),
)

LATE_REQUESTS = ListToExport(
    kind=ExportKind.LATE_REQUESTS,
    model=LateRequest,
    permission=EXPORT_APPOINTMENTS,
    related=("appointment__chain__patient", "appointment__slot__doctor__centre"),
    columns=(
        Column("reference", _("appointment"), lambda late: late.appointment.reference),
        Column("patient", _("patient"), lambda late: late.appointment.chain.patient.name),
        Column("centre", _("centre"), lambda late: late.appointment.centre.name),
        Column("wish", _("asks for"), lambda late: choice_of(late, "wish")),
        Column("state", _("state"), lambda late: choice_of(late, "state")),
        Column("asked_at", _("asked"), lambda late: _at(late.appointment, late.made_at)),
        Column("due_at", _("answer due"), lambda late: _at(late.appointment, late.due_at)),
        Column("decided_at", _("decided"), lambda late: _at(late.appointment, late.decided_at)),
        Column("decided_by", _("decided by"), lambda late: late.decided_by),
        Column("percent", _("percentage agreed"), lambda late: late.percent),
    ),
)


def _deed(override: OverrideRequest) -> Choice:
    return Choice("move", _("Move")) if override.slot_id else Choice("cancel", _("Cancel appointment"))


def _money(override: OverrideRequest, minor: int) -> Amount:
    return Amount(minor, override.appointment.chain.currency)


OVERRIDES = ListToExport(
    kind=ExportKind.OVERRIDES,
    model=OverrideRequest,
    permission=EXPORT_APPOINTMENTS,
    related=("appointment__chain__patient", "appointment__slot__doctor__centre"),
    columns=(
        Column("reference", _("appointment"), lambda override: override.appointment.reference),
        Column("patient", _("patient"), lambda override: override.appointment.chain.patient.name),
        Column("centre", _("centre"), lambda override: override.appointment.centre.name),
        Column("asks_for", _("asks for"), _deed),
        Column("percent", _("percentage that comes back"), lambda override: override.percent),
        Column("by_rules", _("by the terms"), lambda override: _money(override, override.by_rules)),
        Column("by_override", _("by the override"), lambda override: _money(override, override.by_override)),
        Column("difference", _("differs from the terms by"), lambda override: _money(override, override.difference)),
        Column("currency", _("currency"), lambda override: override.appointment.chain.currency),
        Column("state", _("state"), lambda override: choice_of(override, "state")),
        Column("asked_at", _("asked"), lambda override: _at(override.appointment, override.asked_at)),
        Column("asked_by", _("asked by"), lambda override: override.asked_label),
        Column("decide_by", _("to be decided by"), lambda override: _at(override.appointment, override.expires_at)),
        Column("decided_at", _("decided"), lambda override: _at(override.appointment, override.decided_at)),
        Column("decided_by", _("decided by"), lambda override: override.decided_label),
    ),
)


def _about(message: OutboxMessage) -> Appointment:
    return message.event.appointment


OUTBOX = ListToExport(
    kind=ExportKind.OUTBOX,
    model=OutboxMessage,
    permission=EXPORT_APPOINTMENTS,
    related=("event__appointment__slot__doctor__centre",),
    columns=(
        Column("reference", _("appointment"), lambda message: _about(message).reference),
        Column("centre", _("centre"), lambda message: _about(message).centre.name),
        Column("kind", _("what"), lambda message: choice_of(message, "kind")),
        Column("way", _("by"), lambda message: choice_of(message, "way")),
        Column("recipient", _("to"), lambda message: message.recipient),
        Column("state", _("state"), lambda message: choice_of(message, "state")),
        Column("tries", _("tries"), lambda message: message.tries),
        Column("written_at", _("written"), lambda message: _at(_about(message), message.created_at)),
        Column("sent_at", _("sent"), lambda message: _at(_about(message), message.sent_at)),
        Column("problem", _("problem"), lambda message: message.error),
    ),
)

WAITING_LIST = ListToExport(
    kind=ExportKind.WAITING_LIST,
    model=WaitingEntry,
    permission=EXPORT_APPOINTMENTS,
    related=("patient", "centre", "doctor", "appointment"),
    columns=(
        Column("joined_at", _("joined"), lambda entry: on_the_clock(entry.joined_at, entry.centre.zone)),
        Column("patient", _("patient"), lambda entry: entry.patient.name),
        Column("centre", _("centre"), lambda entry: entry.centre.name),
        Column("doctor", _("doctor"), lambda entry: entry.doctor.name if entry.doctor else ""),
        Column("specialty", _("specialty"), lambda entry: entry.specialty),
        Column("first_day", _("first day"), lambda entry: entry.first_day),
        Column("last_day", _("last day"), lambda entry: entry.last_day),
        Column(
            "reference",
            _("appointment to move"),
            lambda entry: entry.appointment.reference if entry.appointment else "",
        ),
        Column("state", _("state"), lambda entry: choice_of(entry, "state")),
        Column("ended_at", _("ended"), lambda entry: on_the_clock(entry.ended_at, entry.centre.zone)),
    ),
)

_LISTS: tuple[ListToExport, ...] = (APPOINTMENTS, LATE_REQUESTS, OVERRIDES, WAITING_LIST, OUTBOX, *MONEY_LISTS)
EXPORTS: dict[str, ListToExport] = {one.kind.value: one for one in _LISTS}


def export_of(*, model: type[Model] | Any) -> ListToExport | None:
    """Return the list of this model, or None where it has none."""
    return next((one for one in _LISTS if one.model is model), None)
