"""An app's code and refresh token used eight times at once, and the end that comes while they are used."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from appointments.models import AppConsent
from appointments.patient_apps.consents import end_app
from tests.api.phones import code_for, patient, pulse, redeem, refresh, tokens_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AT_ONCE = 8


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment; return what each gave."""
    results: list[Any] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def run(number: int, deed: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            results[number] = deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def live() -> tuple[int, int]:
    """How many access and refresh tokens open something."""
    return get_access_token_model().objects.count(), get_refresh_token_model().objects.filter(revoked=None).count()


def test_code_when_eight_redeem_it() -> None:
    """One is served, and what it got ends: seven others had the code too."""
    app = pulse()
    code = code_for(app, patient())

    answers = together(*[lambda: redeem(app, code)] * AT_ONCE)

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (AT_ONCE - 1)
    assert live() == (0, 0)


def test_refresh_when_eight_use_it() -> None:
    app = pulse()
    token = tokens_for(app, patient())["refresh_token"]

    answers = together(*[lambda: refresh(app, token)] * AT_ONCE)

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (AT_ONCE - 1)
    assert live() == (0, 0)


def test_access_when_ended_while_apps_refresh() -> None:
    """Whoever comes first, nothing is open afterwards."""
    app, user = pulse(), patient()
    phones = [tokens_for(app, user)["refresh_token"] for _ in range(4)]
    consent = AppConsent.objects.get()

    def end() -> bool:
        return end_app(consent_id=consent.pk, user=user, now=timezone.now())

    ended, *answers = together(end, *[lambda token=token: refresh(app, token) for token in phones])

    assert ended is True
    assert {answer.status_code for answer in answers} <= {200, 400}
    assert live() == (0, 0)
