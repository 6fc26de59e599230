"""The platform of the demonstration, with a key that is made anew at every start: keys are shown once."""

from datetime import datetime

from appointments.models import Channel, Partner
from appointments.partners.keys import issue_key, live_keys, revoke_key

NAME = "HealthGate"


def make_partner(*, channel: Channel) -> Partner:
    """Make the platform of this channel."""
    partner = Partner.objects.create(name=NAME)
    partner.channels.set([channel])
    return partner


def fresh_key(*, now: datetime) -> str | None:
    """Return a new key of the platform; those it had end. None where there is no such platform (any more)."""
    partner = Partner.objects.filter(name=NAME, is_active=True).first()
    if partner is None:
        return None
    for key in live_keys(partner.pk, now=now):
        revoke_key(key_id=key.pk, now=now)
    return issue_key(partner_id=partner.pk, now=now).secret
