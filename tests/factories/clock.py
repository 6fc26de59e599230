"""The moments the factories know. NOW is the moment of the fixture `now`."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
#: When the policies of the factories were published; in force from then on.
PUBLISHED_AT = NOW - timedelta(days=60)
#: Long enough before NOW that the cooling-off period of a booking made then is over.
LONG_AGO = NOW - timedelta(days=10)
#: When slots start unless a test says otherwise: far enough for the tier of 100 %.
STARTS_AT = NOW + timedelta(days=3)
