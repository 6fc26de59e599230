"""What a patient has answered and been shown on the way, kept in the session for each appointment.

Pages redirect after each answer, so that Back, reload and errors lose nothing and ask for nothing twice.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from django.http import HttpRequest

from appointments.models import Appointment
from appointments.offers import CancellationOffer, RescheduleOffer
from appointments.reasons import Reason

_MOST_KEPT = 10  # appointments; the oldest journey is forgotten first
_MOST_TEXT = 4000  # letters kept of a text that is too long, so that it can be shortened


@dataclass
class _Answers:
    """Answers about one appointment; `choice` is what was picked of the reasons, None before that."""

    journey: ClassVar[str]

    token: str = ""
    choice: str | None = None
    text: str = ""
    has_problem: bool = False

    @classmethod
    def load(cls, request: HttpRequest, appointment: Appointment) -> Self:
        """Return what is kept; names that an older version kept are passed over."""
        kept = request.session.get(cls.journey, {}).get(appointment.reference, {})
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def save(self, request: HttpRequest, appointment: Appointment) -> None:
        """Keep the answers."""
        journeys: dict[str, Any] = request.session.get(self.journey, {})
        journeys.pop(appointment.reference, None)
        journeys[appointment.reference] = asdict(self)
        newest = list(journeys.items())[-_MOST_KEPT:]
        request.session[self.journey] = dict(newest)

    @classmethod
    def forget(cls, request: HttpRequest, appointment: Appointment) -> None:
        """Drop the answers: it is done."""
        journeys = request.session.get(cls.journey, {})
        if journeys.pop(appointment.reference, None) is not None:
            request.session[cls.journey] = journeys

    def give_reason(self, *, choice: str, text: str, has_problem: bool) -> None:
        """Take down the reason as it was typed, good or not."""
        self.choice, self.text, self.has_problem = choice, text.replace("\x00", "")[:_MOST_TEXT], has_problem

    @property
    def has_reason(self) -> bool:
        """Tell whether the question about the reason was answered well."""
        return self.choice is not None and not self.has_problem

    @property
    def reason(self) -> Reason:
        """The reason in the words of the use cases; "I would rather not say" gives none."""
        code = self.choice or ""
        return Reason() if code == RATHER_NOT_SAY else Reason(code, self.text)


#: The choice that names no reason. No code looks like it.
RATHER_NOT_SAY = "~"


@dataclass
class CancelAnswers(_Answers):
    """On the way to cancelling. `shown` is the refund on the last page, in minor units; `before` the one it replaced."""

    journey = "cancel"

    shown: int | None = None
    before: int | None = None
    knows_of_delay: bool = False
    knows_of_no_refund: bool = False

    def start_over(self) -> None:
        """Forget what the journey's first page makes meaningless: an answer that would not do, an older figure."""
        self.before = None
        if self.has_problem:
            self.choice, self.has_problem = None, False

    def show(self, offer: CancellationOffer) -> bool:
        """Note the offer a page shows. Returns whether it differs from what was shown last."""
        refund = offer.quote.refund
        has_changed = self.shown is not None and self.shown != refund
        if has_changed:
            self.before = self.shown
        self.token, self.shown = offer.token, refund
        return has_changed


@dataclass
class ChangeAnswers(_Answers):
    """On the way to another time. `shown` is [due, refund, credit] on the last page, `before` what it replaced."""

    journey = "change"

    slot: int | None = None
    shown: list[int] | None = None
    before: list[int] | None = None
    problem: str = ""

    def choose(self, slot: int) -> None:
        """Take another slot: what was shown for the one before says nothing about it."""
        if slot != self.slot:
            self.slot, self.token, self.shown, self.before = slot, "", None, None

    def show(self, offer: RescheduleOffer) -> bool:
        """Note the offer a page shows. Returns whether it differs from what was shown last."""
        money = [offer.quote.due, offer.quote.refund, offer.quote.credit]
        has_changed = self.shown is not None and self.shown != money
        if has_changed:
            self.before = self.shown
        self.token, self.shown = offer.token, money
        return has_changed
