"""`manage.py reconcile`: compare our refunds with the providers' accounts, as by night; after a restore before any worker starts."""

import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from refunds.gateways.registry import GATEWAYS
from refunds.reconcile.before_sending import reconcile_before_sending
from refunds.reconcile.nightly import LOOK_BACK, Report, reconcile_account


class Command(BaseCommand):
    """Exit status 1 when something is missing or lost; after a restore, when a provider gave no answer."""

    help = (
        "Compare our refunds with the providers' accounts. After restoring a backup run it with --before-sending while no "
        "worker runs, until it ends with status 0: keys protect a repeat for a day only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far back, where, and whether a backup was restored."""
        parser.add_argument("--before-sending", action="store_true", help="a backup was restored; no worker runs yet")
        parser.add_argument("--gateway", choices=sorted(GATEWAYS), help="one provider (default: all)")
        parser.add_argument("--days", type=int, default=LOOK_BACK.days, help="how many days of the accounts to compare")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, and say what was found."""
        look_back = timedelta(days=options["days"])
        if options["before_sending"]:
            restored = reconcile_before_sending(now=timezone.now(), look_back=look_back)
            self.stdout.write(f"{restored.looked_up} open tries looked up, {len(restored.adopted)} found.")
            for silent in restored.unanswered:
                self.stdout.write(f"NO ANSWER about {silent}: do not start workers; run this again.")
            for report in restored.reports:
                self._say(report)
            if restored.unanswered:
                sys.exit(1)
        else:
            names = [options["gateway"]] if options["gateway"] else list(GATEWAYS)
            reports = [reconcile_account(gateway=name, now=timezone.now(), look_back=look_back) for name in names]
            for report in reports:
                self._say(report)
            if any(report.lost or report.missing_there for report in reports):
                sys.exit(1)

    def _say(self, report: Report) -> None:
        """One line a provider, and one for each thing that a person has to look at."""
        self.stdout.write(
            f"{report.gateway}: {report.ours} ours, {len(report.external)} made outside, {report.strangers} about "
            f"nothing of ours, {report.disputes} disputes."
        )
        for provider_id in report.lost:
            self.stdout.write(f"  LOST HERE: {provider_id} is a refund of ours that this database does not know.")
        for provider_id in report.missing_there:
            self.stdout.write(f"  MISSING THERE: {provider_id}")
