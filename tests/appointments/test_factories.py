"""The builders give what they promise."""

import pytest

from appointments.models import Appointment
from policies.queries import terms_of
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_held_when_nothing_is_said() -> None:
    draft = make.held()

    assert draft.status == Appointment.Status.DRAFT
    assert draft.chain.held == 0


@pytest.mark.parametrize("method", ["card", "cash", "bank_transfer"])
def test_booked_when_paid(method: str) -> None:
    appointment = make.booked(method=method)

    assert appointment.status == Appointment.Status.CONFIRMED
    assert appointment.chain.held == 100_000
    assert appointment.chain.booked_at == make.LONG_AGO


def test_booked_when_insured_in_part() -> None:
    appointment = make.booked(insured=40_000)

    assert appointment.status == Appointment.Status.CONFIRMED
    assert appointment.chain.held == 60_000


def test_booked_when_it_costs_nothing() -> None:
    appointment = make.booked(slot=make.SlotFactory.create(price=0))

    assert appointment.status == Appointment.Status.CONFIRMED


def test_pending_approval_when_nothing_is_said() -> None:
    assert make.pending_approval().status == Appointment.Status.PENDING_APPROVAL


def test_published_policy_when_terms_are_given() -> None:
    policy = make.published_policy(max_reschedules=7, tiers=[(10, True, 80), (0, True, 5)])

    terms = terms_of(policy.versions.get())
    assert terms.reschedule.max_reschedules == 7
    assert [tier.percent for tier in terms.cancellation.tiers] == [80, 5]
