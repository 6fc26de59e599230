"""The demonstration's data: every boundary and every state is there, whatever the hour and the day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from appointments import queries
from appointments.actor import Actor
from appointments.demo.build import Demo, build_demo
from appointments.demo.people import MEERA, PATIENTS, STAFF, ZARA
from appointments.models import Centre, Doctor, Slot, User
from appointments.quoting import cancellation_request, offer_cancellation, offer_reschedule, reschedule_request
from policies.rules.quote import CancellationQuote, Refusal, RescheduleQuote
from refunds import queries as refund_queries
from refunds.models import Refund
from tests.appointments.rows import snapshot
from tests.factories import fresh

MONDAY_MORNING = datetime(2025, 6, 2, 6, 40, tzinfo=UTC)
#: The clocks of London go forward within three hours, and nobody works for the next 30.
SATURDAY_NIGHT = datetime(2025, 3, 29, 22, 7, 31, tzinfo=UTC)
FRIDAY_EVENING = datetime(2025, 12, 26, 17, 59, tzinfo=UTC)


any_day = pytest.mark.parametrize(
    "moment",
    [MONDAY_MORNING, SATURDAY_NIGHT, FRIDAY_EVENING],
    ids=["monday", "saturday", "friday"],
    indirect=True,
    scope="module",
)


@pytest.fixture(scope="module")
def moment(request: pytest.FixtureRequest) -> datetime:
    """When the demonstration is made: always in the past of the database's clock, by which refunds are due."""
    chosen: datetime = getattr(request, "param", MONDAY_MORNING)
    return chosen


@pytest.fixture(scope="module")
def built(moment: datetime, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The demonstration, made once for all tests of a moment: each rolls back what it did to it."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # durable blocks pass it, as they pass that of a TestCase
    with django_db_blocker.unblock(), around:
        made = build_demo(now=moment)
        assert made is not None
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def demo(built: Demo, db: None) -> Demo:
    """The demonstration, made at that moment."""
    return built


def _quote(demo: Demo, name: str, now: datetime) -> CancellationQuote:
    appointment = fresh(demo.scenes[name])
    user = appointment.chain.patient.user
    assert user is not None
    actor = Actor.patient(user)
    request = cancellation_request(actor=actor, for_hospital=False, override_percent=None)
    return offer_cancellation(appointment=appointment, actor=actor, request=request, now=now).quote


def _move_quote(demo: Demo, name: str, slot: Slot, now: datetime) -> RescheduleQuote:
    appointment = fresh(demo.scenes[name])
    user = appointment.chain.patient.user
    assert user is not None
    actor = Actor.patient(user)
    request = reschedule_request(actor=actor, for_hospital=False, override=False)
    return offer_reschedule(appointment=appointment, slot=slot, actor=actor, request=request, now=now).quote


def _free_slot(demo: Demo, name: str, now: datetime, price: int) -> Slot:
    doctor = demo.scenes[name].slot.doctor
    slots = queries.free_slots(centre_id=doctor.centre_id, now=now, until=now + timedelta(days=30), doctor_id=doctor.pk)
    return slots.filter(price=price)[3]


@any_day
def test_refunds_when_cancelled_at_once(demo: Demo, moment: datetime) -> None:
    names = ("full", "three_quarters", "half", "nothing", "cooling_off", "wallet", "london_soon", "london_wallet")

    refunds = {name: _quote(demo, name, moment).refund for name in names}

    assert refunds == {
        "full": 1200_00,
        "three_quarters": 750_00,
        "half": 500_00,
        "nothing": 0,
        "cooling_off": 1000_00,
        "wallet": 890_00,
        "london_soon": 82_50,
        "london_wallet": 137_50,
    }


def test_refunds_when_insured_or_paid_in_parts(demo: Demo, moment: datetime) -> None:
    insured, parts = _quote(demo, "insured", moment), _quote(demo, "two_parts", moment)

    assert (insured.refund, insured.insured) == (500_00, 700_00)
    assert sorted((part.way.value, part.amount) for part in parts.allocations) == [
        ("cash", 400_00),
        ("original", 500_00),
    ]


def test_cancelling_when_refused(demo: Demo, moment: datetime) -> None:
    names = ("wallet_too_late", "platform", "missed", "completed", "refunded")

    assert {name: _quote(demo, name, moment).refusal for name in names} == {
        "wallet_too_late": Refusal.WINDOW_CLOSED,
        "platform": Refusal.USE_CHANNEL,
        "missed": Refusal.NOT_CANCELLABLE,
        "completed": Refusal.NOT_CANCELLABLE,
        "refunded": Refusal.NOT_CANCELLABLE,
    }


def test_moving_when_first_was_free(demo: Demo, moment: datetime) -> None:
    quote = _move_quote(demo, "moved_once", _free_slot(demo, "moved_once", moment, 900_00), moment)

    assert (quote.fee, quote.due) == (100_00, 100_00)


def test_moving_when_evening_costs_more(demo: Demo, moment: datetime) -> None:
    quote = _move_quote(demo, "dearer_evenings", _free_slot(demo, "dearer_evenings", moment, 800_00), moment)

    assert (quote.fee, quote.difference, quote.due) == (0, 300_00, 300_00)


def test_moving_when_none_is_left(demo: Demo, moment: datetime) -> None:
    slot = _free_slot(demo, "moved_twice", moment, 700_00)

    assert _move_quote(demo, "moved_twice", slot, moment).refusal == Refusal.MAX_RESCHEDULES


def test_statuses_when_made(demo: Demo) -> None:
    by_status: dict[str, set[str]] = {}
    for name, appointment in demo.scenes.items():
        by_status.setdefault(fresh(appointment).status, set()).add(name)

    assert {status: names for status, names in by_status.items() if status != "confirmed"} == {
        "draft": {"draft", "held_by_that_move"},
        "pending_approval": {"approval"},
        "completed": {"completed"},
        "no_show": {"missed"},
        "cancelled": {"refunded", "refund_failed", "cash_to_hand_out"},
        "rescheduled": {"moved_from"},
    }
    assert len(by_status["confirmed"]) == 20


def test_draft_when_about_to_run_out(demo: Demo, moment: datetime) -> None:
    assert fresh(demo.scenes["draft"]).hold_expires_at == moment + timedelta(minutes=3)


def test_refunds_when_made(demo: Demo) -> None:
    assert sorted(Refund.objects.values_list("status", "way", "amount", "reason_code")) == [
        ("completed", "original", 1000_00, ""),
        ("failed", "original", 1049_11, "closed_card"),
        ("pending", "cash", 500_00, ""),
    ]


def test_work_when_made(demo: Demo, moment: datetime) -> None:
    assert not refund_queries.checkouts_to_sweep(now=moment).exists()
    assert not refund_queries.due(now=moment).exists()
    assert queries.payments_without_note(since=moment - timedelta(days=60), limit=10) == []


def test_people_when_made(demo: Demo) -> None:
    assert Centre.objects.count() == 2
    assert Doctor.objects.count() == 12
    assert User.objects.count() == len(STAFF) + sum(1 for plan in PATIENTS if plan.email)
    assert demo.people.patients[MEERA].user != demo.people.patients[ZARA].user
    assert all(user.check_password("fairslot-demo") for user in User.objects.all())


def test_slots_when_made(demo: Demo, moment: datetime) -> None:
    for doctor in Doctor.objects.select_related("centre"):
        starts = [start.astimezone(doctor.centre.zone) for start in doctor.slots.values_list("starts_at", flat=True)]
        ahead = {start.date() for start in starts if start > moment and start.weekday() < 5}
        assert len(ahead) >= 15


def test_demo_when_made_again(demo: Demo, moment: datetime) -> None:
    before = snapshot()

    assert build_demo(now=moment + timedelta(days=1)) is None

    assert snapshot() == before
