"""Why something may not be done, in a sentence for the patient that says what to do instead."""

from django.utils.translation import gettext as _

from appointments.models import Appointment, Slot
from appointments.wording.formats import format_moment
from policies.queries import terms_of
from policies.rules.cancellation import last_moment_notice
from policies.rules.facts import Booking
from policies.rules.quote import Refusal


def refusal_words(refusal: Refusal, *, appointment: Appointment, booking: Booking, slot: Slot | None = None) -> str:
    """Return the sentence for a refusal about this appointment (and the slot chosen for a move)."""
    centre = appointment.centre
    channel = appointment.chain.channel
    terms = terms_of(appointment.chain.terms)
    if refusal is Refusal.USE_CHANNEL:
        phone = _(" or call %(phone)s") % {"phone": channel.entrance_phone} if channel.entrance_phone else ""
        return _("You booked with %(channel)s. Cancel or change it there: %(entrance)s%(phone)s.") % {
            "channel": channel.name,
            "entrance": channel.entrance_text,
            "phone": phone,
        }
    if refusal is Refusal.WINDOW_CLOSED:
        notice = terms.reschedule.window if slot else last_moment_notice(terms.cancellation, booking)
        until = format_moment(booking.starts_at - notice, centre=centre)
        return _("This could be done online until %(until)s.") % {"until": until}
    if refusal is Refusal.MAX_RESCHEDULES:
        return _(
            "This appointment has been moved as often as the clinic allows (%(count)d). Cancel it and book again."
        ) % {"count": terms.reschedule.max_reschedules}
    return {
        Refusal.NOT_CANCELLABLE: _("This appointment can no longer be cancelled."),
        Refusal.NOT_RESCHEDULABLE: _("This appointment can no longer be moved."),
        Refusal.APPOINTMENT_STARTED: _("The appointment has started."),
        Refusal.SAME_DOCTOR_REQUIRED: _("The clinic’s terms keep this appointment with the same doctor."),
        Refusal.SLOT_IN_PAST: _("That time has passed. Select another time"),
        Refusal.SAME_SLOT: _("That is the time you already have. Select another time"),
        Refusal.SLOT_UNAVAILABLE: _("That time has just been taken. Select another time"),
    }[refusal]
