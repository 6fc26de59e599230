"""A visit by a payout link: the digest of its token and whether the second step was passed, kept in the session."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest

from appointments import payouts
from appointments.actor import Actor
from appointments.carers import right_stands
from appointments.models import Appointment
from refunds.bank import links
from refunds.bank import queries as bank_queries
from refunds.models import PayoutLink, Refund

_SESSION = "payout"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came by which link, about which refund. Until `is_proved` nothing about it is shown."""

    link: PayoutLink
    appointment: Appointment
    is_proved: bool
    came_as: str = ""

    @property
    def refund(self) -> Refund:
        """The refund the link serves."""
        return self.link.refund

    @property
    def actor(self) -> str:
        """Who speaks in the history."""
        who = self.came_as or f"patient {self.appointment.chain.patient_id}"
        return f"{who}, payout link {self.link.pk}"

    @property
    def birth_date(self) -> date | None:
        """The answer to the second step; without one the link opens nothing."""
        return self.appointment.chain.patient.birth_date


def come_by_link(request: HttpRequest, token: str) -> None:
    """Keep the token's digest, whatever it is worth: that is judged on the page."""
    _keep(request, digest=links.digest_of(token), is_proved=False)


def come_signed_in(request: HttpRequest, *, refund_id: UUID, actor: Actor, now: datetime) -> None:
    """Let a patient or carer in who is signed in: the password stands for the second step. A carer's right is asked at every step."""
    token = links.issue_link(refund_id=refund_id, actor=actor.label, now=now)
    right = str(actor.carer_relation_id) if actor.carer_relation_id else ""
    _keep(request, digest=links.digest_of(token), is_proved=True, came_as=actor.label, right=right)


def prove(request: HttpRequest) -> None:
    """Note that the second step was passed, in a session with a new key."""
    digest = request.session[_SESSION]["digest"]
    request.session.cycle_key()
    _keep(request, digest=digest, is_proved=True)


def visit_of(request: HttpRequest, *, now: datetime) -> Visit | None:
    """Return the visit this session is on, if its link can still be used and, for a carer, their right still stands."""
    kept = request.session.get(_SESSION) or {}
    if kept.get("right") and not right_stands(UUID(kept["right"]), now=now):
        return None
    link = bank_queries.usable_link(digest=kept.get("digest", ""), now=now)
    appointment = payouts.appointment_of(link.refund) if link else None
    if link is None or appointment is None:
        return None
    return Visit(link, appointment, kept.get("is_proved") is True, kept.get("came_as", ""))


def _keep(request: HttpRequest, *, digest: str, is_proved: bool, came_as: str = "", right: str = "") -> None:
    request.session[_SESSION] = {"digest": digest, "is_proved": is_proved, "came_as": came_as, "right": right}
