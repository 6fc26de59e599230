"""Move: choose a slot with its price beside it, then see what each choice costs, then do it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import queries
from appointments.admin.deeds import MOVE, PAY, may_do
from appointments.admin.desk import Desk
from appointments.admin.forms import DecisionForm, SlotSearchForm
from appointments.admin.pages.ask import agent_gone, ask_second_person
from appointments.admin.pages.options import Changed, Option, against_terms, option, what_changed
from appointments.days import midnights
from appointments.errors import (
    CarerRightEndedError,
    NotAllowedError,
    NotPermittedError,
    QuoteChangedError,
    ReasonMissingError,
    ReasonUnknownError,
    SecondPersonNeededError,
    SlotTakenError,
)
from appointments.facts import booking_facts
from appointments.models import Slot
from appointments.overrides.worth import worth_of_moving
from appointments.quoting import move_as_owed, offer_reschedule, reschedule_request
from appointments.usecases.reschedule import reschedule_appointment
from appointments.wording.formats import format_clock, format_day, format_money, zone_name
from policies.queries import terms_of
from policies.rules.facts import Target
from policies.rules.quote import RescheduleQuote
from policies.rules.rescheduling import quote_reschedule

OVERRIDE = "override"
_DAYS = 14
_MOST_SLOTS = 120  # a page; whoever wants more chooses a day or a doctor


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One free slot beside what moving there means for the patient."""

    slot: Slot
    clock: str
    price: str
    money: str
    refused: str
    address: str


def slots_page(desk: Desk) -> HttpResponse:
    """Show the free slots of the centre, by day and doctor."""
    if not MOVE.fits(desk.appointment, now=desk.now):
        return desk.back(refused=desk.as_it_stands())
    centre = desk.appointment.centre
    form = SlotSearchForm(desk.request.GET or None, centre_id=centre.pk)
    day = form.chosen_day()
    first, until = _span(desk, day)
    doctor = form.chosen_doctor()
    found = queries.free_slots(
        centre_id=centre.pk, now=max(first, desk.now), until=until, doctor_id=doctor.pk if doctor else None
    )
    slots = list(found[: _MOST_SLOTS + 1])
    return desk.page(
        "slots.html",
        title=_("Move to another time"),
        form=form,
        days=_by_day(desk, slots[:_MOST_SLOTS]),
        has_more=len(slots) > _MOST_SLOTS,
        zone=zone_name(desk.now, centre=centre),
        is_one_day=day is not None,
    )


def move_page(desk: Desk, slot_id: int) -> HttpResponse:
    """Show what moving to a slot costs by each choice; on POST do the one chosen."""
    centre = desk.appointment.centre
    slot = queries.slot_of_centre(slot_id=slot_id, centre_id=centre.pk)
    if slot is None:
        raise Http404
    is_post = desk.request.method == "POST"
    if not is_post and not MOVE.fits(desk.appointment, now=desk.now):
        return desk.back(refused=desk.as_it_stands())
    if is_post and desk.has_other_agent():
        return desk.back(refused=agent_gone())
    if desk.request.POST.get("choice") == OVERRIDE and not desk.actor.may_override_reschedule_rules:
        raise PermissionDenied
    options = _options(desk, slot)
    form = DecisionForm(
        desk.request.POST if is_post else None,
        choices=[(option.name, option.title) for option in options],
        kind=desk.actor.kind,
    )
    changed: Changed | None = None
    if is_post and form.is_valid():
        chosen = next(option for option in options if option.name == form.cleaned_data["choice"])
        try:
            return _move(desk, slot, chosen, form)
        except CarerRightEndedError:
            return desk.back(refused=agent_gone())
        except QuoteChangedError as error:
            changed = what_changed(desk, error, chosen=chosen.name)
        except ReasonMissingError as error:
            form.ask_for(error.field)
        except ReasonUnknownError:
            form.ask_for("code")
    return desk.page(
        "decide.html",
        title=_("The money has changed") if changed else _("Move appointment"),
        status=409 if changed else 200,
        button=_("Move appointment"),
        options=options,
        form=form,
        changed=changed,
        is_possible=any(not option.refused for option in options),
        target=_("%(when)s with %(doctor)s") % {"when": desk.moment(slot.starts_at), "doctor": slot.doctor},
        other_url=reverse("admin:appointments_appointment_move", args=[desk.appointment.pk]),
    )


def _span(desk: Desk, day: date | None) -> tuple[datetime, datetime]:
    """Return from when to when slots are shown: the day at the centre, or two weeks from now."""
    if day is None or not 1900 < day.year < 2200:
        return desk.now, desk.now + timedelta(days=_DAYS)
    begin, end = midnights(day, zone=desk.appointment.centre.zone)
    # One microsecond earlier, since slots are those after the moment given.
    return begin - timedelta(microseconds=1), end


def _by_day(desk: Desk, slots: Iterable[Slot]) -> list[tuple[str, list[SlotRow]]]:
    """Return the slots with the patient's price for each, in groups of a day. The facts are read once."""
    appointment = desk.appointment
    booking, terms = booking_facts(appointment), terms_of(appointment.chain.terms)
    asked = reschedule_request(actor=desk.actor, for_hospital=False, override=False)
    request = move_as_owed(asked, appointment=appointment)
    rows: list[tuple[str, SlotRow]] = []
    for slot in slots:
        target = Target(starts_at=slot.starts_at, doctor=str(slot.doctor_id), price=slot.price, available=True)
        quote = quote_reschedule(terms, booking, target, request, desk.now)
        rows.append((format_day(slot.starts_at, centre=appointment.centre), _row(desk, slot, quote)))
    return [(day, [row for _day, row in group]) for day, group in groupby(rows, key=lambda pair: pair[0])]


def _row(desk: Desk, slot: Slot, quote: RescheduleQuote) -> SlotRow:
    centre = desk.appointment.centre
    return SlotRow(
        slot=slot,
        clock=format_clock(slot.starts_at, centre=centre),
        price=format_money(slot.price, currency=desk.appointment.chain.currency, centre=centre),
        money=_money_words(desk, quote),
        refused="" if quote.refusal is None else desk.refused(quote.refusal, slot=slot),
        address=reverse("admin:appointments_appointment_move_to", args=[desk.appointment.pk, slot.pk]),
    )


def _money_words(desk: Desk, quote: RescheduleQuote) -> str:
    if quote.due:
        fee = _(" (fee %(fee)s)") % {"fee": desk.money(quote.fee)} if quote.fee else ""
        return _("%(amount)s to pay") % {"amount": desk.money(quote.due)} + fee
    if quote.credit:
        return _("%(amount)s as credit") % {"amount": desk.money(quote.credit)}
    if quote.refund:
        return _("%(amount)s back") % {"amount": desk.money(quote.refund)}
    return _("Nothing to pay")


def _options(desk: Desk, slot: Slot) -> list[Option]:
    asked = _option(desk, slot, "patient", _("Asked by the patient"), _("Counts as a move by the patient."))
    if desk.agent:
        return [asked]
    options = [
        asked,
        _option(desk, slot, "hospital", _("For the hospital"), _("No fee, and it does not count."), for_hospital=True),
    ]
    if desk.actor.may_override_reschedule_rules:
        title, note = _("Against the rules"), _("By your right to set count, window and doctor aside. Say why.")
        options.append(_option(desk, slot, OVERRIDE, title, note, override=True))
    return options


def _option(
    desk: Desk, slot: Slot, name: str, title: str, note: str, *, for_hospital: bool = False, override: bool = False
) -> Option:
    request = reschedule_request(actor=desk.actor, for_hospital=for_hospital, override=override)
    offer = offer_reschedule(appointment=desk.appointment, slot=slot, actor=desk.actor, request=request, now=desk.now)
    words = {}
    if override and offer.quote.allowed:
        words = against_terms(desk, worth_of_moving(desk.appointment, slot=slot, now=desk.now))
    return option(desk, offer, name=name, title=title, note=note, for_hospital=for_hospital, override=override, **words)


def _move(desk: Desk, slot: Slot, chosen: Option, form: DecisionForm) -> HttpResponse:
    """Make the one call. Raises QuoteChangedError, ReasonMissingError, ReasonUnknownError or CarerRightEndedError."""
    try:
        done = reschedule_appointment(
            appointment_id=desk.appointment.pk,
            slot_id=slot.pk,
            actor=desk.actor,
            now=desk.now,
            reason=form.chosen_reason(),
            quote_token=desk.request.POST.get(f"token_{chosen.name}", ""),
            for_hospital=chosen.for_hospital,
            override=chosen.override,
        )
    except NotAllowedError as error:
        return _choose_again(desk, desk.refused(error.quote.refusal, slot=slot) if error.quote.refusal else "")
    except SlotTakenError:
        return _choose_again(desk, _("That time has just been taken. Select another time"))
    except NotPermittedError as error:
        raise PermissionDenied from error
    except SecondPersonNeededError:
        return ask_second_person(desk, reason=form.chosen_reason(), slot_id=slot.pk)
    if not done.is_waiting_for_payment:
        return desk.back(done=_("Appointment moved."), to=done.appointment)
    due = desk.money(done.quote.due)
    if may_do(PAY, user=desk.user):
        messages.info(desk.request, _("The new time is held. The move is done once %(due)s is paid.") % {"due": due})
        return HttpResponseRedirect(reverse("admin:appointments_appointment_pay", args=[done.appointment.pk]))
    return desk.back(done=_("The new time is held until %(due)s is paid.") % {"due": due})


def _choose_again(desk: Desk, sentence: str) -> HttpResponse:
    messages.error(desk.request, sentence)
    return HttpResponseRedirect(reverse("admin:appointments_appointment_move", args=[desk.appointment.pk]))
