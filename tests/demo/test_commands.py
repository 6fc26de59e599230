"""`manage.py demo_data` and what `manage.py demo` refuses."""

import socket
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from appointments.models import Appointment, User
from tests.factories import UserFactory

_WHEN = "2025-06-02T06:40:00+00:00"


def _run(*arguments: str) -> str:
    output = StringIO()
    call_command("demo_data", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_demo_data_when_run_twice(settings: Settings) -> None:
    settings.DEMO = True

    assert _run("--now", _WHEN) == "Made 29 appointments at 2 centres.\n"
    assert _run("--now", _WHEN) == "The demonstration is there already; nothing was changed.\n"

    assert Appointment.objects.count() == 32  # with the draft behind an offer of the waiting list


@pytest.mark.django_db
def test_demo_data_when_no_demo() -> None:
    with pytest.raises(CommandError, match="only with DEMO=1"):
        _run()

    assert not User.objects.exists()


@pytest.mark.django_db
def test_demo_data_when_other_data_is_there(settings: Settings) -> None:
    settings.DEMO = True
    UserFactory.create()

    with pytest.raises(CommandError, match="already holds other data"):
        _run()

    assert User.objects.count() == 1


@pytest.mark.parametrize("text", ["yesterday", "2025-06-02T06:40:00", "2025-06-02"])
@pytest.mark.django_db
def test_demo_data_when_moment_cannot_be_read(settings: Settings, text: str) -> None:
    settings.DEMO = True

    with pytest.raises(CommandError, match="needs a time with an offset"):
        _run("--now", text)

    assert not User.objects.exists()


def test_demo_when_no_demo() -> None:
    with pytest.raises(CommandError, match="runs only with DEMO=1"):
        call_command("demo")


def test_demo_when_port_is_busy(settings: Settings) -> None:
    settings.DEMO = True
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} is in use. Choose another: make demo PORT=8001"):
            call_command("demo", port=port)
