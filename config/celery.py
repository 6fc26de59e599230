"""The Celery application and the only beat schedule. Every task is safe to run twice and at the same time."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fairslot")
app.set_default()  # in every thread, not only in the one that imports this: nudges are sent from one of their own
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["appointments", "appointments.webhooks_out", "refunds"])

# The rows are the queue; beat only looks. A minute is what product.md promises after the broker's return.
app.conf.beat_schedule = {
    "expire-drafts": {"task": "appointments.expire_drafts", "schedule": 20.0},
    "time-out-approvals": {"task": "appointments.time_out_approvals", "schedule": 60.0},
    "apply-payments": {"task": "appointments.apply_payments", "schedule": 10.0},
    "announce-refund-news": {"task": "appointments.announce_refund_news", "schedule": 10.0},
    "remind": {"task": "appointments.remind", "schedule": 60.0},
    "send-outbox": {"task": "appointments.send_outbox", "schedule": 10.0},
    "deliver-webhooks": {"task": "appointments.deliver_webhooks", "schedule": 10.0},
    "keep-up-webhooks": {"task": "appointments.keep_up_webhooks", "schedule": 600.0},
    "forget-old-answers": {"task": "appointments.forget_old_answers", "schedule": 600.0},
    "compare-with-history": {"task": "appointments.compare_with_history", "schedule": 10.0},
    "work-waiting-list": {"task": "appointments.work_waiting_list", "schedule": 20.0},
    "work-leaves": {"task": "appointments.work_leaves", "schedule": 10.0},
    "process-due-refunds": {"task": "refunds.process_due_refunds", "schedule": 10.0},
    "reconcile-stuck-refunds": {"task": "refunds.reconcile_stuck_refunds", "schedule": 60.0},
    "work-off-webhooks": {"task": "refunds.work_off_webhooks", "schedule": 10.0},
    "follow-outside-refunds": {"task": "appointments.follow_outside_refunds", "schedule": 60.0},
    "reread-open-refunds": {"task": "refunds.reread_open_refunds", "schedule": crontab(minute=10, hour="*/6")},
    "reconcile-accounts": {"task": "refunds.reconcile_accounts", "schedule": crontab(hour=1, minute=30)},
    "forget-old-tokens": {"task": "appointments.forget_old_tokens", "schedule": crontab(hour=3, minute=20)},
    "forget-id-numbers": {"task": "appointments.forget_id_numbers", "schedule": crontab(hour=3, minute=10)},
    "make-slots": {"task": "appointments.make_slots", "schedule": crontab(hour=0, minute=40)},
    "forget-documents": {"task": "appointments.forget_documents", "schedule": crontab(hour=3, minute=15)},
    "audit": {"task": "appointments.audit", "schedule": crontab(hour=2, minute=30)},
}
