"""What stands in a cell of the board: who, how it stands in words, and what can be done about it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments.admin.deeds import APPROVE, CANCEL, CHECK_IN, DEEDS, MOVE, PAY, Deed, may_do
from appointments.admin.detail import TAGS
from appointments.admin.scope import is_doctor_desk
from appointments.board.slots import SlotSeen, SlotState
from appointments.facts import open_case
from appointments.models import Appointment, Slot, User
from appointments.wording.formats import format_clock, format_held_until

_SHOWN = (PAY, APPROVE, CHECK_IN, MOVE, CANCEL)


@dataclass(frozen=True, slots=True)
class Link:
    """One thing to do. `spoken` says it whole, for whoever hears it without the table around it."""

    label: str
    spoken: str
    address: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One time of one doctor."""

    tag: str
    colour: str = "default"
    name: str = ""
    address: str = ""
    until: str = ""
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Whoever looks at the board, and when. `deeds` are those they may do at all; `is_today`: the day shown is the centre's today."""

    user: User
    deeds: frozenset[str]
    now: datetime
    is_today: bool
    may_book: bool = False

    @classmethod
    def of(cls, user: User, *, now: datetime, is_today: bool) -> "Onlooker":
        """Return the onlooker with their rights, asked for once."""
        deeds = frozenset(deed.name for deed in DEEDS if may_do(deed, user=user))
        may_book = not is_doctor_desk(user) and user.has_perm("appointments.book_appointment")
        return cls(user, deeds, now, is_today, may_book)

    def can(self, deed: Deed, appointment: Appointment) -> bool:
        """Tell whether the deed is shown: people are checked in on the day itself."""
        is_its_day = self.is_today or deed is not CHECK_IN
        return deed.name in self.deeds and is_its_day and deed.fits(appointment, now=self.now)


def cell_of(seen: SlotSeen | None, *, by: Onlooker) -> Cell | None:
    """Return what to show of a time; nothing where there is none."""
    if seen is None:
        return None
    if seen.state is SlotState.OFFERED:
        return _offered(seen, by)
    if seen.appointment is not None:
        return _taken(seen, seen.appointment, by)
    slot, centre = seen.slot, seen.slot.doctor.centre
    until = format_clock(slot.ends_at, centre=centre)
    if seen.state is SlotState.LATER and slot.bookable_from:
        from_then = format_held_until(slot.bookable_from, centre=centre, now=by.now)
        return Cell(_("Given back"), until=until, notes=(_("can be booked from %(then)s") % {"then": from_then},))
    tag, colour = {
        SlotState.FREE: (_("Free"), "primary"),
        SlotState.CLOSED: (_("Not offered"), "default"),
    }.get(seen.state, (_("Stayed free"), "default"))
    links = (_book(slot),) if seen.state is SlotState.FREE and by.may_book else ()
    return Cell(tag, colour, until=until, links=links)


def _offered(seen: SlotSeen, by: Onlooker) -> Cell:
    """Show to whom a time is offered; a draft of the waiting list has its page, and nothing is done with it before the answer."""
    centre, draft = seen.slot.doctor.centre, seen.appointment
    notes = [_("waits for an answer")]
    if draft is not None and draft.hold_expires_at:
        until = format_held_until(draft.hold_expires_at, centre=centre, now=by.now)
        notes.append(_("held until %(then)s") % {"then": until})
    return Cell(
        _("Offered"),
        "warning",
        name=seen.offered_to.name if seen.offered_to else "",
        address=reverse("admin:appointments_appointment_change", args=[draft.pk]) if draft else "",
        until=format_clock(seen.slot.ends_at, centre=centre),
        notes=tuple(notes),
    )


def _taken(seen: SlotSeen, appointment: Appointment, by: Onlooker) -> Cell:
    centre, name = seen.slot.doctor.centre, appointment.chain.patient.name
    notes = []
    if appointment.holds_a_move:
        notes.append(_("for a move"))
    if seen.state is SlotState.HELD and appointment.hold_expires_at:
        until = format_held_until(appointment.hold_expires_at, centre=centre, now=by.now)
        notes.append(_("held until %(then)s") % {"then": until})
    if open_case(appointment):
        notes.append(_("doctor away, answer awaited"))
    return Cell(
        appointment.get_status_display(),
        TAGS[appointment.status],
        name=name,
        address=reverse("admin:appointments_appointment_change", args=[appointment.pk]),
        until=format_clock(seen.slot.ends_at, centre=centre),
        notes=tuple(notes),
        links=tuple(_link(deed, appointment, seen) for deed in _SHOWN if by.can(deed, appointment)),
    )


def _book(slot: Slot) -> Link:
    clock = format_clock(slot.starts_at, centre=slot.doctor.centre)
    spoken = _("Book: %(doctor)s, %(clock)s") % {"doctor": slot.doctor.name, "clock": clock}
    return Link(_("Book"), spoken, reverse("admin:appointments_appointment_book", args=[slot.pk]))


def _link(deed: Deed, appointment: Appointment, seen: SlotSeen) -> Link:
    clock = format_clock(seen.slot.starts_at, centre=seen.slot.doctor.centre)
    spoken = _("%(deed)s: %(name)s, %(clock)s") % {
        "deed": deed.label,
        "name": appointment.chain.patient.name,
        "clock": clock,
    }
    address = reverse(f"admin:appointments_appointment_{deed.name}", args=[appointment.pk])
    return Link(str(deed.label), spoken, address)
