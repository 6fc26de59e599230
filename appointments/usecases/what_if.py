"""Ask what a version of a policy would have done to the last 90 days, and work that out."""

from datetime import datetime, timedelta

from appointments.models import HistoryCheck
from appointments.transactions import in_one_transaction
from appointments.what_if import compare_with_history
from policies.models import PolicyVersion
from refunds.nudges import nudge

LOOK_BACK = timedelta(days=90)
COMPARE = "appointments.compare_with_history"


@in_one_transaction
def ask_history(*, version: PolicyVersion, fingerprint: str, actor: str, now: datetime) -> HistoryCheck:
    """Ask for the comparison; one that is still open for this version is returned instead of a second one."""
    check, _ = HistoryCheck.objects.get_or_create(
        version=version,
        finished_at=None,
        defaults={"fingerprint": fingerprint, "since": now - LOOK_BACK, "asked_at": now, "asked_by": actor},
    )
    nudge(COMPARE)
    return check


def answer_history(*, check_id: int, now: datetime) -> bool:
    """Work an open comparison out and keep the result. Working it out twice gives the same; the first one is kept."""
    check = HistoryCheck.objects.select_related("version__policy").get(pk=check_id)
    if check.finished_at:
        return False

    def report(done: int) -> None:
        HistoryCheck.objects.filter(pk=check_id, finished_at=None).update(done=done)

    found = compare_with_history(check, report=report)
    still_open = HistoryCheck.objects.filter(pk=check_id, finished_at=None)
    return bool(still_open.update(done=found.count, result=found.as_record(), finished_at=now))
