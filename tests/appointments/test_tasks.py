"""The sweeps: each row by itself, safe to run again."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from appointments import queries, tasks
from appointments.models import Appointment, OutboxMessage
from appointments.usecases.announce import announce_refund
from appointments.usecases.cancel import cancel_appointment
from refunds import operations
from refunds.models import Refund
from tests import factories as make
from tests.appointments.rows import messages_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

RUN_OUT = make.NOW + timedelta(minutes=15)


def at(moment: datetime, task: Callable[[], None]) -> None:
    """Run a task at that moment."""
    with time_machine.travel(moment, tick=False):
        task()


def poison(monkeypatch: pytest.MonkeyPatch, name: str, row: object) -> None:
    """Let the task's deed fail for one row."""
    real = getattr(tasks, name)

    def deed(*args: Any, **kwargs: Any) -> Any:
        if row in (*args, *kwargs.values()):
            raise RuntimeError("poisoned")
        return real(*args, **kwargs)

    monkeypatch.setattr(tasks, name, deed)


def test_drafts_when_holds_ran_out() -> None:
    over, running = make.held(), make.held(now=make.NOW + timedelta(minutes=1))

    at(RUN_OUT, tasks.expire_drafts)

    assert make.fresh(over).status == Appointment.Status.CANCELLED
    assert make.fresh(running).status == Appointment.Status.DRAFT
    with nothing_changed():
        at(RUN_OUT, tasks.expire_drafts)


def test_drafts_when_one_is_poisoned(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    poisoned, fine = make.held(now=make.NOW - timedelta(minutes=1)), make.held()
    poison(monkeypatch, "expire_draft", poisoned.pk)

    with caplog.at_level(logging.ERROR):
        at(RUN_OUT, tasks.expire_drafts)

    assert make.fresh(fine).status == Appointment.Status.CANCELLED
    assert make.fresh(poisoned).status == Appointment.Status.DRAFT
    assert caplog.messages == [f"expire_drafts failed for {poisoned.pk}"]


def test_drafts_when_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MOST_AT_ONCE", 1)
    later, sooner = make.held(), make.held(now=make.NOW - timedelta(minutes=1))

    at(RUN_OUT, tasks.expire_drafts)

    assert make.fresh(sooner).status == Appointment.Status.CANCELLED
    assert make.fresh(later).status == Appointment.Status.DRAFT


def test_approvals_when_overdue() -> None:
    overdue = make.pending_approval(booked_at=make.NOW)
    in_time = make.pending_approval(booked_at=make.NOW + timedelta(seconds=1))
    due = make.NOW + timedelta(hours=24)

    at(due, tasks.time_out_approvals)

    assert make.fresh(overdue).status == Appointment.Status.CANCELLED
    assert make.fresh(in_time).status == Appointment.Status.PENDING_APPROVAL
    with nothing_changed():
        at(due, tasks.time_out_approvals)


def test_payments_when_nobody_came_back() -> None:
    draft = make.held()
    make.captured(make.checkout_for(draft))

    at(RUN_OUT, tasks.apply_payments)

    assert make.fresh(draft).status == Appointment.Status.CONFIRMED
    with nothing_changed():
        at(RUN_OUT, tasks.apply_payments)


def test_payments_when_one_is_poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = make.held(), make.held()
    poisoned = make.captured(make.checkout_for(one))
    make.captured(make.checkout_for(other))
    poison(monkeypatch, "apply_payment", poisoned.pk)

    at(RUN_OUT, tasks.apply_payments)

    assert make.fresh(one).status == Appointment.Status.DRAFT
    assert make.fresh(other).status == Appointment.Status.CONFIRMED


def test_sweeps_when_payment_comes_before_expiry_in_either_order() -> None:
    for sweeps in ([tasks.expire_drafts, tasks.apply_payments], [tasks.apply_payments, tasks.expire_drafts]):
        draft = make.held()
        make.captured(make.checkout_for(draft))

        for sweep in sweeps:
            at(RUN_OUT, sweep)

        assert make.fresh(draft).status == Appointment.Status.CONFIRMED
        assert refunds_of(draft) == []


# News of refunds


def refunded() -> tuple[Appointment, Refund]:
    """An appointment paid in cash and cancelled, and its refund."""
    appointment = make.booked(method="cash")
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)
    return appointment, Refund.objects.get(payment__source=appointment.chain.source)


def settle(refund: Refund) -> None:
    operations.confirm_by_hand(refund_id=refund.pk, evidence="till 7", actor="finance", now=make.NOW)


def fail(refund: Refund) -> None:
    operations.mark_failed(
        refund_id=refund.pk, reason_code="no_cash", reason_text="The till is empty", actor="finance", now=make.NOW
    )


def test_news_when_settled() -> None:
    appointment, refund = refunded()
    settle(refund)

    at(make.NOW, tasks.announce_refund_news)

    assert messages_of(appointment) == ["booked", "cancelled", "refund_completed"]
    with nothing_changed():
        at(make.NOW, tasks.announce_refund_news)


def test_news_when_failed() -> None:
    appointment, refund = refunded()
    fail(refund)

    at(make.NOW, tasks.announce_refund_news)

    assert messages_of(appointment) == ["booked", "cancelled", "refund_failed"]


def test_news_when_failed_and_settled_before_anybody_looked() -> None:
    appointment, refund = refunded()
    fail(refund)
    operations.retry(refund_id=refund.pk, actor="finance", now=make.NOW)
    settle(refund)

    at(make.NOW, tasks.announce_refund_news)

    assert messages_of(appointment) == ["booked", "cancelled", "refund_completed"]


def test_news_when_still_on_its_way() -> None:
    refunded()

    with nothing_changed():
        at(make.NOW, tasks.announce_refund_news)


def test_news_when_insurer_and_credit() -> None:
    appointment = make.booked(insured=40_000)
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)
    settle(Refund.objects.get(way="insurance_window"))

    with nothing_changed():
        at(make.NOW, tasks.announce_refund_news)


def test_news_when_event_is_not_ours() -> None:
    _, refund = refunded()
    settle(refund)
    news = queries.refund_news(since=make.LONG_AGO, limit=9)
    news[0].refund.cause = "cancel:00000000-0000-0000-0000-000000000000"

    with nothing_changed():
        assert not announce_refund(news=news[0], now=make.NOW)


# The outbox


def test_outbox_when_mails_wait() -> None:
    make.booked(booked_at=make.NOW)

    at(make.NOW, tasks.send_outbox)
    at(make.NOW, tasks.send_outbox)

    assert len(mail.outbox) == 1
    assert OutboxMessage.objects.get().state == OutboxMessage.State.SENT


def test_log_when_a_message_fails(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    appointment = make.booked(booked_at=make.NOW)

    def fail_to_send(message: OutboxMessage, *, now: datetime) -> bool:
        raise RuntimeError("no connection")

    monkeypatch.setattr("appointments.notifications.outbox.send_message", fail_to_send)

    at(make.NOW, tasks.send_outbox)

    assert caplog.messages == [f"send_outbox failed for {OutboxMessage.objects.get().pk}"]
    assert appointment.chain.patient.email not in caplog.text
