"""What can stand in the way of a deed. Each has a stable code; edges put it in their own words."""

from appointments.offers import CancellationOffer, RescheduleOffer
from policies.rules.quote import CancellationQuote, Refusal, RescheduleQuote


class DomainError(Exception):
    """A deed that was not done. Nothing has changed."""

    code = "not_done"


class CarerRightEndedError(DomainError):
    """Somebody acted for a patient whose right to do so has ended."""

    code = "carer_right_ended"


class NotAllowedError(DomainError):
    """The rules refuse; the quote says why."""

    def __init__(self, quote: CancellationQuote | RescheduleQuote) -> None:
        """Keep the verdict."""
        super().__init__(str(quote.refusal))
        self.quote = quote
        self.refusal: Refusal | None = quote.refusal
        self.code = str(quote.refusal)


class QuoteChangedError(DomainError):
    """The quote shown is stale, altered or of somebody else; `offer` is the one that holds now."""

    code = "quote_changed"

    def __init__(self, offer: CancellationOffer | RescheduleOffer) -> None:
        """Keep the new offer."""
        super().__init__(self.code)
        self.offer = offer


class ReasonMissingError(DomainError):
    """A reason, or the text that goes with it, must be given first. `field` is "code" or "text"."""

    code = "reason_required"

    def __init__(self, field: str) -> None:
        """Keep what is missing."""
        super().__init__(f"{self.code}: {field}")
        self.field = field


class ReasonUnknownError(DomainError):
    """The reason is not offered to this actor."""

    code = "reason_unknown"


class SlotTakenError(DomainError):
    """Somebody else has the slot, or it is not offered (any more)."""

    code = "slot_unavailable"


class TooManyHoldsError(DomainError):
    """The account holds as many times as one may at once."""

    code = "too_many_holds"


class TermsChangedError(DomainError):
    """Price or terms are not those that were shown."""

    code = "terms_changed"


class NotHeldLongerError(DomainError):
    """The hold was made longer before, or the start leaves no time to."""

    code = "not_held_longer"


class WrongStatusError(DomainError):
    """The appointment does not stand where this deed starts."""

    code = "wrong_status"


class NotPermittedError(DomainError):
    """This actor may not do this."""

    code = "not_permitted"


class SecondPersonNeededError(DomainError):
    """More differs from the terms than one person may decide. `by_rules` and `by_override` are minor units."""

    code = "second_person_needed"

    def __init__(self, *, by_rules: int, by_override: int) -> None:
        """Keep the two amounts."""
        super().__init__(self.code)
        self.by_rules, self.by_override = by_rules, by_override


class OverrideChangedError(DomainError):
    """What the override gives, or what the terms give, is no longer what the second person was shown."""

    code = "override_changed"


class PercentageImpossibleError(DomainError):
    """The percentage to give back is not between 0 and 100."""

    code = "percentage_impossible"


class NothingDueError(DomainError):
    """There is nothing to pay."""

    code = "nothing_due"


class WrongAmountError(DomainError):
    """Not what is owed; `due` is, in minor units."""

    code = "wrong_amount"

    def __init__(self, due: int) -> None:
        """Keep what is owed."""
        super().__init__(self.code)
        self.due = due


class TooManyRowsError(DomainError):
    """The list is too long for one file."""

    code = "too_many_rows"


class ChangedMeanwhileError(DomainError):
    """A rival changed the chain between reading and locking; the deed is tried again by `transactions.retried`."""

    code = "changed_meanwhile"
