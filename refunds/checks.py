"""System checks: `manage.py check` says what is wrong with the configured providers."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from refunds.gateways.configuration import problems


@register()
def check_providers(**_: Any) -> list[CheckMessage]:
    """An error for each reason not to start."""
    return [Error(problem.text, id=problem.code) for problem in problems()]
