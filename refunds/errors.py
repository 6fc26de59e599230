"""What operations refuse. Each error has a stable `code` for machines and a sentence for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class RefundError(Exception):
    """A refusal. Nothing was changed."""

    code = "refund_error"
    sentence: str | Promise = _("This cannot be done.")

    def __init__(self) -> None:
        """The message for logs is the code; people read `sentence`."""
        super().__init__(self.code)


class NotInTransaction(RefundError):
    """A refund was asked for outside the transaction that causes it."""

    code = "not_in_transaction"
    sentence = _("The refund and its cause must be saved together.")


class OverRefund(RefundError):
    """More was asked than is left of the payment. `available` is what is left, in minor units."""

    code = "over_refund"
    sentence = _("This payment does not have that much left to refund.")

    def __init__(self, *, available: int) -> None:
        """Keep what is left, for the caller to decide with."""
        super().__init__()
        self.available = available


class RefundMismatch(RefundError):
    """The same cause already refunds this payment with another amount or another way."""

    code = "refund_mismatch"
    sentence = _("This has already been refunded with another amount.")


class CheckoutMismatch(RefundError):
    """The same deed already asks for another amount."""

    code = "checkout_mismatch"
    sentence = _("Another amount is already being paid for this.")


class PaymentMismatch(RefundError):
    """The provider's payment is already known with other money or for another checkout."""

    code = "payment_mismatch"
    sentence = _("This payment is already recorded for something else.")


class CreditTooLow(RefundError):
    """The holder's credit does not cover the payment. `available` is the balance, in minor units."""

    code = "credit_too_low"
    sentence = _("There is not enough patient credit.")

    def __init__(self, *, available: int) -> None:
        """Keep the balance, for the caller to show."""
        super().__init__()
        self.available = available


class WayNotPossible(RefundError):
    """This payment cannot be refunded that way."""

    code = "way_not_possible"
    sentence = _("This payment cannot be refunded that way.")


class EvidenceMissing(RefundError):
    """Money paid by hand needs a receipt number."""

    code = "evidence_missing"
    sentence = _("Enter the receipt number.")


class ClaimMissing(EvidenceMissing):
    """What goes back to an insurer needs the number of its claim."""

    code = "claim_missing"
    sentence = _("Enter the claim number.")


class ReasonMissing(RefundError):
    """This needs a reason."""

    code = "reason_missing"
    sentence = _("Enter a reason.")


class NotByHand(RefundError):
    """A provider pays this refund; nobody confirms it by hand."""

    code = "not_by_hand"
    sentence = _("This refund is not paid by hand, so it cannot be confirmed by hand.")


class AlreadySettled(RefundError):
    """It is completed."""

    code = "already_settled"
    sentence = _("This refund is already completed.")


class MayStillPay(RefundError):
    """An earlier try may still pay, so another one could pay twice."""

    code = "may_still_pay"
    sentence = _("An earlier try may still pay this refund. Wait until its outcome is known.")


class NotUnknown(RefundError):
    """There is no unknown outcome to resolve."""

    code = "not_unknown"
    sentence = _("The outcome of this refund is not in doubt.")


class ProviderSilent(RefundError):
    """The provider was asked once more and gave no answer that can be trusted."""

    code = "provider_silent"
    sentence = _("The payment provider does not answer. Try again later.")
