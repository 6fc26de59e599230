"""Thin tasks: each reads the clock, finds rows by queries and makes one call a row. Safe to run twice and at once."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from celery import shared_task
from django.utils import timezone
from oauth2_provider.models import clear_expired

from appointments import payouts, queries, what_if
from appointments.actor import Actor
from appointments.audit import PROMISES
from appointments.hours import queries as hours_queries
from appointments.late import storage
from appointments.leave import queries as leave_queries
from appointments.notifications import outbox
from appointments.overrides.queries import run_out_overrides
from appointments.partners import answers
from appointments.reminders import queries as reminder_queries
from appointments.usecases import carers, id_number, outside
from appointments.usecases import forget_documents as documents
from appointments.usecases.announce import announce_late_refund, announce_refund
from appointments.usecases.emergency_leave import WORK_LEAVES
from appointments.usecases.expire import expire_draft, time_out_approval
from appointments.usecases.leave_case import lapse_case, work_case
from appointments.usecases.make_slots import make_slots
from appointments.usecases.offer_slot import offer_slot
from appointments.usecases.override import expire_override
from appointments.usecases.pay import apply_payment
from appointments.usecases.payout import ask_for_bank_details
from appointments.usecases.remind import plan_reminders, send_reminder
from appointments.usecases.wait import run_out_entry
from appointments.usecases.what_if import COMPARE, answer_history
from appointments.waiting import line
from appointments.waiting.closing import WORK_LIST
from refunds.audit import check
from refunds.audit.latest import keep_audit
from refunds.nudges import nudge

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
_LOOK_BACK = timedelta(days=35)
LONGEST_RUN = 20.0
"""Seconds after which a run begins nothing new: mails and refunds get their turn, and Celery's limit is far."""

Row = TypeVar("Row")


def _each(task: str, rows: Iterable[Row], deed: Callable[[Row], object]) -> None:
    """Do it for every row; one that fails is logged and stops no other."""
    for row in rows:
        try:
            deed(row)
        except Exception:  # noqa: BLE001 (one poisoned row never blocks the next)
            # The key alone: rows name people, and logs must not.
            _log.exception("%s failed for %s", task, getattr(row, "pk", row))


@shared_task(name="appointments.expire_drafts")
def expire_drafts() -> None:
    """End the holds that ran out."""
    now = timezone.now()
    drafts = queries.run_out_drafts(now=now, limit=MOST_AT_ONCE)
    _each("expire_drafts", drafts, lambda pk: expire_draft(appointment_id=pk, now=now))


@shared_task(name="appointments.time_out_approvals")
def time_out_approvals() -> None:
    """End what nobody approved in time: appointments, and overrides that asked for a second person."""
    now = timezone.now()
    overdue = queries.overdue_approvals(now=now, limit=MOST_AT_ONCE)
    _each("time_out_approvals", overdue, lambda pk: time_out_approval(appointment_id=pk, now=now))
    run_out = run_out_overrides(now=now, limit=MOST_AT_ONCE)
    _each("time_out_approvals", run_out, lambda pk: expire_override(request_id=pk, now=now))


@shared_task(name="appointments.apply_payments")
def apply_payments() -> None:
    """Book and move what was paid while nobody came back to the page."""
    now = timezone.now()
    unnoted = queries.payments_without_note(since=now - _LOOK_BACK, limit=MOST_AT_ONCE)
    _each("apply_payments", unnoted, lambda pk: apply_payment(payment_id=pk, now=now))


@shared_task(name="appointments.follow_outside_refunds")
def follow_outside_refunds() -> None:
    """Lower what bookings hold by what providers gave back without us."""
    touched = outside.appointments_to_follow(since=timezone.now() - _LOOK_BACK, limit=MOST_AT_ONCE)
    _each("follow_outside_refunds", touched, lambda pk: outside.follow_outside_refunds(appointment_id=pk))


@shared_task(name="appointments.announce_refund_news")
def announce_refund_news() -> None:
    """Write the messages about refunds that were settled, failed or are late, or that wait for the patient's bank details."""
    now = timezone.now()
    told = queries.refund_news(since=now - _LOOK_BACK, limit=MOST_AT_ONCE)
    _each("announce_refund_news", told, lambda news: announce_refund(news=news, now=now))
    late = payouts.late_refunds(now=now, limit=MOST_AT_ONCE)
    _each("announce_refund_news", late, lambda refund: announce_late_refund(refund=refund, now=now))
    waiting = payouts.refunds_to_ask_about(since=now - _LOOK_BACK, limit=MOST_AT_ONCE)
    _each("announce_refund_news", waiting, lambda refund: ask_for_bank_details(refund=refund, now=now))


@shared_task(name="appointments.remind")
def remind() -> None:
    """Plan reminders for new bookings, and send those whose time has come."""
    now = timezone.now()
    unplanned = reminder_queries.appointments_to_plan(now=now, limit=MOST_AT_ONCE)
    _each("remind", unplanned, lambda pk: plan_reminders(appointment_id=pk, now=now))
    due = reminder_queries.due_reminders(now=now, limit=MOST_AT_ONCE)
    _each("remind", due, lambda pk: send_reminder(reminder_id=pk, now=now))


@shared_task(name="appointments.send_outbox")
def send_outbox() -> None:
    """Send the mails that wait."""
    now = timezone.now()
    due = outbox.due_messages(now=now, limit=MOST_AT_ONCE)
    _each("send_outbox", due, lambda message: outbox.send_message(message, now=now))


@shared_task(name="appointments.forget_old_answers")
def forget_old_answers() -> None:
    """Delete the answers of the API that were kept long enough."""
    now = timezone.now()
    while answers.forget_old_answers(now=now):
        pass


@shared_task(name="appointments.forget_old_tokens")
def forget_old_tokens() -> None:
    """Delete the codes and tokens of partners and apps that open nothing any more and tell nothing about thieves."""
    clear_expired()


@shared_task(name=WORK_LEAVES)
def work_leaves() -> None:
    """Tell the patients of absent doctors, one appointment a transaction, and end the cases nobody answered in time."""
    planned = leave_queries.planned_case_ids(limit=MOST_AT_ONCE)
    _each("work_leaves", _while_there_is_time(planned), lambda pk: work_case(case_id=pk, now=timezone.now()))
    overdue = leave_queries.overdue_case_ids(now=timezone.now(), limit=MOST_AT_ONCE)
    _each("work_leaves", _while_there_is_time(overdue), lambda pk: lapse_case(case_id=pk, now=timezone.now()))
    if len(planned) == MOST_AT_ONCE or len(overdue) == MOST_AT_ONCE:
        nudge(WORK_LEAVES)


@shared_task(name=WORK_LIST)
def work_waiting_list() -> None:
    """Offer the times whose turn it is to the first in line, and end the entries whose days are over."""
    due = line.due_slots(now=timezone.now(), limit=MOST_AT_ONCE)
    _each("work_waiting_list", _while_there_is_time(due), lambda pk: offer_slot(slot_id=pk, now=timezone.now()))
    now = timezone.now()
    over = line.run_out_entries(now=now, limit=MOST_AT_ONCE)
    _each("work_waiting_list", over, lambda pk: run_out_entry(entry_id=pk, now=now))


def _while_there_is_time(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows until a run has taken long enough."""
    end = time.monotonic() + LONGEST_RUN
    for row in rows:
        if time.monotonic() > end:
            return
        yield row


@shared_task(name=COMPARE)
def work_history_checks() -> None:
    """Work out what drafts of policies would have done to the past."""
    _each(
        "work_history_checks",
        what_if.open_checks(limit=MOST_AT_ONCE),
        lambda pk: answer_history(check_id=pk, now=timezone.now()),
    )


@shared_task(name="appointments.make_slots")
def make_all_slots() -> None:
    """Make every doctor's slots out of the weekly hours, as far ahead as the centre wants."""
    now = timezone.now()
    doctors = hours_queries.doctors_with_hours(now=now)
    _each("make_slots", doctors, lambda pk: make_slots(doctor_id=pk, now=now))


@shared_task(name="appointments.forget_id_numbers")
def forget_id_numbers() -> None:
    """Destroy the ID numbers of carers and patients whose time is over."""
    now = timezone.now()
    carers.forget_id_numbers(now=now)
    over = id_number.id_numbers_to_destroy(now=now, limit=MOST_AT_ONCE)
    job = Actor.system("end of ID numbers")
    _each("forget_id_numbers", over, lambda pk: id_number.destroy_id_number(patient_id=pk, actor=job, now=now))


@shared_task(name="appointments.forget_documents")
def forget_documents() -> None:
    """Destroy documents of late requests whose time is over."""
    now = timezone.now()
    due = documents.due_documents(now=now, limit=MOST_AT_ONCE)
    _each("forget_documents", due, lambda one: documents.destroy_document(document=one, now=now))
    _each("forget_documents", documents.orphaned_files(now=now), storage.discard)


@shared_task(name="appointments.audit")
def audit() -> None:
    """Check every promise, tell the log of each that is broken, and keep the result for the desk."""
    now = timezone.now()
    findings = list(check(PROMISES, now=now))
    for finding in findings:
        offenders = ", ".join(finding.offenders)
        _log.error(
            "Broken promise %s: %s It means: %s Rows: %s",
            finding.promise.code,
            finding.promise.words,
            finding.promise.means,
            offenders,
        )
    keep_audit(at=now, promises=len(PROMISES), findings=findings)
