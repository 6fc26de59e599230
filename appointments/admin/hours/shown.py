"""What the page of a doctor's slots shows, in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.admin.hours.forms import clock_span
from appointments.hours import queries
from appointments.hours.plan import SlotPlan
from appointments.hours.times import Why
from appointments.models import Centre, Doctor
from appointments.usecases.make_slots import Preview
from appointments.wording.formats import format_clock, format_day, format_moment, format_money

MOST_NAMED = 60


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One span of the week and where it is changed."""

    day: str
    clock: str
    minutes: int
    pause: int
    price: str
    valid: str
    address: str


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """An appointment outside the hours."""

    when: str
    patient: str
    reference: str
    address: str


def day_words(day: date, *, centre: Centre) -> str:
    """Return a day as people at the centre read it."""
    return format_day(datetime.combine(day, time(12), tzinfo=centre.zone), centre=centre)


def last_day(preview: Preview) -> date:
    """Return the last day that slots are made for."""
    return preview.until.astimezone(preview.doctor.centre.zone).date() - timedelta(days=1)


def hours_rows(doctor: Doctor) -> list[HoursRow]:
    """Return the doctor's week."""
    centre = doctor.centre
    return [
        HoursRow(
            day=str(row.get_weekday_display()),
            clock=clock_span(row.begins, row.ends),
            minutes=row.slot_minutes,
            pause=row.pause_minutes,
            price=format_money(row.price, currency=centre.currency, centre=centre),
            valid=_valid(row.first_day, row.last_day, centre),
            address=reverse("admin:appointments_weeklyhours_change", args=[row.pk]),
        )
        for row in queries.hours_of_doctor(doctor.pk)
    ]


def _valid(first: date, last: date | None, centre: Centre) -> str:
    words = {"first": day_words(first, centre=centre), "last": day_words(last, centre=centre) if last else ""}
    return _("%(first)s to %(last)s") % words if last else _("from %(first)s") % words


def figures_of(plan: SlotPlan) -> list[tuple[str, int]]:
    """Return the figures of a plan, each with what it counts."""
    return [
        (_("Slots to make"), len(plan.make)),
        (_("To put back on offer"), len(plan.put_back)),
        (_("To withdraw"), len(plan.withdraw)),
        (_("Stay as they are"), plan.stay),
    ]


def left_out_words(preview: Preview) -> list[str]:
    """Return a sentence for each day on which times are left out, and for each on which the clock is changed."""
    centre = preview.doctor.centre
    counted = Counter((one.wall.date(), one.why, one.name) for one in preview.times.left_out)
    found = [_left_out(day, why, name, count, centre) for (day, why, name), count in sorted(counted.items())]
    for day in sorted(preview.times.doubled):
        words = {"day": day_words(day, centre=centre)}
        found.append(_("%(day)s: the clock is put back. Times that it shows twice are offered once.") % words)
    return found


def _left_out(day: date, why: Why, name: str, count: int, centre: Centre) -> str:
    words = {"n": count, "day": day_words(day, centre=centre), "name": name}
    if why is Why.CLOSED and name:
        text = ngettext("%(day)s: %(n)d left out, %(name)s", "%(day)s: %(n)d left out, %(name)s", count)
    elif why is Why.CLOSED:
        text = ngettext("%(day)s: %(n)d left out, closed day", "%(day)s: %(n)d left out, closed day", count)
    elif why is Why.AWAY:
        text = ngettext("%(day)s: %(n)d left out, doctor away", "%(day)s: %(n)d left out, doctor away", count)
    elif why is Why.NO_SUCH_TIME:
        text = ngettext(
            "%(day)s: %(n)d left out, the clock is put forward",
            "%(day)s: %(n)d left out, the clock is put forward",
            count,
        )
    else:
        text = ngettext(
            "%(day)s: %(n)d left out, overlaps other hours", "%(day)s: %(n)d left out, overlap other hours", count
        )
    return text % words


def withdrawn_words(preview: Preview) -> list[str]:
    """Return the days and times of the slots that would be withdrawn."""
    slots = queries.slots_by_pk(preview.plan.withdraw, limit=MOST_NAMED)
    return list(_by_day([slot.starts_at for slot in slots], len(preview.plan.withdraw), preview.doctor.centre))


def in_the_way_words(preview: Preview) -> list[str]:
    """Return the days and times that overlap a slot which is booked, made or withdrawn by hand."""
    times = [one.starts_at for one in preview.plan.in_the_way]
    return list(_by_day(times[:MOST_NAMED], len(times), preview.doctor.centre))


def _by_day(moments: list[datetime], total: int, centre: Centre) -> Iterator[str]:
    """Yield a line a day with its times, and one that counts those that are not named."""
    for day, inside in groupby(moments, key=lambda moment: format_day(moment, centre=centre)):
        yield f"{day}: {', '.join(format_clock(moment, centre=centre) for moment in inside)}"
    if total > len(moments):
        yield _("and %(n)d more") % {"n": total - len(moments)}


def outside_rows(preview: Preview) -> list[OutsideRow]:
    """Return the first appointments that stand outside the hours: somebody should look at them."""
    return [
        OutsideRow(
            when=format_moment(one.slot.starts_at, centre=preview.doctor.centre),
            patient=one.chain.patient.name,
            reference=one.reference,
            address=reverse("admin:appointments_appointment_change", args=[one.pk]),
        )
        for one in queries.appointments_in(preview.plan.outside)[:MOST_NAMED]
    ]


def outside_count(preview: Preview) -> int:
    """Return how many appointments stand outside the hours."""
    return queries.appointments_in(preview.plan.outside).count()


def kept_without_booking(preview: Preview) -> int:
    """Return how many slots outside the hours are only held, for a patient who is choosing."""
    return len(preview.plan.outside) - outside_count(preview)
