"""The books. One row is one balanced posting: what one account gives, the other gets. Append-only."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from refunds.models.choices import Account, EntryKind
from refunds.models.payment import Payment
from refunds.models.refund import Refund


class LedgerEntry(models.Model):
    """`amount` minor units from the credited to the debited account. `holder` names whose credit it is, on credit lines."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind.choices)
    debit = models.CharField(_("debit"), max_length=20, choices=Account.choices)
    credit = models.CharField(_("credit"), max_length=20, choices=Account.choices)
    amount = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    holder = models.CharField(_("holder"), max_length=100, blank=True, default="", db_index=True)
    payment = models.ForeignKey(
        Payment, verbose_name=_("payment"), null=True, on_delete=models.PROTECT, related_name="entries"
    )
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), null=True, on_delete=models.PROTECT, related_name="entries"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        """Balanced by construction, each key once, credit always somebody's."""

        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refunds_ledger_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="refunds_ledger_two_accounts"),
            models.CheckConstraint(
                condition=Q(debit__in=Account.values, credit__in=Account.values), name="refunds_ledger_accounts_known"
            ),
            models.CheckConstraint(
                condition=(~Q(debit=Account.PATIENT_CREDIT) & ~Q(credit=Account.PATIENT_CREDIT)) | ~Q(holder=""),
                name="refunds_ledger_credit_has_holder",
            ),
        ]

    def __str__(self) -> str:
        """The key that makes it unrepeatable."""
        return self.key
