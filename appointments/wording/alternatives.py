"""The times that a patient of an absent doctor can choose, in words: the same in the mail, on the pages and at the desk."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.facts import booking_facts
from appointments.leave import queries as leave_queries
from appointments.models import LeaveCase, Slot
from appointments.wording.formats import format_moment, format_money
from policies.queries import terms_of
from policies.rules.facts import ActorKind, RescheduleRequest, Target
from policies.rules.rescheduling import quote_reschedule


@dataclass(frozen=True, slots=True)
class OtherTime:
    """One time. `money` says that nothing is to pay, or what comes back where it is cheaper."""

    slot: Slot
    when: str
    doctor: str
    money: str


def other_times(case: LeaveCase, *, now: datetime) -> list[OtherTime]:
    """Return what can still be chosen, soonest first. The case comes with its appointment and everything about it."""
    held = list(leave_queries.alternatives_of(case, now=now))
    if not held:
        return []
    appointment = case.appointment
    booking, terms = booking_facts(appointment), terms_of(appointment.chain.terms)
    times = []
    for one in held:
        slot, centre = one.slot, appointment.centre
        target = Target(slot.starts_at, str(slot.doctor_id), slot.price, available=True)
        quote = quote_reschedule(terms, booking, target, RescheduleRequest(ActorKind.SYSTEM), now)
        back = quote.refund + quote.credit
        amount = format_money(back, currency=appointment.chain.currency, centre=centre)
        money = _("%(amount)s comes back") % {"amount": amount} if back else _("Nothing to pay")
        times.append(OtherTime(slot, format_moment(slot.starts_at, centre=centre), slot.doctor.name, money))
    return times
