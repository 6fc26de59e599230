"""`manage.py settlement_report --gateway stripe balance.csv`: the provider's balance against the ledger, day by day."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from refunds.gateways.registry import GATEWAYS
from refunds.reconcile.settlement import UnreadableReport, as_csv, compare, provider_days


class Command(BaseCommand):
    """Print the comparison as CSV. Exit status 1 when a difference is left at the end."""

    help = "Compare a provider's balance (CSV: date,currency,captured,refunded) with the ledger. Exit status 1 if they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose report, and where it is."""
        parser.add_argument("--gateway", choices=sorted(GATEWAYS), required=True)
        parser.add_argument("report", type=Path, help="the provider's CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compare, print."""
        try:
            there = provider_days(text=options["report"].read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, UnreadableReport) as error:
            raise CommandError(str(error)) from error
        days = compare(gateway=options["gateway"], there=there)
        self.stdout.write(as_csv(days=days), ending="")
        last = {day.currency: day.carried for day in days}
        if any(last.values()):
            sys.exit(1)
