"""What this folder refuses. `code` is for machines, `sentence` for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from refunds.errors import RefundError


class BadDetails(RefundError):
    """Details that no bank would take. `problems` names each field with a sentence."""

    code = "bad_details"
    sentence = _("These bank details cannot be right.")

    def __init__(self, *, problems: dict[str, str | Promise]) -> None:
        """Keep what is wrong with which field; never the details themselves."""
        super().__init__()
        self.problems = problems


class NoBankKeys(RefundError):
    """Without a key details cannot be kept, so none are taken."""

    code = "no_bank_keys"
    sentence = _("Bank details cannot be stored here: BANK_DETAILS_KEYS is not set.")


class UnreadableDetails(RefundError):
    """Sealed with a key we no longer have, or for another row."""

    code = "unreadable_details"
    sentence = _("The bank details cannot be read. The patient has to give them again.")


class AtTheBank(RefundError):
    """The refund stands in a file that the bank may have."""

    code = "at_the_bank"
    sentence = _("This refund is in a bank file. Say there what the bank did with it.")


class PayeeOnHold(RefundError):
    """The details were changed a short while ago."""

    code = "payee_on_hold"
    sentence = _("This refund is on hold for the patient’s safety. It can be released, or paid when the hold is over.")


class NotOnHold(RefundError):
    """There is nothing to release."""

    code = "not_on_hold"
    sentence = _("This refund is not on hold.")


class Concerned(RefundError):
    """Four eyes: who changed the contact details or had a hand in the refund does not release it."""

    code = "concerned"
    sentence = _("Somebody else has to release it: you changed the contact details, or had a hand in this refund.")


class NothingToPay(RefundError):
    """No refund is ready for this kind of file."""

    code = "nothing_to_pay"
    sentence = _("No refund with bank details is ready for this kind of file.")


class UnknownFormat(RefundError):
    """No such file is set up for this currency."""

    code = "unknown_format"
    sentence = _("This kind of file is not set up for this currency.")


class SamePerson(RefundError):
    """Four eyes: who made the file does not release it."""

    code = "same_person"
    sentence = _("Somebody else than who made this file has to release it.")


class WrongBatchState(RefundError):
    """The file is not at the step that this needs."""

    code = "wrong_batch_state"
    sentence = _("This cannot be done with the file as it stands.")
