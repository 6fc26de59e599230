"""What both ways of booking at the desk share: whose time it is, the hold for somebody known, and where it goes on."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import queries
from appointments.actor import Actor
from appointments.admin.board.page import board_address
from appointments.admin.deeds import PAY, may_do
from appointments.admin.scope import centres_shown, is_doctor_desk
from appointments.errors import SlotTakenError
from appointments.models import Appointment, Slot, User
from appointments.usecases.book import book_unpaid
from appointments.usecases.hold import hold_slot
from policies.errors import NoPolicyInForce


def may_book_or_404(user: User, slot_id: int) -> Slot:
    """Return a time that this account may book for patients. Raises PermissionDenied, or Http404 for one of another centre."""
    if is_doctor_desk(user) or not user.has_perm("appointments.book_appointment"):
        raise PermissionDenied
    slots = (queries.slot_of_centre(slot_id=slot_id, centre_id=int(pk)) for pk in centres_shown(user))
    slot = next(filter(None, slots), None)
    if slot is None:
        raise Http404
    return slot


def hold_for(
    request: HttpRequest, slot: Slot, user: User, *, patient_id: int, channel_id: int, now: datetime
) -> HttpResponse:
    """Hold the time for a patient on record, book it where there is nothing to pay, and lead to where it goes on."""
    actor = Actor.staff(user)
    day = slot.starts_at.astimezone(slot.doctor.centre.zone).date()
    try:
        draft = hold_slot(slot_id=slot.pk, patient_id=patient_id, channel_id=channel_id, actor=actor, now=now)
    except SlotTakenError:
        messages.error(request, _("That time has just been taken. Select another time"))
        return HttpResponseRedirect(board_address(slot.doctor.centre, day))
    except NoPolicyInForce:
        messages.error(request, _("Nothing was booked: no terms are in force. A policy has to be published first."))
        return HttpResponseRedirect(board_address(slot.doctor.centre, day))
    if not slot.price:
        book_unpaid(appointment_id=draft.pk, actor=actor, now=now)
    return go_on(request, slot, user, draft)


def go_on(request: HttpRequest, slot: Slot, user: User, appointment: Appointment) -> HttpResponse:
    """Say what was done, and lead to the payment or to the booking."""
    if not slot.price:
        messages.success(request, _("The appointment is booked."))
    else:
        messages.info(request, _("The time is held. It is booked once it is paid."))
        if may_do(PAY, user=user):
            return HttpResponseRedirect(reverse("admin:appointments_appointment_pay", args=[appointment.pk]))
    return HttpResponseRedirect(reverse("admin:appointments_appointment_change", args=[appointment.pk]))
