"""The latest audit, kept in the cache so that the desk can show it without running it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from appointments.audit import PROMISES
from refunds.audit import Finding

CACHE_KEY = "audit:latest"


@dataclass(frozen=True, slots=True)
class LatestAudit:
    """When every promise was last checked, how many there were, and which were broken."""

    at: datetime
    promises: int
    findings: tuple[Finding, ...]


def keep_latest(*, at: datetime, findings: Sequence[Finding]) -> None:
    """Keep this audit until the next one: plain values, which the next release can still read."""
    broken = [(finding.promise.code, list(finding.offenders)) for finding in findings]
    cache.set(CACHE_KEY, {"at": at.isoformat(), "promises": len(PROMISES), "broken": broken}, timeout=None)


def latest_audit() -> LatestAudit | None:
    """Return the latest audit, or None if there was none since the cache was emptied.

    A cache in one process's memory (no Redis) is not seen by others.
    """
    kept = cache.get(CACHE_KEY)
    if kept is None:
        return None
    by_code = {promise.code: promise for promise in PROMISES}
    findings = tuple(Finding(by_code[code], tuple(keys)) for code, keys in kept["broken"] if code in by_code)
    return LatestAudit(datetime.fromisoformat(kept["at"]), kept["promises"], findings)
