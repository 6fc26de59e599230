"""Any booking under any policy at any moment, with a liking for the exact boundaries."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from policies.rules.facts import (
    ActorKind,
    Booking,
    CancellationRequest,
    ChannelFacts,
    Paid,
    PaymentMethod,
    RescheduleRequest,
    Status,
    Target,
)
from policies.rules.terms import CancellationTerms, PriceDifference, RescheduleTerms, Terms, Tier
from tests.policies.bookings import START, TICK

HOURS = st.integers(0, 60).map(lambda hours: timedelta(hours=hours))
PERCENTAGES = st.integers(0, 100_00).map(lambda hundredths: Decimal(hundredths) / 100)
AMOUNTS = st.integers(0, 10_000)
STATUSES = st.one_of(st.just(Status.CONFIRMED), st.sampled_from(Status))


@dataclass(frozen=True)
class Situation:
    """A booking under its terms, at a moment."""

    terms: Terms
    booking: Booking
    now: datetime


ANY_TIERS = st.lists(st.builds(Tier, HOURS, PERCENTAGES, st.booleans()), max_size=4).map(tuple)


@st.composite
def falling_tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Tiers that never give less for more notice."""
    hours = sorted(draw(st.sets(st.integers(0, 60), max_size=4)))
    percentages = sorted(draw(st.lists(PERCENTAGES, min_size=len(hours), max_size=len(hours))))
    return tuple(
        Tier(timedelta(hours=hour), percent, draw(st.booleans()))
        for hour, percent in zip(hours, percentages, strict=True)
    )


@st.composite
def payments(draw: st.DrawFn) -> tuple[Paid, ...]:
    return tuple(
        Paid(
            id=f"p{number}",
            amount=(amount := draw(AMOUNTS)),
            method=draw(st.sampled_from(PaymentMethod)),
            refunded=draw(st.integers(0, amount)),
            captured_at=START - draw(HOURS),
        )
        for number in range(draw(st.integers(0, 4)))
    )


@st.composite
def bookings(draw: st.DrawFn) -> Booking:
    made = draw(payments())
    left = sum(payment.left for payment in made if not payment.is_insurance)
    return Booking(
        status=draw(STATUSES),
        starts_at=START,
        booked_at=START - draw(HOURS),
        doctor=draw(st.sampled_from(["d1", "d2"])),
        reschedules=draw(st.integers(0, 3)),
        held=draw(st.integers(0, left)),
        percent_cap=draw(st.none() | PERCENTAGES),
        payments=made,
        channel=draw(st.builds(ChannelFacts, st.sampled_from([True, True, False]), st.none() | HOURS, AMOUNTS)),
    )


@st.composite
def terms_of_any_kind(draw: st.DrawFn, table: st.SearchStrategy[tuple[Tier, ...]]) -> Terms:
    return Terms(
        CancellationTerms(draw(table), draw(HOURS), draw(HOURS), draw(st.frozensets(st.sampled_from(ActorKind)))),
        draw(
            st.builds(
                RescheduleTerms,
                max_reschedules=st.integers(0, 3),
                window=HOURS,
                same_doctor_required=st.booleans(),
                free_reschedules=st.integers(0, 3),
                fee=AMOUNTS,
                price_difference=st.sampled_from(PriceDifference),
                keep_tier=st.booleans(),
            )
        ),
    )


def boundaries(terms: Terms, booking: Booking) -> list[datetime]:
    """Every instant at which something may change: found here on its own, not by asking the code under test."""
    rules = terms.cancellation
    notices = [timedelta(0), rules.window, booking.channel.deadline or timedelta(0), terms.reschedule.window]
    notices += [tier.notice for tier in rules.tiers]
    return [booking.starts_at - notice for notice in notices] + [booking.booked_at + rules.cooling_off]


@st.composite
def situations(draw: st.DrawFn, table: st.SearchStrategy[tuple[Tier, ...]] = ANY_TIERS) -> Situation:
    terms = draw(terms_of_any_kind(table))
    booking = draw(bookings())
    return Situation(terms, booking, draw(moments(terms, booking)))


@st.composite
def moments(draw: st.DrawFn, terms: Terms, booking: Booking) -> datetime:
    """Any moment, or one at or beside a boundary."""
    somewhere = st.integers(-70 * 60, 5 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
    beside = st.sampled_from([timedelta(0), TICK, -TICK])
    edge = draw(st.sampled_from(boundaries(terms, booking)))
    return draw(st.one_of(somewhere, beside.map(lambda tick: edge + tick)))


CANCELLATIONS = st.builds(
    CancellationRequest,
    st.one_of(st.just(ActorKind.PATIENT), st.sampled_from(ActorKind)),
    for_hospital=st.booleans(),
    override_percent=st.none() | PERCENTAGES,
)
MOVES = st.builds(
    RescheduleRequest,
    st.one_of(st.just(ActorKind.PATIENT), st.sampled_from(ActorKind)),
    for_hospital=st.booleans(),
    override=st.booleans(),
)
HOSPITAL_MOVES = st.sampled_from(
    [
        RescheduleRequest(ActorKind.SYSTEM),
        RescheduleRequest(ActorKind.DOCTOR),
        RescheduleRequest(ActorKind.STAFF, for_hospital=True, override=True),
    ]
)
FREE_SLOTS = st.builds(
    Target,
    starts_at=st.just(START + timedelta(days=3)),
    doctor=st.just("d2"),
    price=AMOUNTS,
    available=st.just(value=True),
)
TARGETS = st.builds(
    Target,
    starts_at=st.integers(-80, 80).map(lambda hours: START + timedelta(hours=hours)),
    doctor=st.sampled_from(["d1", "d2"]),
    price=AMOUNTS,
    available=st.sampled_from([True, True, False]),
)


def confirmed_and_open(situation: Situation) -> Situation:
    """The same situation, but confirmed and open to the patient, so that more of the rules are reached."""
    channel = replace(situation.booking.channel, self_service=True)
    return replace(situation, booking=replace(situation.booking, status=Status.CONFIRMED, channel=channel))


def movable(situation: Situation) -> Situation:
    """The same situation with nothing in the way of a move, so that its money is looked at."""
    opened = confirmed_and_open(situation)
    rules = replace(situation.terms.reschedule, max_reschedules=4, window=timedelta(0), same_doctor_required=False)
    return replace(
        opened, terms=replace(situation.terms, reschedule=rules), now=min(situation.now, START - timedelta(hours=1))
    )


def no_percent_beyond(percent: Decimal, cap: Decimal | None) -> bool:
    return cap is None or percent <= cap
