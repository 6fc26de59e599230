"""A visit without an account: which booking the session is about, by which link, and whether the second step was passed.

The session holds ids, never a token. Every request looks anew whether the link still stands and the booking is not over.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from appointments.manage import links
from appointments.models import Appointment, ManageLink
from appointments.visitors import Guest

_SESSION = "manage"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that is not proved yet. `link` is None after a look-up; until it is proved nothing about it is shown."""

    appointment: Appointment
    link: ManageLink | None
    then: str


def come_by_link(request: HttpRequest, link: ManageLink, *, then: str) -> None:
    """Note where a link leads; whoever passed its second step already stays in."""
    kept = _kept(request)
    if kept.get("proof") and kept.get("chain") == str(link.chain_id):
        return
    request.session[_SESSION] = {"chain": str(link.chain_id), "link": link.pk, "then": then, "proof": ""}


def come_by_look_up(request: HttpRequest, appointment: Appointment) -> None:
    """Note which booking was found."""
    request.session[_SESSION] = {"chain": str(appointment.chain_id), "link": None, "then": "", "proof": ""}


def visit_of(request: HttpRequest, *, now: datetime) -> Visit | None:
    """Return the visit whose second step can still be tried, or None."""
    kept = _kept(request)
    if not kept:
        return None
    link = links.link_to_prove(pk=kept["link"]) if kept["link"] else None
    if kept["link"] and link is None:
        return None
    appointment = links.open_booking(chain_id=UUID(kept["chain"]), now=now)
    return Visit(appointment, link, kept["then"]) if appointment else None


def prove(request: HttpRequest, *, by: str) -> None:
    """Note that the second step was passed, in a session with a new key that ends with the browser."""
    kept = _kept(request)
    signed_in = request.user.is_authenticated
    request.session.cycle_key()
    if not signed_in:
        request.session.set_expiry(0)
    request.session[_SESSION] = kept | {"proof": by}


def guest_of(request: HttpRequest, *, now: datetime) -> Guest | None:
    """Return the guest who passed the second step, while the link stands and the booking is not over."""
    kept = _kept(request)
    if not kept.get("proof"):
        return None
    if kept["link"] and not links.stands(pk=kept["link"]):
        return None
    chain_id = UUID(kept["chain"])
    if links.open_booking(chain_id=chain_id, now=now) is None:
        return None
    came = f"manage link {kept['link']}" if kept["link"] else "look-up"
    return Guest(chain_id, f"{came} and {kept['proof']}")


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(_SESSION) or {}
    return kept
