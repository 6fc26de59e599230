"""`manage.py audit`: every money and slot promise, checked with SQL."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments.audit import PROMISES
from refunds.audit import check


class Command(BaseCommand):
    """Print every row that breaks a promise, and what that means. Exit status 1 if there is one."""

    help = "Check every promise about money and slots with one SQL query each. Exit status 1 if one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check all; say so plainly when nothing is broken."""
        findings = list(check(PROMISES, now=timezone.now()))
        for finding in findings:
            self.stdout.write(f"BROKEN {finding.promise.code}: {finding.promise.words}")
            self.stdout.write(f"  It means: {finding.promise.means}")
            for offender in finding.offenders:
                self.stdout.write(f"  - {offender}")
        self.stdout.write(f"{len(PROMISES)} promises checked, {len(findings)} broken.")
        if findings:
            sys.exit(1)
