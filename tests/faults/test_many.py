"""Many at once: clicks, tries, parts of one payment, bank files."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from appointments.models import Appointment
from appointments.usecases.cancel import Cancellation, cancel_appointment
from appointments.usecases.expire import expire_draft
from appointments.usecases.pay import apply_payment, start_payment
from refunds import operations
from refunds.bank import batches
from refunds.errors import OverRefund
from refunds.models import BankBatch, Checkout, LedgerEntry, Payment, Refund, Way
from tests import factories as make
from tests.faults.stage import AMOUNT, DONE, NOTHING, PAID_ONCE, Stage, attempt, reason, state
from tests.refunds.bank.accounts import give

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def all_at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """Each in a thread of its own, started together; what it returned or raised, in order."""
    results: list[object] = [None] * len(deeds)
    together = threading.Barrier(len(deeds))

    def run(number: int, deed: Callable[[], object]) -> None:
        connection.ensure_connection()
        together.wait(10)
        try:
            results[number] = deed()
        except Exception as error:  # noqa: BLE001 (what went wrong is the result)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def asked_to_pay(stage: Stage) -> tuple[Appointment, Checkout]:
    """A draft, and the provider's page for it."""
    slot = make.SlotFactory.create(starts_at=timezone.now() + timedelta(days=3))
    draft = make.held(slot=slot, now=timezone.now())
    checkout = start_payment(appointment_id=draft.pk, gateway=stage.bench.provider, return_url="/", now=timezone.now())
    operations.start_checkout(checkout_id=checkout.pk, now=timezone.now())
    return draft, checkout


def test_appointment_when_cancel_is_clicked_eight_times(stage: Stage) -> None:
    draft, checkout = asked_to_pay(stage)
    paid = stage.bench.fake.pay(Checkout.objects.get(pk=checkout.pk).provider_id)
    assert paid is not None
    capture = operations.capture_from_gateway(checkout_id=checkout.pk, now=timezone.now())
    assert capture is not None
    apply_payment(payment_id=capture.payment.pk, now=timezone.now())
    actor = make.patient_of(make.fresh(draft))
    cancel = partial(cancel_appointment, appointment_id=draft.pk, actor=actor, now=timezone.now())
    answers = all_at_once([cancel] * 8)

    assert sorted(answer.repeated for answer in answers if isinstance(answer, Cancellation)) == [False] + [True] * 7
    refund = Refund.objects.get()

    stage.work()

    assert (state(refund), stage.executed()) == (DONE, (1, capture.payment.amount))
    assert stage.bench.called("create_refund") == 1


def test_payment_when_it_comes_after_its_draft_ran_out(stage: Stage) -> None:
    """Nobody cancels, nobody clicks: all of it goes back by itself."""
    draft, checkout = asked_to_pay(stage)
    page = Checkout.objects.get(pk=checkout.pk).provider_id
    stage.after(timedelta(minutes=16))
    assert expire_draft(appointment_id=draft.pk, now=timezone.now())
    assert stage.bench.fake.pay(page) is not None

    stage.workers.run("late_capture")

    payment = Payment.objects.get()
    assert (payment.usable, payment.remaining) == (False, 0)
    assert (state(Refund.objects.get()), stage.executed()) == (DONE, (1, payment.amount))

    stage.after(timedelta(minutes=10))
    stage.workers.run("late_capture")

    assert stage.executed() == (1, payment.amount)


def test_refund_when_retry_is_pressed_six_times(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.fault(400)
    stage.work()

    assert (state(refund), stage.executed()) == (("failed", "rejected"), NOTHING)

    retry = partial(operations.retry, refund_id=refund.pk, actor="staff:1", now=timezone.now())
    answers = all_at_once([retry] * 6)

    assert [type(answer) for answer in answers] == [Refund] * 6

    started = [stage.workers.start() for _ in range(2)]

    assert [stage.workers.wait(pid) for pid in started] == [0, 0]
    assert (state(refund), attempt(refund).number, stage.executed()) == (DONE, 2, PAID_ONCE)


def test_parts_when_six_race_and_two_fit(stage: Stage) -> None:
    payment = stage.payment(amount=100_000)
    results = all_at_once([partial(stage.refund, payment, cause=f"cancel:{number}") for number in range(6)])

    assert sorted(type(result).__name__ for result in results) == ["OverRefund"] * 4 + ["Refund"] * 2
    assert [error.available for error in results if isinstance(error, OverRefund)] == [20_000] * 4

    started = [stage.workers.start() for _ in range(2)]

    assert [stage.workers.wait(pid) for pid in started] == [0, 0]
    assert stage.executed() == (2, 2 * AMOUNT)
    assert {state(refund) for refund in Refund.objects.all()} == {DONE}


def test_bank_file_when_it_is_made_twice(stage: Stage, settings: Settings) -> None:
    """After the card was closed: whoever asks again gets the same file, and one transfer is confirmed once."""
    settings.BANK_DETAILS_KEYS, settings.BANK_FOUR_EYES = [Fernet.generate_key().decode()], False
    now = timezone.now()
    refund = stage.refund()
    stage.bench.fake.fault(400)
    stage.work()
    operations.pay_another_way(refund_id=refund.pk, way=Way.BANK_TRANSFER, actor="staff:1", now=now)
    give(refund, now=now)
    ask = partial(batches.make_batch, currency="INR", file_format="neft", actor="staff:1", now=now)
    all_at_once([ask] * 4)
    batch = BankBatch.objects.get()
    batches.release_batch(batch_id=batch.pk, actor="staff:2", now=now)
    confirm = partial(batches.mark_executed, batch_id=batch.pk, evidence="Statement 7", actor="staff:2", now=now)
    all_at_once([confirm] * 4)
    stage.work()

    assert (state(refund), attempt(refund).channel, reason(refund)) == (DONE, "bank_transfer", "")
    assert (stage.executed(), LedgerEntry.objects.filter(kind="paid").count()) == (NOTHING, 1)
