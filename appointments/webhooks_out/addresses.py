"""Where webhooks may go: an https address whose every number is public, looked at when it is called."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Number = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Networks within which another number is hidden, and where in their 128 bits it stands (shift from the right).
_WITH_A_NUMBER_INSIDE = (
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
#: Public in the eyes of the standard library, and yet inside: services of cloud providers, networks of a site's own.
_INSIDE_ALL_THE_SAME = tuple(
    ipaddress.ip_network(text) for text in ("168.63.129.16/32", "192.0.0.0/24", "64:ff9b:1::/48", "fec0::/10")
)


class ForbiddenAddressError(Exception):
    """The name leads (also) to a number that is not public; nothing was sent. The message names the number."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in parts. `host` is in ASCII, without brackets; `path` begins with a slash and holds the query."""

    host: str
    port: int
    path: str
    is_https: bool = True


def read_address(url: str) -> Target:
    """Return the parts of an address. Raises ValidationError for one that no webhook goes to."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
        port = parts.port
    except ValueError as error:  # a port that is none, brackets that do not close, a name that cannot be written
        raise ValidationError(_("This is no web address.")) from error
    allowed = {"https", "http"} if settings.WEBHOOK_PLAIN_HTTP else {"https"}
    if parts.scheme not in allowed:
        raise ValidationError(_("The address must begin with https://."))
    if not host or port == 0 or any(character <= " " or character == "\x7f" for character in url):
        raise ValidationError(_("This is no web address."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValidationError(_("The address may hold no name, password or fragment."))
    is_https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise ValidationError(_("Write the path in ASCII, with percent signs."))
    return Target(host, port or (443 if is_https else 80), path, is_https=is_https)


def validate_address(url: str) -> None:
    """Refuse what no webhook goes to: another scheme, and numbers that are not public. Names are looked up when called."""
    host = read_address(url).host
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        if host.rstrip(".").lower().endswith("localhost") and not may_be_called(ipaddress.ip_address("127.0.0.1")):
            raise ValidationError(_("This address is not public.")) from None
        return
    if not may_be_called(number):
        raise ValidationError(_("This address is not public."))


def numbers_of(target: Target) -> list[str]:
    """Look up the numbers to connect to, in the resolver's order.

    Raises ForbiddenAddressError if only one of them is not public, so that nobody picks the moment; OSError for an
    unknown name.
    """
    numbers = list(dict.fromkeys(look_up(target.host, target.port)))
    for text in numbers:
        if not may_be_called(ipaddress.ip_address(text)):
            raise ForbiddenAddressError(f"{text} is not public")
    return numbers


def look_up(host: str, port: int) -> list[str]:
    """Ask the resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(row[4][0]) for row in found]


def may_be_called(number: Number) -> bool:
    """Tell whether a number is public, or in a network that the operator allows. One that hides another is as good as that."""
    allowed = (ipaddress.ip_network(text) for text in settings.WEBHOOK_PRIVATE_NETWORKS)
    if any(number in network for network in allowed):
        return True
    if isinstance(number, ipaddress.IPv6Address):
        if number.scope_id is not None:
            return False
        inner = _number_inside(number)
        if inner is not None:
            return may_be_called(inner)
    inside = any(number in network for network in _INSIDE_ALL_THE_SAME)
    return number.is_global and not number.is_multicast and not number.is_reserved and not inside


def _number_inside(number: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    for network, shift in _WITH_A_NUMBER_INSIDE:
        if number in network:
            return ipaddress.IPv4Address((int(number) >> shift) & 0xFFFFFFFF)
    return None
