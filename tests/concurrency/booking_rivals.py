"""Who races for times on the clinic's own pages, and how it must end."""

from collections.abc import Callable

from appointments import bookable
from appointments.actor import Actor
from appointments.errors import NotHeldLongerError, SlotTakenError, TooManyHoldsError
from appointments.models import Appointment, Slot, User
from appointments.usecases.hold import Shown, terms_for
from appointments.usecases.hold_online import MOST_OPEN_HOLDS, OnlineHold, extend_hold, hold_online
from tests import factories as make
from tests.concurrency.race import Race
from tests.concurrency.rivals import Clinic


def two_tabs_hold_one_time(clinic: Clinic) -> Race:
    """The same account twice: one draft, both get it."""
    hold = _hold(_alone(clinic), clinic.slot())

    def judge(results: list[object]) -> bool:
        answers = [one for one in results if isinstance(one, OnlineHold)]
        repeated = sorted(one.repeated for one in answers)
        return repeated == [False, True] and len({one.appointment.pk for one in answers}) == 1

    return Race((hold, hold), judge)


def two_accounts_hold_one_time(clinic: Clinic) -> Race:
    """Two families: one has it, the other is told."""
    slot, first = clinic.slot(), _alone(clinic)
    deeds = (_hold(first, slot), _hold(_alone(clinic), slot))

    def judge(results: list[object]) -> bool:
        return sorted(type(one).__name__ for one in results) == [OnlineHold.__name__, SlotTakenError.__name__]

    return Race(deeds, judge)


def two_tabs_hold_the_last_that_may_be(clinic: Clinic) -> Race:
    """One more hold is left to the account: it gets one, whichever."""
    one = _alone(clinic)
    for _ in range(MOST_OPEN_HOLDS - 1):
        _hold(one, clinic.slot())()

    def judge(results: list[object]) -> bool:
        names = sorted(type(result).__name__ for result in results)
        held = bookable.open_holds(one.user, now=make.NOW).count()
        return names == [OnlineHold.__name__, TooManyHoldsError.__name__] and held == MOST_OPEN_HOLDS

    return Race((_hold(one, clinic.slot()), _hold(one, clinic.slot())), judge)


def two_clicks_on_more_time(clinic: Clinic) -> Race:
    """Held longer once, however often it is asked for."""
    draft = clinic.held()

    def extend() -> object:
        return extend_hold(appointment_id=draft.pk, actor=clinic.actor, now=make.NOW)

    def judge(results: list[object]) -> bool:
        until = make.fresh(draft).hold_expires_at
        names = sorted(type(result).__name__ for result in results)
        right = [Appointment.__name__, NotHeldLongerError.__name__]
        return names == right and until is not None and (until - make.NOW).total_seconds() == 30 * 60

    return Race((extend, extend), judge)


class _Patient:
    """A patient with an account, at a clinic whose patients book here."""

    def __init__(self, clinic: Clinic) -> None:
        self.patient = make.PatientFactory.create()
        assert self.patient.user is not None
        self.user: User = self.patient.user
        self.channel = clinic.channel


def _alone(clinic: Clinic) -> _Patient:
    clinic.channel.is_website = True
    clinic.channel.save(update_fields=["is_website"])
    return _Patient(clinic)


def _hold(one: _Patient, slot: Slot) -> Callable[[], object]:
    shown = Shown(slot.price, terms_for(slot, one.channel, now=make.NOW).pk)
    actor = Actor.patient(one.user)
    return lambda: hold_online(slot_id=slot.pk, patient_id=one.patient.pk, actor=actor, now=make.NOW, shown=shown)


BOOKING_RIVALS = (
    two_tabs_hold_one_time,
    two_accounts_hold_one_time,
    two_tabs_hold_the_last_that_may_be,
    two_clicks_on_more_time,
)
