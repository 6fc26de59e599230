"""What a draft would have done to the past."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from appointments.models import Appointment, HistoryCheck
from appointments.reasons import Reason
from appointments.tasks import work_history_checks
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.what_if import answer_history, ask_history
from policies.models import PolicyVersion, Tier
from policies.publish import create_draft
from tests import factories as make

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=30)


@pytest.fixture
def appointment() -> Appointment:
    make.ReasonCodeFactory.create(code="asked")
    return make.booked()


def draft_of(appointment: Appointment, *tiers: tuple[int, int], **terms: object) -> PolicyVersion:
    """A draft of the appointment's policy with these tiers: hours, percent."""
    draft = create_draft(policy_id=appointment.centre.policy_id, actor="test", now=make.NOW)
    for name, value in terms.items():
        setattr(draft, name, value)
    draft.save()
    draft.tiers.all().delete()
    Tier.objects.bulk_create(Tier(version=draft, hours=hours, percent=percent) for hours, percent in tiers)
    return draft


def another(appointment: Appointment, *, days: int) -> Appointment:
    """Another booking under the same policy."""
    start = make.STARTS_AT + timedelta(days=days)
    return make.booked(slot=make.SlotFactory.create(doctor=appointment.slot.doctor, starts_at=start))


def cancelled(appointment: Appointment, *, hours: float) -> None:
    """Cancel so many hours before the start, as the patient."""
    at = appointment.slot.starts_at - timedelta(hours=hours)
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=at)


def result_of(version: PolicyVersion) -> dict[str, object]:
    check = ask_history(version=version, fingerprint="f", actor="test", now=LATER)
    assert answer_history(check_id=check.pk, now=LATER)
    result: dict[str, object] = HistoryCheck.objects.get(pk=check.pk).result or {}
    return result


def test_history_when_the_draft_gives_less_and_more(appointment: Appointment) -> None:
    """Really 100 %, 75 % and 50 % came back."""
    cancelled(appointment, hours=30)
    cancelled(another(appointment, days=1), hours=13)
    cancelled(another(appointment, days=2), hours=3)

    assert result_of(draft_of(appointment, (24, 90), (12, 75), (0, 60))) == {
        "count": 3,
        "real": 225_000,
        "draft": 225_000,
        "less": 1,
        "more": 1,
        "refused": 0,
        "bars": [[0, 0, 0], [1, 50_000, 60_000], [1, 75_000, 75_000], [1, 100_000, 90_000], [0, 0, 0], [0, 0, 0]],
    }


def test_history_when_the_draft_says_the_same(appointment: Appointment) -> None:
    cancelled(appointment, hours=13)
    result = result_of(create_draft(policy_id=appointment.centre.policy_id, actor="test", now=make.NOW))

    assert (result["real"], result["draft"], result["less"], result["more"]) == (75_000, 75_000, 0, 0)


def test_history_when_the_draft_closes_earlier(appointment: Appointment) -> None:
    cancelled(appointment, hours=3)
    result = result_of(draft_of(appointment, (0, 100), window_hours=4))

    assert (result["draft"], result["less"], result["refused"]) == (0, 1, 1)


def test_history_when_it_was_no_patient(appointment: Appointment) -> None:
    """Neither what the hospital cancelled nor an override says anything about the tiers."""
    staff = make.staff_of(appointment, "override_percentage")
    reason = Reason("asked", "kind")
    cancel_appointment(
        appointment_id=appointment.pk, actor=staff, now=make.NOW, reason=reason, override_percent=Decimal(10)
    )
    by_hospital = another(appointment, days=1)
    cancel_appointment(appointment_id=by_hospital.pk, actor=staff, now=make.NOW, reason=reason, for_hospital=True)
    by_staff = another(appointment, days=2)
    cancel_appointment(appointment_id=by_staff.pk, actor=staff, now=make.NOW, reason=reason)

    assert result_of(draft_of(appointment, (0, 0)))["count"] == 1


def test_history_when_of_another_policy_or_older(appointment: Appointment) -> None:
    other = make.booked()
    cancelled(other, hours=30)
    cancelled(appointment, hours=30)
    version = draft_of(appointment, (0, 0))
    check = ask_history(version=version, fingerprint="f", actor="test", now=make.NOW + timedelta(days=200))
    answer_history(check_id=check.pk, now=LATER)

    assert (HistoryCheck.objects.get().result or {})["count"] == 0
    assert result_of(version)["count"] == 1


def test_check_when_asked_twice(appointment: Appointment) -> None:
    version = draft_of(appointment, (0, 0))
    first, second = (ask_history(version=version, fingerprint="f", actor="test", now=LATER) for _ in range(2))

    assert first == second
    work_history_checks()
    assert answer_history(check_id=first.pk, now=LATER) is False
    assert HistoryCheck.objects.get().finished_at is not None


def test_draft_when_deleted(appointment: Appointment) -> None:
    """A comparison goes with its draft."""
    version = draft_of(appointment, (0, 0))
    result_of(version)

    version.delete()

    assert not HistoryCheck.objects.exists()


@pytest.mark.postgres
@pytest.mark.slow
def test_history_when_there_are_a_hundred_thousand(appointment: Appointment) -> None:
    """Within ten seconds of computing; the database's own time comes besides."""
    cancelled(appointment, hours=13)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO appointments_appointmentevent (id, appointment_id, sequence, kind, from_status, to_status, at,
                actor_kind, actor_label, actor_user_id, for_hospital, reason_code, reason_text, quote)
            SELECT gen_random_uuid(), appointment_id, 1000 + n, kind, from_status, to_status, at,
                actor_kind, actor_label, actor_user_id, for_hospital, reason_code, reason_text, quote
            FROM appointments_appointmentevent, generate_series(1, 99999) n WHERE kind = 'cancelled'
            """
        )
    version = draft_of(appointment, (0, 80))
    began = time.process_time()
    result = result_of(version)

    assert time.process_time() - began < 10
    assert (result["count"], result["real"], result["draft"], result["more"]) == (
        100_000,
        7_500_000_000,
        8_000_000_000,
        100_000,
    )
