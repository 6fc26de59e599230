"""What stood in the way of a deed, in a sentence for people, where a page has no better words of its own."""

from django.utils.translation import gettext as _

from appointments.errors import DomainError
from policies.errors import NoPolicyInForce, PolicyError
from refunds.errors import RefundError

#: What deeds raise when they were not done; nothing has changed then.
TROUBLES = (DomainError, RefundError, PolicyError)
Trouble = DomainError | RefundError | PolicyError


def code_of(trouble: Trouble) -> str:
    """Return the stable code of a trouble."""
    if isinstance(trouble, NoPolicyInForce):
        return "no_policy_in_force"
    return "policy_error" if isinstance(trouble, PolicyError) else trouble.code


def sentence_of(trouble: Trouble) -> str:
    """Return what happened and what to do."""
    if isinstance(trouble, RefundError):
        return str(trouble.sentence)
    if isinstance(trouble, NoPolicyInForce):
        return _(
            "No terms are in force for this calendar yet, so nothing can be booked. The clinic has to publish them first."
        )
    return _("Something has changed in the meantime, so this was not done. Look at how things stand now and try again.")
