"""The platform of the demonstration and its key."""

from datetime import timedelta

import pytest

from appointments.demo.partner import fresh_key, make_partner
from appointments.models import ApiKey, Channel, Partner
from appointments.partners.keys import caller_with_key
from tests.factories import NOW, ChannelFactory


@pytest.fixture
def channel(db: None) -> Channel:
    return ChannelFactory.create()


def test_key_when_started_again(channel: Channel) -> None:
    """Each start has its own; the one before opens nothing any more."""
    make_partner(channel=channel)
    keys = [fresh_key(now=NOW + timedelta(minutes=number)) for number in range(4)]

    callers = [caller_with_key(key or "", origin="", now=NOW + timedelta(hours=1)) for key in keys]

    assert [caller and caller.channel_ids for caller in callers] == [None, None, None, frozenset({channel.pk})]


def test_key_when_there_is_no_platform(channel: Channel) -> None:
    assert fresh_key(now=NOW) is None
    assert (Partner.objects.count(), ApiKey.objects.count()) == (0, 0)
