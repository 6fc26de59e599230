"""The terms of a booking in sentences. Patients' pages and the desk show the same."""

from django.utils.translation import gettext as _

from appointments.facts import channel_facts
from appointments.models import Appointment
from appointments.wording.explain import notice_words
from appointments.wording.formats import format_money, reader_locale
from policies.queries import terms_of
from policies.words import describe_terms


def policy_words(appointment: Appointment) -> list[str]:
    """Return the terms in sentences, with what the booking channel adds to them."""
    chain, centre = appointment.chain, appointment.centre
    terms, channel = terms_of(chain.terms), chain.channel
    example = chain.held or appointment.slot.price or None
    words = describe_terms(terms, currency=chain.currency, example=example, locale=reader_locale(centre))
    about = {"channel": channel.name}
    deadline = channel_facts(channel).deadline
    if deadline is not None and deadline > terms.cancellation.window:
        notice = notice_words(int(deadline.total_seconds()))
        text = _("You booked with %(channel)s: online you can cancel until %(notice)s before the start.")
        words.append(text % (about | {"notice": notice}))
    if channel.handling_fee:
        text = _("%(channel)s takes a handling fee of %(fee)s when you cancel.")
        words.append(
            text % (about | {"fee": format_money(channel.handling_fee, currency=chain.currency, centre=centre)})
        )
    return words
