"""Fill an empty database with the demonstration."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from appointments.demo.build import OtherDataError, build_demo


class Command(BaseCommand):
    """`manage.py demo_data [--now 2026-11-02T09:00:00+00:00]`. Running it again changes nothing."""

    help = "Fill an empty database with believable data for a first look (only with DEMO=1 or DEBUG=1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment at which the demonstration happens."""
        parser.add_argument("--now", help="ISO time with offset; without it, now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the data, or say why not."""
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError(_("The demonstration has a password that everybody knows. It is made only with DEMO=1."))
        try:
            demo = build_demo(now=self._moment(options["now"]))
        except OtherDataError as error:
            raise CommandError(
                _("This database already holds other data. The demonstration only goes into an empty one.")
            ) from error
        if demo is None:
            self.stdout.write(_("The demonstration is there already; nothing was changed."))
        else:
            made = {"scenes": len(demo.scenes), "centres": len(demo.places.centres)}
            self.stdout.write(_("Made %(scenes)d appointments at %(centres)d centres.") % made)

    def _moment(self, text: str | None) -> datetime:
        if text is None:
            return timezone.now()
        moment = parse_datetime(text)
        if moment is None or moment.tzinfo is None:
            raise CommandError(_("--now needs a time with an offset, like 2026-11-02T09:00:00+00:00."))
        return moment
