"""A visit by a payout link: the digest of its token and whether the second step was passed, kept in the session."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest

from appointments import payouts
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

    @property
    def refund(self) -> Refund:
        """The refund the link serves."""
        return self.link.refund

    @property
    def actor(self) -> str:
        """Who speaks in the history."""
        return f"patient {self.appointment.chain.patient_id}, payout link {self.link.pk}"

    @property
    def birth_date(self) -> date | None:
        """The answer to the second step; without one the link opens nothing."""
        return self.appointment.chain.patient.birth_date


def come_by_link(request: HttpRequest, token: str) -> None:
    """Keep the token's digest, whatever it is worth: that is judged on the page."""
    _keep(request, digest=links.digest_of(token), is_proved=False)


def come_signed_in(request: HttpRequest, *, refund_id: UUID, actor: str, now: datetime) -> None:
    """Let a patient in who is signed in: the password stands for the second step."""
    token = links.issue_link(refund_id=refund_id, actor=actor, now=now)
    _keep(request, digest=links.digest_of(token), is_proved=True)


def prove(request: HttpRequest) -> None:
    """Note that the second step was passed, in a session with a new key."""
    digest = request.session[_SESSION]["digest"]
    request.session.cycle_key()
    _keep(request, digest=digest, is_proved=True)


def visit_of(request: HttpRequest, *, now: datetime) -> Visit | None:
    """Return the visit this session is on, if its link can still be used."""
    kept = request.session.get(_SESSION) or {}
    link = bank_queries.usable_link(digest=kept.get("digest", ""), now=now)
    appointment = payouts.appointment_of(link.refund) if link else None
    return Visit(link, appointment, kept.get("is_proved") is True) if link and appointment else None


def _keep(request: HttpRequest, *, digest: str, is_proved: bool) -> None:
    request.session[_SESSION] = {"digest": digest, "is_proved": is_proved}
