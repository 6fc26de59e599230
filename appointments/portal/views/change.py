"""Moving an appointment: choose a time, check, do it, and the page that says it is done."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import queries
from appointments.errors import NotAllowedError, QuoteChangedError, ReasonMissingError, ReasonUnknownError
from appointments.facts import open_case
from appointments.models import Appointment, Slot
from appointments.offers import RescheduleOffer
from appointments.portal.access import PatientRequest, actor_of, own_appointment, patient_page, seen_appointment
from appointments.portal.answers import ChangeAnswers
from appointments.portal.change_steps import current_offer, filter_form, offered_slots, refusal_of, slot_sent
from appointments.portal.presenters import changing
from appointments.portal.reasons import is_required
from appointments.usecases.reschedule import reschedule_appointment
from policies.rules.quote import Refusal

_ABOUT_THE_SLOT = (Refusal.SLOT_IN_PAST, Refusal.SLOT_UNAVAILABLE, Refusal.SAME_SLOT, Refusal.SAME_DOCTOR_REQUIRED)


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PatientRequest, reference: str) -> HttpResponse:
    """Offer free times with what each costs; POST takes one and goes on to the check."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    if elsewhere := _elsewhere(appointment):
        return elsewhere
    refusal = refusal_of(appointment, now=now)
    if refusal:
        return render(request, "portal/change_refused.html", changing.refused_page(appointment, refusal))
    answers = ChangeAnswers.load(request, appointment)
    if request.method == "POST":
        return _take_slot(request, appointment, answers)
    form = filter_form(appointment, request.GET, now=now)
    offered = offered_slots(appointment, form, actor=actor_of(request), now=now)
    days = changing.days_of(offered.choices, appointment, chosen=answers.slot)
    page = changing.choose_page(appointment, days, problem=answers.problem, now=now)
    if answers.problem:
        answers.problem = ""
        answers.save(request, appointment)
    return render(request, "portal/change_choose.html", page | {"filter": form, "more_from": offered.more_from})


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PatientRequest, reference: str) -> HttpResponse:
    """Show old and new beside each other and what it costs; POST moves by the figures that were shown."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    if elsewhere := _elsewhere(appointment):
        return elsewhere
    answers = ChangeAnswers.load(request, appointment)
    if request.method == "POST":
        return _move(request, appointment, answers)
    slot = slot_sent(appointment, str(answers.slot or ""))
    if slot is None:
        return redirect("portal:change", appointment.reference)
    if is_required(appointment) and not answers.has_reason:
        return redirect("portal:change_reason", appointment.reference)
    offer = current_offer(appointment, slot, actor=actor_of(request), answers=answers, now=now)
    if not offer.quote.allowed:
        return _refuse(request, appointment, answers, slot, offer.quote.refusal)
    answers.show(offer)
    answers.save(request, appointment)
    return render(request, "portal/change_check.html", changing.check_page(offer, answers, now=now))


@patient_page
@require_safe
def changed(request: PatientRequest, reference: str) -> HttpResponse:
    """Say that it is done; the address, which names the old appointment, can be opened again at any time."""
    old = seen_appointment(request, reference)
    new = queries.successor(old)
    if new is None:
        return redirect("portal:appointment", old.reference)
    return render(request, "portal/changed.html", changing.changed_page(old, new))


def _elsewhere(appointment: Appointment) -> HttpResponse | None:
    """Return where to go with an appointment that was moved, or whose doctor is away."""
    if appointment.status == Appointment.Status.RESCHEDULED:
        return redirect("portal:changed", appointment.reference)
    return redirect("portal:away", appointment.reference) if open_case(appointment) else None


def _take_slot(request: PatientRequest, appointment: Appointment, answers: ChangeAnswers) -> HttpResponse:
    """Keep the time that was chosen. Whether it can be had is judged on the next page and once more when it is done."""
    sent = request.POST.get("slot", "")
    slot = slot_sent(appointment, sent)
    if slot is None:
        answers.problem = _taken() if sent else _("Select a new date and time")
        answers.save(request, appointment)
        return redirect("portal:change", appointment.reference)
    answers.choose(slot.pk)
    answers.save(request, appointment)
    return redirect("portal:change_check", appointment.reference)


def _move(request: PatientRequest, appointment: Appointment, answers: ChangeAnswers) -> HttpResponse:
    """Move once, to the slot and by the token that were shown; whatever stands in the way leads to the page that says so."""
    slot = slot_sent(appointment, request.POST.get("slot", ""))
    if slot is None:
        return _refuse(request, appointment, answers, None, Refusal.SLOT_UNAVAILABLE)
    try:
        done = reschedule_appointment(
            appointment_id=appointment.pk,
            slot_id=slot.pk,
            actor=actor_of(request),
            now=timezone.now(),
            reason=answers.reason,
            quote_token=request.POST.get("token", ""),
        )
    except QuoteChangedError as error:
        return _show_new_offer(request, appointment, answers, error)
    except NotAllowedError as error:
        return _refuse(request, appointment, answers, slot, error.refusal)
    except (ReasonMissingError, ReasonUnknownError):
        answers.has_problem = True
        answers.save(request, appointment)
        return redirect("portal:change_reason", appointment.reference)
    if done.is_waiting_for_payment:
        return redirect("portal:change_pay", appointment.reference)
    ChangeAnswers.forget(request, appointment)
    return redirect("portal:changed", appointment.reference)


def _show_new_offer(
    request: PatientRequest, appointment: Appointment, answers: ChangeAnswers, error: QuoteChangedError
) -> HttpResponse:
    """Go back to the check with the figures of now; it says when they differ from those shown before."""
    offer = error.offer
    assert isinstance(offer, RescheduleOffer)
    answers.choose(offer.slot.pk)
    answers.show(offer)
    answers.save(request, appointment)
    return redirect("portal:change_check", appointment.reference)


def _refuse(
    request: PatientRequest,
    appointment: Appointment,
    answers: ChangeAnswers,
    slot: Slot | None,
    refusal: Refusal | None,
) -> HttpResponse:
    """Go back to fresh times, with the reason when it is about the chosen one."""
    if slot is None:
        answers.problem = _taken()
    elif refusal in _ABOUT_THE_SLOT:
        answers.problem = changing.slot_words(slot, refusal, appointment)
    answers.slot = None
    answers.save(request, appointment)
    return redirect("portal:change", appointment.reference)


def _taken() -> str:
    return _("That time has just been taken. Select another time")
