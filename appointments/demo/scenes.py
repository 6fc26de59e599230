"""The appointments of the demonstration: one on each side of every boundary, and one in every state."""

from datetime import datetime, time, timedelta

from appointments.demo.deeds import Deeds, catch_up, send_refunds, settle_refunds
from appointments.demo.people import ARJUN, GEORGE, IMRAN, ISHAAN, MEERA, SUNITA, ZARA
from appointments.demo.places import (
    BIRCH,
    CHANDRA,
    DESHPANDE,
    IYER,
    JOSHI,
    KULKARNI,
    LONDON_PORTAL,
    LONDON_WALLET,
    MENON,
    MINI_PROGRAM,
    OKAFOR,
    PATIL,
    PLATFORM,
    PORTAL,
    RAO,
    SHAIKH,
    WHITFIELD,
    DoctorPlan,
)
from appointments.models import Appointment, Slot
from appointments.usecases.offer_slot import offer_slot
from policies.rules.facts import PaymentMethod

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_QUARTER = timedelta(minutes=15)

Scenes = dict[str, Appointment]


def play_scenes(deeds: Deeds, *, now: datetime) -> Scenes:
    """Play every scene and return its appointment by name. Afterwards nothing is overdue but the mails."""
    scenes: Scenes = {}
    for scene in (_meera, _meera_before, _arjun, _zara, _sunita, _imran, _walk_ins, _george):
        scenes |= scene(deeds, now)
    catch_up(now=now)
    return scenes


def from_now(hours: float, *, now: datetime) -> datetime:
    """Return the last quarter of an hour that is no more than so many hours away."""
    wanted = now + timedelta(hours=hours)
    return wanted - timedelta(minutes=wanted.minute % 15, seconds=wanted.second, microseconds=wanted.microsecond)


def _meera(deeds: Deeds, now: datetime) -> Scenes:
    def on(doctor: DoctorPlan, days: int, hour: int, minute: int = 0) -> datetime:
        return deeds.places.working_day(doctor, days, time(hour, minute), now=now)

    full = deeds.book(MEERA, DESHPANDE, on(DESHPANDE, 6, 10, 30), channel=PORTAL, now=now - 10 * _DAY)
    three_quarters = deeds.book(MEERA, RAO, from_now(23, now=now), channel=PORTAL, now=now - 3 * _DAY)
    first = deeds.book(MEERA, SHAIKH, on(SHAIKH, 4, 11), channel=PORTAL, now=now - 9 * _DAY)
    moved_once = deeds.move(first, SHAIKH, on(SHAIKH, 5, 15), patient=MEERA, now=now - 2 * _DAY).appointment
    dearer_evenings = deeds.book(MEERA, KULKARNI, on(KULKARNI, 3, 9, 30), channel=PORTAL, now=now - 5 * _DAY)
    deeds.wait_for_earlier(full, DESHPANDE, now=now - _HOUR)
    return {
        "full": full,
        "three_quarters": three_quarters,
        "moved_from": first,
        "moved_once": moved_once,
        "dearer_evenings": dearer_evenings,
    }


def _meera_before(deeds: Deeds, now: datetime) -> Scenes:
    last_week = deeds.places.working_day(MENON, -5, time(16, 30), now=now)
    completed = deeds.treat(deeds.book(MEERA, MENON, last_week, channel=PORTAL, now=now - 20 * _DAY))
    in_two_days = deeds.places.working_day(JOSHI, 2, time(14, 0), now=now)
    refunded = deeds.book(MEERA, JOSHI, in_two_days, channel=PORTAL, now=now - 12 * _DAY)
    event = deeds.cancel_for(refunded, patient=MEERA, now=now - 4 * _DAY)
    send_refunds(now=now - 4 * _DAY + timedelta(seconds=20))
    settle_refunds(event, now=now - 2 * _DAY)
    return {"completed": completed, "refunded": refunded}


def _arjun(deeds: Deeds, now: datetime) -> Scenes:
    half = deeds.book(ARJUN, RAO, from_now(11, now=now), channel=PORTAL, now=now - 2 * _DAY)
    nothing = deeds.book(ARJUN, RAO, from_now(1.9, now=now), channel=PORTAL, now=now - 3 * _DAY)
    just_booked = deeds.book(ARJUN, RAO, from_now(6, now=now), channel=PORTAL, now=now - _QUARTER)
    yesterday = from_now(-26, now=now)
    missed = deeds.miss(deeds.book(ARJUN, RAO, yesterday, channel=PORTAL, now=yesterday - 6 * _DAY))
    return {"half": half, "nothing": nothing, "cooling_off": just_booked, "missed": missed}


def _zara(deeds: Deeds, now: datetime) -> Scenes:
    def on(doctor: DoctorPlan, days: int, hour: int) -> datetime:
        return deeds.places.working_day(doctor, days, time(hour, 0), now=now)

    first = deeds.book(ZARA, MENON, on(MENON, 3, 10), channel=PORTAL, now=now - 8 * _DAY)
    second = deeds.move(first, MENON, on(MENON, 4, 10), patient=ZARA, now=now - 6 * _DAY).appointment
    third = deeds.move(second, MENON, on(MENON, 6, 11), patient=ZARA, now=now - 5 * _DAY).appointment
    moved_twice = deeds.pay_by_card(third, now=now - 5 * _DAY + timedelta(minutes=3))
    approval = deeds.book(ZARA, IYER, on(IYER, 5, 11), channel=PORTAL, now=now - 2 * _HOUR)
    draft = deeds.hold(ZARA, JOSHI, on(JOSHI, 2, 15), channel=PORTAL, now=now - timedelta(minutes=12))
    return {"moved_twice": moved_twice, "approval": approval, "draft": draft}


def _sunita(deeds: Deeds, now: datetime) -> Scenes:
    def on(doctor: DoctorPlan, days: int, hour: int) -> datetime:
        return deeds.places.working_day(doctor, days, time(hour, 30), now=now)

    booked_at = now - 7 * _DAY
    insured = deeds.hold(SUNITA, DESHPANDE, on(DESHPANDE, 4, 14), channel=PORTAL, now=booked_at)
    deeds.pay_at_desk(
        insured, method=PaymentMethod.INSURANCE, amount=700_00, receipt="INS-20418", now=booked_at + _QUARTER / 3
    )
    insured = deeds.pay_by_card(insured, now=booked_at + _QUARTER / 2)
    cash = deeds.hold(SUNITA, KULKARNI, on(KULKARNI, 5, 10), channel=PORTAL, now=booked_at)
    cash = deeds.pay_at_desk(cash, method=PaymentMethod.CASH, receipt="C-7311", now=booked_at + _QUARTER / 2)
    parts = deeds.hold(SUNITA, SHAIKH, on(SHAIKH, 7, 9), channel=PORTAL, now=booked_at)
    deeds.pay_at_desk(parts, method=PaymentMethod.CASH, amount=400_00, receipt="C-7312", now=booked_at + _QUARTER / 3)
    parts = deeds.pay_by_card(parts, now=booked_at + _QUARTER / 2)
    own_terms = deeds.book(SUNITA, PATIL, on(PATIL, 8, 11), channel=PORTAL, now=now - 6 * _DAY)
    return {"insured": insured, "cash": cash, "two_parts": parts, "own_terms": own_terms}


def _imran(deeds: Deeds, now: datetime) -> Scenes:
    def on(doctor: DoctorPlan, days: int, hour: int, minute: int = 0) -> datetime:
        return deeds.places.working_day(doctor, days, time(hour, minute), now=now)

    wallet = deeds.book(IMRAN, SHAIKH, on(SHAIKH, 6, 14, 30), channel=MINI_PROGRAM, now=now - 5 * _DAY)
    too_late = deeds.book(IMRAN, RAO, from_now(20, now=now), channel=MINI_PROGRAM, now=now - 4 * _DAY)
    platform = deeds.book(IMRAN, DESHPANDE, on(DESHPANDE, 7, 16, 30), channel=PLATFORM, now=now - 3 * _DAY)
    # The sandbox's card is closed for refunds whose amount ends in 11: a price with tax that does.
    trouble_at = on(JOSHI, 5, 12, 45)
    Slot.objects.create(
        doctor=deeds.places.doctors[JOSHI], starts_at=trouble_at, ends_at=trouble_at + _QUARTER, price=1049_11
    )
    failed = deeds.book(IMRAN, JOSHI, trouble_at, channel=PORTAL, now=now - 6 * _DAY)
    deeds.cancel_for(failed, patient=IMRAN, now=now - 2 * _DAY, reason="cannot_travel")
    send_refunds(now=now - 2 * _DAY + timedelta(seconds=20))
    return {"wallet": wallet, "wallet_too_late": too_late, "platform": platform, "refund_failed": failed}


def _walk_ins(deeds: Deeds, now: datetime) -> Scenes:
    starts_at = deeds.places.working_day(MENON, 2, time(9, 30), now=now)
    by_phone = deeds.hold(ISHAAN, MENON, starts_at, channel=PORTAL, now=now - 6 * _DAY)
    by_phone = deeds.pay_at_desk(
        by_phone, method=PaymentMethod.BANK_TRANSFER, receipt="NEFT-55120", now=now - 6 * _DAY + _QUARTER / 2
    )
    # Whoever waits is offered what Sunita gives back below.
    deeds.wait(ARJUN, KULKARNI, days=21, now=now - 2 * _DAY)
    deeds.wait(IMRAN, DESHPANDE, days=21, now=now - 3 * _DAY)
    starts_at = deeds.places.working_day(KULKARNI, 4, time(16, 0), now=now)
    by_hand = deeds.hold(SUNITA, KULKARNI, starts_at, channel=PORTAL, now=now - 8 * _DAY)
    by_hand = deeds.pay_at_desk(by_hand, method=PaymentMethod.CASH, receipt="C-7290", now=now - 8 * _DAY + _QUARTER / 2)
    deeds.cancel_for(by_hand, patient=SUNITA, now=now - _DAY)
    offer_slot(slot_id=by_hand.slot_id, now=now)
    return {"by_phone": by_phone, "cash_to_hand_out": by_hand}


def _george(deeds: Deeds, now: datetime) -> Scenes:
    def on(doctor: DoctorPlan, days: int, hour: int) -> datetime:
        return deeds.places.working_day(doctor, days, time(hour, 0), now=now)

    full = deeds.book(GEORGE, OKAFOR, on(OKAFOR, 6, 10), channel=LONDON_PORTAL, now=now - 9 * _DAY)
    soon = deeds.book(GEORGE, BIRCH, from_now(13, now=now), channel=LONDON_PORTAL, now=now - 2 * _DAY)
    wallet = deeds.book(GEORGE, CHANDRA, on(CHANDRA, 5, 15), channel=LONDON_WALLET, now=now - 4 * _DAY)
    waiting = deeds.book(GEORGE, WHITFIELD, on(WHITFIELD, 4, 9), channel=LONDON_PORTAL, now=now - 5 * _DAY)
    evening = deeds.places.working_day(WHITFIELD, 4, time(18, 0), now=now)
    move = deeds.move(waiting, WHITFIELD, evening, patient=GEORGE, now=now - timedelta(minutes=2))
    return {
        "london_full": full,
        "london_soon": soon,
        "london_wallet": wallet,
        "move_waiting_for_payment": waiting,
        "held_by_that_move": move.appointment,
    }
