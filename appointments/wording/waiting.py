"""What somebody waits for, what an offer costs, and how the list works, in words. Pages, mails and the desk all use these."""

from django.utils.translation import gettext as _

from appointments.models import Appointment, Centre, WaitingEntry
from appointments.wording.explain import notice_words
from appointments.wording.formats import format_money
from appointments.wording.promises import day_words
from policies.rules.quote import RescheduleQuote


def wish_words(entry: WaitingEntry) -> str:
    """Return with whom: a doctor, or anybody of a specialty."""
    return entry.doctor.name if entry.doctor else _("Any doctor, %(specialty)s") % {"specialty": entry.specialty}


def days_words(entry: WaitingEntry) -> str:
    """Return the days and, unless it is all of them, the times of day."""
    first, last = (day_words(day, centre=entry.centre) for day in (entry.first_day, entry.last_day))
    days = first if entry.first_day == entry.last_day else _("%(first)s to %(last)s") % {"first": first, "last": last}
    parts = [
        (entry.mornings, _("mornings (before 12)")),
        (entry.afternoons, _("afternoons (12 to 5)")),
        (entry.evenings, _("evenings (from 5)")),
    ]
    wished = [words for is_wished, words in parts if is_wished]
    return days if len(wished) == len(parts) else f"{days}: {', '.join(wished)}"


def place_words(place: int) -> str:
    """Say somebody's place in line."""
    if place == 1:
        return _("You are first in line for this.")
    return _("You are number %(place)d in line for this.") % {"place": place}


def how_it_works(centre: Centre) -> list[str]:
    """Say what happens to somebody who waits, one sentence each."""
    about = {"time": notice_words(centre.waiting_list_minutes * 60)}
    return [
        _("When a time that fits is given back, it is offered to the first in line, before everybody else."),
        _("An offer stands for %(time)s. Until then the time is kept for you, and nobody else can take it.") % about,
        _("You see the price and the terms before you say yes. If you do not answer, it goes to the next in line."),
        _("You keep your place after an offer that you did not take, but the same time is not offered to you again."),
        _(
            "We do not write to you in your quiet hours: a time waits for you until they end, unless it begins too soon."
        ),
        _("Your entry ends by itself after its last day. You can leave the list at any time."),
    ]


def move_label(draft: Appointment, quote: RescheduleQuote) -> str:
    """Return what the button says that takes an earlier time; it names the amount."""
    if quote.due or quote.refund or quote.credit:
        return _("Yes, move my appointment: %(cost)s") % {"cost": cost_words(draft, quote)}
    return _("Yes, move my appointment, nothing to pay")


def cost_words(draft: Appointment, quote: RescheduleQuote | None) -> str:
    """Say what an offered time costs: its price or, for a move, what is to pay or comes back."""

    def money(minor: int) -> str:
        return format_money(minor, currency=draft.chain.currency, centre=draft.centre)

    due = quote.due if quote else draft.slot.price
    if due:
        return _("You pay %(amount)s") % {"amount": money(due)}
    if quote and quote.refund:
        return _("%(amount)s comes back to you") % {"amount": money(quote.refund)}
    if quote and quote.credit:
        return _("You get %(amount)s as credit") % {"amount": money(quote.credit)}
    return _("Nothing to pay")
