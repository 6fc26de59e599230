"""A double-clicked cancellation on whichever database the tests run on; on SQLite, BEGIN IMMEDIATE is the lock."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from tests.concurrency.race import run, thinking
from tests.concurrency.rivals import Clinic, two_clicks_on_cancel

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 30


@pytest.fixture
def _deferred() -> Iterator[None]:
    """SQLite as it comes: a transaction takes the lock when it first writes, not when it begins."""

    def defer(connection: object, **_: object) -> None:
        if getattr(connection, "vendor", "") == "sqlite":
            connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]

    connection_created.connect(defer)
    yield
    connection_created.disconnect(defer)


@pytest.mark.usefixtures("_deferred")
def test_double_click_when_transactions_are_deferred() -> None:
    clinic = Clinic()

    with thinking():
        right = all(run(two_clicks_on_cancel(clinic)) for _ in range(ROUNDS))

    assert right == (connection.vendor != "sqlite")


def test_double_click_when_cancelled() -> None:
    clinic = Clinic()

    with thinking():
        right = [run(two_clicks_on_cancel(clinic)) for _ in range(ROUNDS)]

    assert right == [True] * ROUNDS
