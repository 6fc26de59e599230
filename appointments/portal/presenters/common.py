"""What every page about one appointment shows: its heading, the clinic's phone, rows of money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appointments.models import Appointment, AppointmentEvent, Centre
from appointments.promises import promises_of
from appointments.wording.explain import Row, explain_lines, explain_ways, way_back_words
from appointments.wording.formats import format_leaf, format_moment, format_money, zone_name
from appointments.wording.promises import decided_promise
from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import Line


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One row of templates/parts/summary_list.html."""

    key: str
    value: str
    note: str = ""
    kind: str = ""
    change_url: str = ""
    change_label: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """Which appointment a page is about. `leaf` is weekday, day and month, short."""

    leaf: tuple[str, str, str]
    doctor: str
    specialty: str
    when: str
    zone: str
    patient: str
    centre: str
    address: str
    reference: str


def heading_of(appointment: Appointment) -> Heading:
    """Return the heading block of an appointment."""
    slot, centre = appointment.slot, appointment.centre
    return Heading(
        leaf=format_leaf(slot.starts_at, centre=centre),
        doctor=slot.doctor.name,
        specialty=slot.doctor.specialty,
        when=format_moment(slot.starts_at, centre=centre),
        zone=zone_name(slot.starts_at, centre=centre),
        patient=appointment.chain.patient.name,
        centre=centre.name,
        address=centre.address,
        reference=appointment.reference,
    )


def page_about(appointment: Appointment, **context: Any) -> dict[str, Any]:
    """Return the context that every page about one appointment has, with what the page adds."""
    return {
        "appointment": appointment,
        "heading": heading_of(appointment),
        "contact_name": appointment.centre.name,
        "contact_phone": appointment.centre.phone,
        "contact_hours": appointment.centre.phone_hours,
        **context,
    }


def money(minor: int, appointment: Appointment) -> str:
    """Return an amount of the appointment's money as people write it."""
    return format_money(minor, currency=appointment.chain.currency, centre=appointment.centre)


def lines_as_rows(lines: Iterable[Line], appointment: Appointment) -> list[SummaryRow]:
    """Return the receipt of a quote: what was paid, each deduction with its reason, the total."""
    rows = explain_lines(lines, currency=appointment.chain.currency, centre=appointment.centre)
    return [_as_summary_row(row) for row in rows]


def ways_as_rows(
    allocations: Iterable[Allocation],
    appointment: Appointment,
    *,
    now: datetime,
    decided: AppointmentEvent | None = None,
) -> list[SummaryRow]:
    """Return where the patient's money goes and by when; with one way the amount is the total above and not said again.

    What was decided shows the days promised then. The insurer's part is a row of the receipt already.
    """
    centre = appointment.centre
    own = [part for part in allocations if part.way is not RefundWay.INSURANCE_WINDOW]
    ways = explain_ways(own, currency=appointment.chain.currency, centre=centre)
    promised = promises_of(decided) if decided else {}
    return [
        SummaryRow(
            _("Refund goes"),
            f"{way.amount} {way_back_words(way.kind)}" if len(ways) > 1 else capfirst(way_back_words(way.kind)),
            decided_promise(way.kind, promised=promised, at=now, centre=centre),
        )
        for way in ways
    ]


def contact_of(centres: Iterable[Centre]) -> dict[str, Any]:
    """Return the clinic's phone for a page about many appointments; nothing where they are at several clinics."""
    different = {centre.pk: centre for centre in centres}
    if len(different) != 1:
        return {}
    [centre] = different.values()
    return {"contact_name": centre.name, "contact_phone": centre.phone, "contact_hours": centre.phone_hours}


def _as_summary_row(row: Row) -> SummaryRow:
    if row.is_total:
        return SummaryRow(row.label, row.amount, row.why, "total")
    if row.amount.startswith("-"):
        return SummaryRow(row.label, row.amount[1:], row.why, "deduction")
    return SummaryRow(row.label, row.amount, row.why, "amount")
