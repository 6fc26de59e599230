"""Who races for a time that was given back while others wait for it, and how it must end."""

from collections.abc import Callable
from datetime import timedelta

from appointments.actor import Actor
from appointments.errors import NotAllowedError, SlotTakenError
from appointments.models import Appointment, AppointmentEvent, OfferState, OutboxMessage, Slot, SlotOffer, WaitingEntry
from appointments.usecases.answer_offer import OfferGoneError, TakenOffer, take_offer
from appointments.usecases.cancel import Cancellation, cancel_appointment
from appointments.usecases.expire import expire_draft
from appointments.usecases.hold import hold_slot
from appointments.usecases.offer_slot import offer_slot
from appointments.usecases.wait import CannotWaitError, Waiting, join_list
from tests import factories as make
from tests.appointments.waiting.rows import DAY, UNTIL, House, actor_of, fresh_offer, give_back, offered
from tests.concurrency.race import Race

_A_SECOND = timedelta(seconds=1)


def workers_offer_one_time() -> Race:
    """Three workers, one time: one offer, one message."""
    house = House()
    entries = [house.waits(), house.waits()]
    slot = give_back(house.booked())

    def judge(results: list[object]) -> bool:
        made = [one for one in results if isinstance(one, SlotOffer)]
        told = OutboxMessage.objects.filter(kind="slot_offered", patient__in=[one.patient_id for one in entries])
        return (
            [one.entry_id for one in made] == [entries[0].pk] and results.count(None) == 2 and told.count() == len(made)
        )

    return Race((_offer(slot),) * 3, judge)


def workers_offer_many_times() -> Race:
    """Three times at once, four who wait: the first three have one each, and nobody two."""
    house = House()
    entries = [house.waits() for _ in range(4)]
    slots = [give_back(house.booked(hours=hour)) for hour in range(3)]

    def judge(results: list[object]) -> bool:
        asked = sorted(one.entry_id for one in results if isinstance(one, SlotOffer))
        return asked == [one.pk for one in entries[:3]]

    return Race(tuple(_offer(slot) for slot in slots), judge)


def two_clicks_on_yes() -> Race:
    """Taken once, both get its answer."""
    offer = _offer_made()

    def judge(results: list[object]) -> bool:
        answers = sorted(one.repeated for one in results if isinstance(one, TakenOffer))
        return answers == [False, True] and _times_taken(offer) == 1

    return Race((_take(offer), _take(offer)), judge)


def yes_and_expiry() -> Race:
    """Taken, and the time to pay begins; or over, and the patient is told."""
    offer = _offer_made()

    def judge(results: list[object]) -> bool:
        state = fresh_offer(offer).state
        if isinstance(results[0], TakenOffer):
            return results[1] is False and state == OfferState.TAKEN
        return isinstance(results[0], OfferGoneError) and results[1] is True and state == OfferState.LAPSED

    return Race((_take(offer), lambda: expire_draft(appointment_id=offer.draft_id, now=UNTIL)), judge)


def yes_and_the_yes_of_the_next() -> Race:
    """The first says yes at the last moment while the time goes on to the second: one of them has it."""
    house = House()
    house.waits()
    house.waits()
    offer = offered(give_back(house.booked()))

    def pass_on_and_take() -> object:
        expire_draft(appointment_id=offer.draft_id, now=UNTIL)
        following = offer_slot(slot_id=offer.slot_id, now=UNTIL)
        return _take(following, at=UNTIL)() if following else None

    def judge(results: list[object]) -> bool:
        taken = [one for one in results if isinstance(one, TakenOffer)]
        return len(taken) == 1 and _live_in(offer.slot) == [taken[0].appointment.pk]

    return Race((_take(offer), pass_on_and_take), judge)


def yes_and_the_old_appointment_cancelled() -> Race:
    """Moved or cancelled, never both; the money once."""
    house = House()
    own, other = house.booked(hours=2), house.booked()
    house.waits_to_move(own)
    offer = offered(give_back(other))
    actor = make.patient_of(own)

    def judge(results: list[object]) -> bool:
        statuses = (make.fresh(own).status, make.fresh(offer.draft).status)
        if isinstance(results[0], TakenOffer):
            return isinstance(results[1], NotAllowedError) and statuses == ("rescheduled", "confirmed")
        gone = isinstance(results[0], OfferGoneError) and isinstance(results[1], Cancellation)
        return gone and statuses == ("cancelled", "cancelled")

    def cancel() -> object:
        return cancel_appointment(appointment_id=own.pk, actor=actor, now=make.NOW)

    return Race((_take(offer), cancel), judge)


def stranger_and_the_time_given_back() -> Race:
    """A stranger tries while it is given back and offered: they never have it."""
    house = House()
    entry, appointment = house.waits(), house.booked()
    stranger = make.PatientFactory.create()

    def release_and_offer() -> object:
        return offer_slot(slot_id=give_back(appointment).pk, now=make.NOW)

    def hold() -> object:
        return hold_slot(
            slot_id=appointment.slot_id,
            patient_id=stranger.pk,
            channel_id=house.channel.pk,
            actor=make.system(),
            now=make.NOW,
        )

    def judge(results: list[object]) -> bool:
        offer = results[0]
        is_offered = isinstance(offer, SlotOffer) and offer.entry_id == entry.pk
        return is_offered and isinstance(results[1], SlotTakenError)

    return Race((release_and_offer, hold), judge)


def patient_and_desk_join() -> Race:
    """One wish, asked for on the pages and at the desk at once: one place in line, and the second is told."""
    house, patient = House(), make.PatientFactory.create()
    house.booked(patient=patient)

    def join(actor: Actor) -> Callable[[], object]:
        wish = Waiting(doctor_id=house.doctor.pk, first_day=DAY, last_day=DAY)
        centre = house.doctor.centre
        return lambda: join_list(patient_id=patient.pk, centre=centre, wish=wish, actor=actor, now=make.NOW)

    def judge(results: list[object]) -> bool:
        refused = [one.code for one in results if isinstance(one, CannotWaitError)]
        told = OutboxMessage.objects.filter(kind="waiting_joined", patient=patient).count()
        return refused == ["waits_already"] and WaitingEntry.objects.filter(patient=patient).count() == told == 1

    desk = Actor.staff(make.staff_member(house.doctor.centre))
    return Race((join(actor_of(patient)), join(desk)), judge)


#: What goes wrong without the row locks. A stranger is kept out even then, by what is read, and a second entry by a constraint.
WAITING_RIVALS = (
    workers_offer_one_time,
    workers_offer_many_times,
    two_clicks_on_yes,
    yes_and_expiry,
    yes_and_the_yes_of_the_next,
    yes_and_the_old_appointment_cancelled,
)


def _offer_made() -> SlotOffer:
    house = House()
    house.waits()
    return offered(give_back(house.booked()))


def _offer(slot: Slot) -> Callable[[], object]:
    return lambda: offer_slot(slot_id=slot.pk, now=make.NOW)


def _take(offer: SlotOffer, *, at: object = UNTIL - _A_SECOND) -> Callable[[], object]:
    actor = actor_of(offer.entry.patient)
    return lambda: take_offer(draft_id=offer.draft_id, actor=actor, now=at)  # type: ignore[arg-type]


def _times_taken(offer: SlotOffer) -> int:
    return AppointmentEvent.objects.filter(appointment=offer.draft_id, kind="offer_taken").count()


def _live_in(slot: Slot) -> list[int]:
    over = [Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED]
    return list(slot.appointments.exclude(status__in=over).values_list("pk", flat=True))
