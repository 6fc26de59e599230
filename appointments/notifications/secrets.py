"""What a message says to its reader alone: the security code and the tokens of links. What is kept of it holds none: staff read it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from appointments import payouts
from appointments.manage import codes, links
from appointments.models import MessageKind, OutboxMessage
from refunds.bank.links import issue_link


class Secrets:
    """The secrets of one message that goes out now. Each is made when a text first asks for it, and is the same in all of them."""

    def __init__(self, message: OutboxMessage, *, now: datetime) -> None:
        """Make none yet."""
        self._message, self._now = message, now
        self._made: dict[str, str] = {}

    def put_into(self, text: str) -> str:
        """Return the text with every secret it asks for."""
        for place, make in self._makers().items():
            if place in text:
                if place not in self._made:
                    self._made[place] = make()
                text = text.replace(place, self._made[place])
        return text

    def _makers(self) -> dict[str, Callable[[], str]]:
        makers = {links.TOKEN_PLACE: self._manage_token}
        if self._message.kind == MessageKind.SECURITY_CODE:
            makers[codes.CODE_PLACE] = self._code
        if self._message.refund is not None:
            makers[payouts.TOKEN_PLACE] = self._payout_token
        return makers

    def _code(self) -> str:
        return codes.digits_to_send(code_id=UUID(self._message.key.rpartition(":")[2]), now=self._now)

    def _manage_token(self) -> str:
        return links.issue_link(chain_id=self._message.event.appointment.chain_id, now=self._now)

    def _payout_token(self) -> str:
        assert self._message.refund is not None
        return issue_link(refund_id=self._message.refund, actor="system: mail", now=self._now)
