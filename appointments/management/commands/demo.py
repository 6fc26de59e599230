"""The whole system on one machine, with believable data: `make demo`."""

import http.client
import os
import signal
import socket
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.demo.partner import NAME, fresh_key
from appointments.demo.people import PASSWORD, PATIENTS, STAFF
from appointments.management import demo_provider
from appointments.management.processes import Children

_HOST = "127.0.0.1"
_ANSWER_WITHIN_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.2
# Celery's advice for a real installation; in a container the demonstration is often started by root.
_NOT_AS_ROOT = "ignore:You're running the worker with superuser privileges"


class Command(BaseCommand):
    """Migrates, makes the data, runs web, worker and beat, and stops them together."""

    help = "Run web, worker and beat with believable data until Ctrl-C (only with DEMO=1)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port, and whether a provider is played."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--provider", choices=demo_provider.PROVIDERS, help="play this provider instead of the sandbox"
        )
        parser.add_argument("--provider-port", type=int, default=9000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until somebody or something stops it."""
        if not settings.DEMO:
            raise CommandError(_("The demonstration runs only with DEMO=1, as make demo sets it."))
        port, provider, provider_port = options["port"], options.get("provider"), options.get("provider_port", 9000)
        for wanted in (port, provider_port) if provider else (port,):
            _refuse_busy_port(wanted)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        played = demo_provider.environment_for(provider, port=provider_port) if provider else {}
        children = Children(_environment(port) | played, settings.BASE_DIR)
        try:
            settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a folder that is not there
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
            programs = _programs(port)
            if provider:
                children.start("provider", demo_provider.program(port=provider_port, folder=settings.VAR_DIR))
            children.start("web", programs["web"])  # loads while the data is made
            call_command("demo_data", skip_checks=True, stdout=self.stdout)
            children.start("worker", programs["worker"])
            children.start("beat", programs["beat"])
            _wait_for_answer(children, port)
            if provider:
                demo_provider.prepare(provider, port=provider_port, site=f"http://{_HOST}:{port}")
            self._say_where(port, provider)
            _watch(children)
        except KeyboardInterrupt:
            self.stdout.write("\n" + _("Stopping …"))
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            children.stop()

    def _say_where(self, port: int, provider: str | None) -> None:
        """Print the address, who can log in, and where the mails are."""
        address = f"http://{_HOST}:{port}"
        rows = [(plan.email, plan.name, plan.what) for plan in PATIENTS if plan.email]
        rows += [(plan.email, plan.name, plan.group or _("may do everything")) for plan in STAFF]
        wide = max(len(email) for email, _name, _what in rows)
        wide_name = max(len(name) for _email, name, _what in rows)
        lines = [
            "",
            _("Fairslot runs at %(address)s (patients) and %(address)s/admin/ (staff).") % {"address": address},
            _("Everybody’s password is: %(password)s") % {"password": PASSWORD},
            "",
            *(f"  {email:{wide}}  {name:{wide_name}}  {what}" for email, name, what in rows),
            "",
            *self._key_of_partner(),
            *(
                [_("New payments go to %(name)s, played on this machine.") % {"name": provider.capitalize()}]
                if provider
                else []
            ),
            _("Mails are kept in %(folder)s and under Outbox in the admin.") % {"folder": settings.EMAIL_FILE_PATH},
            _("Ctrl-C stops everything. To start afresh, remove %(folder)s.") % {"folder": settings.VAR_DIR},
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _key_of_partner(self) -> list[str]:
        """Return the line with a new key of the platform; the keys of earlier starts end."""
        key = fresh_key(now=timezone.now())
        names = {"partner": NAME, "key": key}
        return [_("API key of %(partner)s until the next start: %(key)s") % names] if key else []


def _environment(port: int) -> dict[str, str]:
    """Return what the children find in their environment: ours, as a demonstration at this port."""
    defaults = {"SITE_URL": f"http://{_HOST}:{port}", "LOG_LEVEL": "WARNING"}
    ours = {"DEMO": "1", "VAR_DIR": str(settings.VAR_DIR), "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": _NOT_AS_ROOT}
    return defaults | os.environ | ours


def _programs(port: int) -> dict[str, list[str]]:
    """Return the three programs, each a Python module with its arguments."""
    celery = ["celery", "--app", "config"]
    beat = ["beat", "--schedule", str(settings.VAR_DIR / "beat-schedule"), "--pidfile", ""]
    worker = ["worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    quiet = ["--loglevel", "WARNING"]
    web = ["gunicorn", "config.wsgi", "--bind", f"{_HOST}:{port}", "--workers", "2", "--threads", "4", "--preload"]
    return {
        "web": [*web, "--graceful-timeout", "3", "--log-level", "warning", "--no-control-socket"],
        "worker": [*celery, "--quiet", *worker, *quiet],
        "beat": [*celery, "--quiet", *beat, *quiet],
    }


def _refuse_busy_port(port: int) -> None:
    """Raise CommandError if somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise CommandError(
                _("Port %(port)d is in use. Choose another: make demo PORT=8001") % {"port": port}
            ) from error


def _wait_for_answer(children: Children, port: int) -> None:
    """Wait until the first page is served. Raises CommandError if it fails, a process ends or a minute passes."""
    deadline = time.monotonic() + _ANSWER_WITHIN_SECONDS
    while (status := _status_of_first_page(port)) is None:
        _raise_if_ended(children)
        if time.monotonic() > deadline:
            raise CommandError(_("No page was served within a minute."))
        time.sleep(_LOOK_EVERY_SECONDS)
    if status >= 500:
        raise CommandError(
            _("The first page failed with status %(status)d; everything was stopped.") % {"status": status}
        )


def _status_of_first_page(port: int) -> int | None:
    """Return the HTTP status, or None while nobody answers."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=20)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _watch(children: Children) -> None:
    """Wait for ever. Raises CommandError when a process ends by itself."""
    while True:
        _raise_if_ended(children)
        time.sleep(_LOOK_EVERY_SECONDS)


def _raise_if_ended(children: Children) -> None:
    name = children.ended()
    if name is not None:
        status = children.running[name].returncode
        raise CommandError(
            _("The %(name)s process ended by itself (exit status %(status)s); everything was stopped.")
            % {"name": name, "status": status}
        )
