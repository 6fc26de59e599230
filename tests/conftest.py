"""What every test shares: a fixed moment, no network but this machine, caches apart, and a database that can be emptied."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from xdist.remote import Producer

from config.catalogues import compile_all
from tests import cache, database, network
from tests.sharing import NextFree

hypothesis.settings.register_profile("tests", deadline=None, print_blob=True)
hypothesis.settings.load_profile("tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--only-database`: leave out what would only repeat itself on a second database."""
    parser.addoption("--only-database", action="store_true", help="run only tests for which the database matters")
    parser.addoption("--write-golden", action="store_true", help="write the golden mails anew: read the diff")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked `postgres` on SQLite and, with --only-database, those that need no database.

    Those that start whole processes come first: at the end, one of them would keep a single process busy.
    """
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    kept = [
        item
        for item in items
        if (on_postgres or not item.get_closest_marker("postgres"))
        and (not config.getoption("--only-database") or _is_worth_repeating(item))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = sorted(kept, key=lambda item: not item.get_closest_marker("slow") or _touches_database(item))


#: Pages, mails and what else is worded: the queries below them have tests of their own, and they would take as long as all
#: others together.
_SAME_ON_EVERY_DATABASE = {"admin", "portal", "notifications", "wording", "calendars", "demo"}
#: Pages whose own queries count by the hour, or cut what is shown to a centre.
_QUERIES_OF_PAGES = {"test_today.py", "test_scope.py"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> NextFree:
    """Hand out the tests our way."""
    return NextFree(config, log)


def pytest_collection_finish() -> None:
    """Look for garbage seldom: what was loaded by now stays, and looking through it again and again took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"})


def _is_worth_repeating(item: pytest.Item) -> bool:
    """Tell whether the second database may answer otherwise, or is the only one that it runs on."""
    if item.get_closest_marker("postgres"):
        return True
    folders = set(item.path.relative_to(Path(__file__).parent).parts)
    looks_alike = bool(folders & _SAME_ON_EVERY_DATABASE) and item.path.name not in _QUERIES_OF_PAGES
    return _touches_database(item) and not looks_alike


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    with network.only_this_machine():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Every process has a database of its own, a copy of one that was migrated for all."""
    database.start_from_migrated()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """An SQLite file is the copy already; it goes with the run's folder."""
    return bool(connection.vendor == "sqlite")


@pytest.fixture(scope="session", autouse=True)
def _emptying_passes_triggers() -> Iterator[None]:
    with database.emptying_passes_triggers():
        yield


@pytest.fixture(scope="session", autouse=True)
def _translations_as_written() -> None:
    compile_all()


@pytest.fixture(autouse=True)
def _clean_slate(request: pytest.FixtureRequest) -> None:
    cache.start_test(name=request.node.nodeid)
    mail.outbox = []


@pytest.fixture
def now() -> datetime:
    """The moment at which a test happens unless it says otherwise: a Monday morning, aware, in UTC."""
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
