"""Where a feed is read."""

from django.conf import settings
from django.urls import reverse


def feed_address(token: str) -> str:
    """Return the private address of a feed."""
    site: str = settings.SITE_URL
    return site + reverse("portal:calendar_feed", args=[token])


def as_subscription(address: str) -> str:
    """Return the address in the form that opens a calendar program."""
    return f"webcal://{address.partition('://')[2]}"
