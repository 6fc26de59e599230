"""Cancel: for the patient, for the hospital, at another percentage, as the doctor; and decline what waits for approval."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _

from appointments.admin.deeds import CANCEL, DECLINE
from appointments.admin.desk import Desk
from appointments.admin.forms import DecisionForm, PercentForm
from appointments.admin.pages.ask import agent_gone, ask_second_person
from appointments.admin.pages.options import Changed, Option, against_terms, alone_up_to, option, what_changed
from appointments.errors import (
    CarerRightEndedError,
    NotAllowedError,
    NotPermittedError,
    QuoteChangedError,
    ReasonMissingError,
    ReasonUnknownError,
    SecondPersonNeededError,
)
from appointments.models import Appointment
from appointments.overrides.worth import worth_of_cancelling
from appointments.quoting import cancellation_request, offer_cancellation
from appointments.usecases.cancel import cancel_appointment

OVERRIDE = "override"


def cancel_page(desk: Desk) -> HttpResponse:
    """Show what each choice gives back; on POST do the one chosen."""
    if desk.request.method != "POST" and not CANCEL.fits(desk.appointment, now=desk.now):
        return desk.back(refused=desk.as_it_stands())
    if desk.request.method == "POST" and desk.has_other_agent():
        return desk.back(refused=agent_gone())
    percent = PercentForm(desk.request.POST if desk.request.method == "POST" else desk.request.GET)
    options = _options(desk, percent)
    return _answer(desk, options, percent, title=_("Cancel appointment"), button=_("Cancel appointment"))


def decline_page(desk: Desk) -> HttpResponse:
    """Show that everything goes back; on POST decline, which is a cancellation for the hospital."""
    repeats = desk.request.method == "POST" and desk.appointment.status == Appointment.Status.CANCELLED
    if not repeats and not DECLINE.fits(desk.appointment, now=desk.now):
        return desk.back(refused=desk.as_it_stands())
    title = _("Decline appointment")
    return _answer(desk, [_for_hospital(desk, _("Declined by the hospital"))], None, title=title, button=title)


def _options(desk: Desk, percent: PercentForm) -> list[Option]:
    if desk.is_doctor:
        return [_for_hospital(desk, _("Cancelled by the doctor"))]
    if desk.agent:
        return [_for_patient(desk)]
    options = [_for_patient(desk), _for_hospital(desk, _("For the hospital"))]
    if desk.request.POST.get("choice") == OVERRIDE and not desk.actor.may_override_percentage:
        raise PermissionDenied
    if desk.actor.may_override_percentage and "percent" in percent.data and percent.is_valid():
        options.append(_overridden(desk, percent))
    return options


def _for_patient(desk: Desk) -> Option:
    request = cancellation_request(actor=desk.actor, for_hospital=False, override_percent=None)
    offer = offer_cancellation(appointment=desk.appointment, actor=desk.actor, request=request, now=desk.now)
    note = _("The patient’s terms decide how much comes back.")
    return option(desk, offer, name="patient", title=_("Asked by the patient"), note=note)


def _for_hospital(desk: Desk, title: str) -> Option:
    request = cancellation_request(actor=desk.actor, for_hospital=True, override_percent=None)
    offer = offer_cancellation(appointment=desk.appointment, actor=desk.actor, request=request, now=desk.now)
    note = _("Everything comes back, fees for moving included.")
    return option(desk, offer, name="hospital", title=title, note=note, for_hospital=True)


def _overridden(desk: Desk, form: PercentForm) -> Option:
    percent = form.cleaned_data["percent"]
    request = cancellation_request(actor=desk.actor, for_hospital=False, override_percent=percent)
    offer = offer_cancellation(appointment=desk.appointment, actor=desk.actor, request=request, now=desk.now)
    note = _("Set by you against the terms. Say why in your words.")
    title = _("%(percent)s%% by your decision") % {"percent": percent.normalize().to_eng_string()}
    words = {}
    if offer.quote.allowed:
        words = against_terms(desk, worth_of_cancelling(desk.appointment, percent=percent, now=desk.now))
    return option(desk, offer, name=OVERRIDE, title=title, note=note, override=True, percent=percent, **words)


def _answer(desk: Desk, options: list[Option], percent: PercentForm | None, *, title: str, button: str) -> HttpResponse:
    named = {option.name: option for option in options}
    is_post = desk.request.method == "POST"
    form = DecisionForm(
        desk.request.POST if is_post else None,
        choices=[(option.name, option.title) for option in options],
        kind=desk.actor.kind,
    )
    changed: Changed | None = None
    if is_post and form.is_valid():
        chosen = named[form.cleaned_data["choice"]]
        try:
            return _cancel(desk, chosen, form)
        except QuoteChangedError as error:
            changed = what_changed(desk, error, chosen=chosen.name)
        except ReasonMissingError as error:
            form.ask_for(error.field)
        except ReasonUnknownError:
            form.ask_for("code")
    return desk.page(
        "decide.html",
        title=_("The refund has changed") if changed else title,
        status=409 if changed else 200,
        button=button,
        options=options,
        form=form,
        changed=changed,
        is_possible=any(not option.refused for option in options),
        percent_form=percent if desk.actor.may_override_percentage else None,
        alone=alone_up_to(desk),
        asks_first=any(option.second_person for option in options),
        is_final=True,
    )


def _cancel(desk: Desk, chosen: Option, form: DecisionForm) -> HttpResponse:
    """Make the one call. Raises QuoteChangedError, ReasonMissingError or ReasonUnknownError."""
    try:
        done = cancel_appointment(
            appointment_id=desk.appointment.pk,
            actor=desk.actor,
            now=desk.now,
            reason=form.chosen_reason(),
            quote_token=desk.request.POST.get(f"token_{chosen.name}", ""),
            for_hospital=chosen.for_hospital,
            override_percent=chosen.percent,
        )
    except NotAllowedError as error:
        return desk.back(refused=desk.refused(error.quote.refusal) if error.quote.refusal else "")
    except NotPermittedError as error:
        raise PermissionDenied from error
    except CarerRightEndedError:
        return desk.back(refused=agent_gone())
    except SecondPersonNeededError:
        return ask_second_person(desk, reason=form.chosen_reason(), percent=chosen.percent)
    if done.repeated:
        return desk.back(done=_("This appointment is already cancelled."))
    refund = desk.money(int((done.event.quote or {})["refund"]))
    return desk.back(done=_("Appointment cancelled. %(amount)s goes back.") % {"amount": refund})
