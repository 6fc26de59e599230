"""The latest audit, kept in the database so that the desk and every process can show it without running it again."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from refunds.audit.engine import Finding
from refunds.models import AuditRun

KEPT_FOR = timedelta(days=90)

_log = logging.getLogger(__name__)


def keep_audit(*, at: datetime, promises: int, findings: Sequence[Finding]) -> AuditRun:
    """Keep this audit, forget those of long ago, and log one line that can be counted."""
    run = AuditRun.objects.create(
        at=at,
        promises=promises,
        offenders=sum(finding.count for finding in findings),
        broken=[
            {
                "code": finding.promise.code,
                "words": finding.promise.words,
                "means": finding.promise.means,
                "count": finding.count,
                "offenders": list(finding.offenders),
            }
            for finding in findings
        ],
    )
    AuditRun.objects.filter(at__lt=at - KEPT_FOR).delete()
    _log.info("audit promises=%d broken=%d offenders=%d", promises, len(findings), run.offenders)
    return run


def latest_audit() -> AuditRun | None:
    """Return the latest audit, or None before the first."""
    return AuditRun.objects.first()
