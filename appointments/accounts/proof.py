"""How long ago somebody showed who they are, for what must not be done on a device that was left open."""

from datetime import datetime, timedelta

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import HttpRequest

from appointments.models import User

LATELY = timedelta(minutes=15)


def proved_lately(request: HttpRequest, user: User, *, now: datetime) -> bool:
    """Tell whether the account signed in, or was asked once more, in the last quarter of an hour.

    An account with neither password nor second factor signs in by codes alone and cannot be asked again.
    """
    records = get_authentication_records(request, user)
    newest = max((record["at"] for record in records), default=0.0)
    return now.timestamp() - newest < LATELY.total_seconds() or did_recently_reauthenticate(request)
