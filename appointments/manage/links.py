"""Links by which one booking is managed: 256 random bits, of which only a digest is kept."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from appointments.models import Appointment, ManageLink
from appointments.models.links import MOST_WRONG_FOR_A_LINK
from appointments.queries import with_everything
from refunds import queries as refund_queries

#: Stands in a mail for the token of its link, which is made when the mail is sent and kept nowhere.
TOKEN_PLACE = "known-to-the-patient-alone"  # noqa: S105 (it stands for the token)

_PURPOSE = b"fairslot.manage:"


def digest_of(token: str) -> str:
    """Return what is kept of a token. The purpose is part of it, so that a token for another deed never fits."""
    return hashlib.sha256(_PURPOSE + token.encode()).hexdigest()


def issue_link(*, chain_id: UUID, now: datetime) -> str:
    """Return the token of a new link to a booking. It is told once, here."""
    token = secrets.token_urlsafe(32)
    ManageLink.objects.create(chain_id=chain_id, digest=digest_of(token), issued_at=now)
    return token


def link_of(*, token: str) -> ManageLink | None:
    """Return the link with this token if it can be used, or None."""
    return _usable().filter(digest=digest_of(token)).first()


def link_to_prove(*, pk: int) -> ManageLink | None:
    """Return the link if its second step can still be tried, or None."""
    return _usable().filter(pk=pk).first()


def stands(*, pk: int) -> bool:
    """Tell whether nobody took the link back. Whoever passed its second step is out when somebody did."""
    return ManageLink.objects.filter(pk=pk, revoked_at__isnull=True).exists()


def revoke_links(*, chain_id: UUID, now: datetime) -> int:
    """Take back every link to a booking. Returns how many there were; who is in by one of them is out."""
    return ManageLink.objects.filter(chain_id=chain_id, revoked_at__isnull=True).update(revoked_at=now)


def spend_answer(*, link: ManageLink) -> bool:
    """Count an answer before it is judged; False when the link has none left."""
    return bool(_usable().filter(pk=link.pk).update(wrong_answers=F("wrong_answers") + 1))


def forgive_answers(*, link: ManageLink) -> None:
    """Start counting anew after a right answer."""
    ManageLink.objects.filter(pk=link.pk).update(wrong_answers=0)


def _usable() -> QuerySet[ManageLink]:
    return ManageLink.objects.filter(revoked_at__isnull=True, wrong_answers__lt=MOST_WRONG_FOR_A_LINK)


def current_appointment(*, chain_id: UUID) -> Appointment | None:
    """Return where a booking stands now: its newest appointment, drafts that wait to replace another left out."""
    appointments = Appointment.objects.filter(chain_id=chain_id, pending_move__isnull=True)
    return with_everything(appointments).order_by("-created_at", "-pk").first()


def open_booking(*, chain_id: UUID, now: datetime) -> Appointment | None:
    """Return where a booking stands while links and look-ups serve it: until it is over and no money is under way."""
    appointment = current_appointment(chain_id=chain_id)
    if appointment is None:
        return None
    is_to_come = appointment.slot.ends_at > now
    return appointment if is_to_come or refund_queries.has_open_refunds(source=appointment.chain.source) else None
