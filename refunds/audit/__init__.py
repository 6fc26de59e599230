"""Every promise about money as one SQL query that finds what breaks it, for PostgreSQL and SQLite alike."""

from refunds.audit.bank import BANK
from refunds.audit.books import BOOKS
from refunds.audit.engine import Finding, Promise, check
from refunds.audit.history import HISTORY
from refunds.audit.work import WORK

PROMISES: tuple[Promise, ...] = BOOKS + BANK + HISTORY + WORK

__all__ = ["PROMISES", "Finding", "Promise", "check"]
