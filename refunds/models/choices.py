"""The closed lists of words that rows are made of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a payment was for. Reschedule fees come back only when the hospital is the cause."""

    CONSULTATION = "consultation", _("Consultation")
    RESCHEDULE = "reschedule", _("Reschedule fee")


class Method(models.TextChoices):
    """How the payer paid, in the words of the quote rules."""

    CARD = "card", _("Card")
    UPI = "upi", _("UPI")
    WALLET = "wallet", _("Wallet")
    GATEWAY = "gateway", _("Payment gateway")
    NETBANKING = "netbanking", _("Net banking")
    RAZORPAY = "razorpay", _("Razorpay")
    STRIPE = "stripe", _("Stripe")
    CASH = "cash", _("Cash")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    INSURANCE = "insurance", _("Insurance")
    CREDIT = "credit", _("Patient credit")


class CheckoutState(models.TextChoices):
    """An ask for money: still open, or how it ended."""

    OPEN = "open", _("Open")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Expired")
    DECLINED = "declined", _("Declined")


class Way(models.TextChoices):
    """How a refund goes back."""

    ORIGINAL = "original", _("Original method")
    CASH = "cash", _("Cash")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    CREDIT = "credit", _("Patient credit")
    INSURANCE_WINDOW = "insurance_window", _("Insurance window")


class Channel(models.TextChoices):
    """Channels that are no gateway. A gateway's channel is its own name ("sandbox", "stripe", …)."""

    CASH = "cash", _("Cash")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    CREDIT = "credit", _("Patient credit")
    INSURANCE_WINDOW = "insurance_window", _("Insurance window")


class RefundStatus(models.TextChoices):
    """What the patient sees."""

    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")


class AttemptState(models.TextChoices):
    """One try to pay. `unknown` never silently becomes "no"."""

    READY = "ready", _("Ready")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Outcome unknown")
    ACCEPTED = "accepted", _("Accepted")
    SUCCEEDED = "succeeded", _("Succeeded")
    REJECTED = "rejected", _("Rejected")
    RETURNED = "returned", _("Returned by the bank")


class Account(models.TextChoices):
    """The books."""

    CLEARING = "clearing", _("Clearing: banks, gateways and tills")
    PATIENT_FUNDS = "patient_funds", _("Patient funds")
    REFUNDS_PAYABLE = "refunds_payable", _("Refunds payable")
    PATIENT_CREDIT = "patient_credit", _("Patient credit")
    INSURER_PAYABLE = "insurer_payable", _("Owed to insurers")
    EXTERNAL = "external", _("Refunded outside")


class EntryKind(models.TextChoices):
    """Why an entry was posted."""

    CAPTURE = "capture", _("Payment captured")
    GRANT = "grant", _("Refund granted")
    PAID = "paid", _("Refund paid")
    RETURNED = "returned", _("Refund returned by the bank")
    OUTSIDE = "outside", _("Refunded outside this system")


class InboxState(models.TextChoices):
    """A stored webhook."""

    NEW = "new", _("New")
    DONE = "done", _("Done")
    IGNORED = "ignored", _("Ignored")
    FAILED = "failed", _("Failed")


class DisputeState(models.TextChoices):
    """How a dispute stands."""

    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class IncidentKind(models.TextChoices):
    """Something that must not happen and that a person has to look at."""

    MISMATCH = "mismatch", _("The provider's refund differs from ours")
    SECOND_REFUND = "second_refund", _("The provider paid twice for one attempt")
    LATE_SUCCESS = "late_success", _("A rejected attempt was paid after another way was taken")
    GATEWAY_REFUSED_US = "gateway_refused_us", _("The provider refuses our key")
    KEY_REUSED = "key_reused", _("The provider knows this key with another body")
    GATEWAY_PAUSED = "gateway_paused", _("The provider is paused: it refuses our key or gives no clear answers")
    OUTSIDE_REFUND = "outside_refund", _("Money was refunded outside this system")
    OUTSIDE_ABOVE = "outside_above", _("Refunded outside, though already granted here")
    LOST_ATTEMPT = "lost_attempt", _("The provider knows a refund of ours that this database does not")
    MISSING_THERE = "missing_there", _("The provider does not know a refund that it accepted")
    STILL_PENDING = "still_pending", _("The provider has had a refund for days without paying it")
    DISPUTE = "dispute", _("The payer disputes the payment at their bank")


MONEY_HOLDING = (
    AttemptState.READY,
    AttemptState.SENT,
    AttemptState.UNKNOWN,
    AttemptState.ACCEPTED,
    AttemptState.SUCCEEDED,
)
"""Attempt states that pay, paid or may still pay."""

BY_HAND = (Channel.CASH, Channel.BANK_TRANSFER, Channel.INSURANCE_WINDOW)
"""Channels where a person pays and then confirms."""

MANUAL_GATEWAY = "manual"
"""`Payment.gateway` of money that no provider holds."""
