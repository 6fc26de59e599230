"""Waking a worker, without ever delaying or failing a page. The rows are the queue; a lost nudge is found by the sweep."""

import logging
import queue
import threading

from celery import current_app
from django.db import transaction

_log = logging.getLogger(__name__)

_names: "queue.Queue[str]" = queue.Queue()
_waiting: set[str] = set()
_guard = threading.Lock()
_thread: threading.Thread | None = None
_warned = False


def nudge(task_name: str) -> None:
    """Ask the broker to run a task, once the current transaction has been committed."""
    transaction.on_commit(lambda: _hand_over(task_name), robust=True)


def _hand_over(task_name: str) -> None:
    """Give the name to the one thread that talks to the broker; a name that still waits is not repeated."""
    with _guard:
        _start()
        if task_name in _waiting:
            return
        _waiting.add(task_name)
    _names.put(task_name)


def _start() -> None:
    """One daemon thread a process, also after a fork."""
    global _thread  # noqa: PLW0603 (one thread a process is the point)
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_run, name="refund-nudges", daemon=True)
        _thread.start()


def _run() -> None:
    """Publish names for ever."""
    while True:
        publish(_names.get())


def publish(task_name: str) -> None:
    """Send one name to the broker. A broker that is down costs one warning until it is back."""
    global _warned  # noqa: PLW0603 (one warning a process)
    with _guard:
        _waiting.discard(task_name)
    try:
        current_app.send_task(task_name, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 (whatever the broker raises, the sweep does the work)
        if not _warned:
            _log.warning("The broker does not take nudges; sweeps do the work until it is back: %s", error)
        _warned = True
    else:
        _warned = False
