"""What happened to our money at the provider without us: refunds made in its dashboard, and disputes of payers with their banks."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from refunds.models.choices import DisputeState
from refunds.models.payment import Payment


class OutsideRefund(models.Model):
    """A refund of one of our payments that nobody asked for here. Append-only.

    `booked` of its `amount` minor units were taken into the books: what was left of the payment. The rest had already been granted here.
    """

    payment = models.ForeignKey(
        Payment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="outside_refunds"
    )
    gateway = models.CharField(_("gateway"), max_length=30)
    provider_id = models.CharField(_("provider's id"), max_length=120)
    amount = models.BigIntegerField(_("amount in minor units"))
    booked = models.BigIntegerField(_("booked, in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    reference = models.CharField(_("bank reference"), max_length=120, blank=True, default="")
    found_at = models.DateTimeField(_("found at"))

    class Meta:
        """Each of the provider's refunds once."""

        verbose_name = _("refund made outside")
        verbose_name_plural = _("refunds made outside")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id"], name="refunds_outside_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, booked__gte=0, booked__lte=F("amount")), name="refunds_outside_booked_within"
            ),
        ]

    def __str__(self) -> str:
        """Gateway and its id."""
        return f"{self.gateway}:{self.provider_id}"


class Dispute(models.Model):
    """A payer asks their bank for the money back. While it is open no machine sends money of the payment."""

    payment = models.ForeignKey(Payment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="disputes")
    gateway = models.CharField(_("gateway"), max_length=30)
    provider_id = models.CharField(_("provider's id"), max_length=120)
    amount = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=DisputeState.choices, default=DisputeState.OPEN)
    found_at = models.DateTimeField(_("found at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        """Each of the provider's disputes once."""

        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id"], name="refunds_dispute_once"),
            models.CheckConstraint(condition=Q(state__in=DisputeState.values), name="refunds_dispute_state_known"),
        ]

    def __str__(self) -> str:
        """Gateway and its id."""
        return f"{self.gateway}:{self.provider_id}"
