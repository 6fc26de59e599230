"""Emptying the database between tests passes append-only triggers and leaves them in force."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now as read_clock

MAKE = {
    "sqlite": """
        CREATE TRIGGER keep_sessions BEFORE DELETE ON django_session
        BEGIN SELECT RAISE(ABORT, 'sessions are kept'); END
    """,
    "postgresql": """
        CREATE FUNCTION keep_sessions() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'sessions are kept'; END $$;
        CREATE TRIGGER keep_sessions BEFORE DELETE OR TRUNCATE ON django_session EXECUTE FUNCTION keep_sessions()
    """,
}
DROP = {"sqlite": "DROP TRIGGER keep_sessions", "postgresql": "DROP FUNCTION keep_sessions CASCADE"}


@pytest.fixture
def _kept_sessions(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(MAKE[connection.vendor])
        yield
        cursor.execute(DROP[connection.vendor])


def _emptying_is_refused() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_session")
    except DatabaseError:
        return True
    return False


@pytest.mark.usefixtures("_kept_sessions")
def test_flush_when_triggers_refuse() -> None:
    Session.objects.create(session_key="a", session_data="", expire_date=read_clock())
    assert _emptying_is_refused()

    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)

    assert Session.objects.count() == 0
    Session.objects.create(session_key="b", session_data="", expire_date=read_clock())
    assert _emptying_is_refused()
