"""Who calls the API: a partner with one of its keys or tokens, and what that key may do."""

from dataclasses import dataclass

from appointments.actor import Actor
from appointments.models import Appointment, Partner


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner that has shown who it is. `channel_ids` are the channels this key reaches, `key_name` names it in logs."""

    partner_id: int
    partner_name: str
    key_name: str
    channel_ids: frozenset[int]
    may_read: bool
    may_write: bool
    requests_per_minute: int
    is_authenticated: bool = True

    @property
    def actor(self) -> Actor:
        """The partner as the one who acts, at the entrance of its channels."""
        return Actor.partner(
            partner_id=self.partner_id, name=self.partner_name, key=self.key_name, channel_ids=self.channel_ids
        )

    @property
    def counted_as(self) -> str:
        """By what its requests are counted: the partner, whichever of its keys it uses."""
        return str(self.partner_id)

    @property
    def keeps_answers(self) -> dict[str, int]:
        """Whose Idempotency-Keys these are."""
        return {"partner_id": self.partner_id}

    def actor_on(self, _appointment: Appointment) -> Actor:
        """Return the partner as the one who acts, on whichever of its bookings."""
        return self.actor


def caller_for(
    partner: Partner, *, key_name: str, only: frozenset[int] | None, may_read: bool = True, may_write: bool
) -> Caller:
    """Return the caller with the partner's channels, narrowed to `only` where a key or token is narrower. One query."""
    channels = frozenset(partner.channels.values_list("pk", flat=True))
    return Caller(
        partner_id=partner.pk,
        partner_name=partner.name,
        key_name=key_name,
        channel_ids=channels if only is None else channels & only,
        may_read=may_read,
        may_write=may_write,
        requests_per_minute=partner.requests_per_minute,
    )
