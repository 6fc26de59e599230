"""Files for the bank: which refunds are in one, its very bytes, and what became of it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from refunds.models.attempt import RefundAttempt
from refunds.models.bank_payee import RefundPayee
from refunds.models.refund import Refund


class BatchState(models.TextChoices):
    """How far a bank file got."""

    MADE = "made", _("Made")
    RELEASED = "released", _("Released")
    EXECUTED = "executed", _("Executed by the bank")
    VOID = "void", _("Void: never given to the bank")


class BatchRowState(models.TextChoices):
    """What became of one refund in a bank file."""

    LISTED = "listed", _("In the file")
    PAID = "paid", _("Paid")
    RETURNED = "returned", _("Came back")
    VOID = "void", _("Void")


OPEN_BATCH = (BatchState.MADE, BatchState.RELEASED)
LIVE_ROW = (BatchRowState.LISTED, BatchRowState.PAID)


class BankBatch(models.Model):
    """One bank file. `sealed` are its encrypted bytes, `sha256` the digest of the plain ones: every download gives the same.

    `sealed_sha256` is the digest of `sealed` itself, which the audit compares without a key. `four_eyes`: whether the house wanted another
    person to release it when it was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_format = models.CharField(_("format"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.MADE)
    sealed = models.TextField(_("sealed file"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    sealed_sha256 = models.CharField(_("SHA-256 of the sealed file"), max_length=64)
    amount = models.BigIntegerField(_("amount in minor units"))
    four_eyes = models.BooleanField(_("released by somebody else"), default=True)
    made_by = models.CharField(_("made by"), max_length=100)
    made_at = models.DateTimeField(_("made at"))
    released_by = models.CharField(_("released by"), max_length=100, blank=True, default="")
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=100, blank=True, default="")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    evidence = models.CharField(_("bank statement, or why it is void"), max_length=500, blank=True, default="")

    class Meta:
        """One open file for each currency and format."""

        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        default_permissions = ("view",)
        permissions = [("make_bank_batch", _("Can make bank files and say what the bank did"))]
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "file_format"],
                condition=Q(state__in=[str(state) for state in OPEN_BATCH]),
                name="refunds_batch_one_open",
            ),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="refunds_batch_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refunds_batch_amount_positive"),
            models.CheckConstraint(
                condition=Q(four_eyes=False) | ~Q(released_by=F("made_by")), name="refunds_batch_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[str(BatchState.RELEASED), str(BatchState.EXECUTED)])
                | (~Q(released_by="") & Q(released_at__isnull=False)),
                name="refunds_batch_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[str(BatchState.EXECUTED), str(BatchState.VOID)])
                | (~Q(closed_by="") & ~Q(evidence="")),
                name="refunds_batch_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        """The key, which is also the name of the file."""
        return str(self.pk)


class BankBatchRow(models.Model):
    """One refund in a bank file. `end_to_end_id` is what the bank's statement shows, derived from the attempt."""

    batch = models.ForeignKey(BankBatch, verbose_name=_("bank file"), on_delete=models.PROTECT, related_name="rows")
    refund = models.ForeignKey(Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="bank_rows")
    attempt = models.ForeignKey(
        RefundAttempt, verbose_name=_("attempt"), on_delete=models.PROTECT, related_name="bank_rows"
    )
    payee = models.ForeignKey(RefundPayee, verbose_name=_("payee"), on_delete=models.PROTECT, related_name="bank_rows")
    end_to_end_id = models.CharField(_("end-to-end reference"), max_length=35)
    amount = models.BigIntegerField(_("amount in minor units"))
    state = models.CharField(_("state"), max_length=10, choices=BatchRowState.choices, default=BatchRowState.LISTED)

    class Meta:
        """A refund is in at most one file that is neither void nor came back."""

        verbose_name = _("row of a bank file")
        verbose_name_plural = _("rows of bank files")
        default_permissions = ("view",)
        ordering = ["end_to_end_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(state__in=[str(state) for state in LIVE_ROW]),
                name="refunds_batch_row_once",
            ),
            models.CheckConstraint(condition=Q(state__in=BatchRowState.values), name="refunds_batch_row_state_known"),
        ]

    def __str__(self) -> str:
        """What the bank's statement shows."""
        return self.end_to_end_id
