"""Money that came in. A fact: never deleted, amount and currency never changed."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from refunds.models.checkout import Checkout
from refunds.models.choices import MANUAL_GATEWAY, Method, Purpose


class Payment(models.Model):
    """A captured payment.

    `reserved` is the sum of its refunds, whatever their status: a failed refund is still owed. It is moved only under this row's
    lock. `usable` is false for money that came too late, twice or in another amount; it has to go back in full.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(_("source"), max_length=100, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    cause = models.CharField(_("cause"), max_length=100, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("captured, in minor units"))
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    gateway = models.CharField(_("gateway"), max_length=30)
    provider_id = models.CharField(_("provider's id"), max_length=300, blank=True, default="")
    reserved = models.BigIntegerField(_("granted as refunds, in minor units"), default=0)
    refunded_elsewhere = models.BigIntegerField(_("refunded outside, in minor units"), default=0)
    usable = models.BooleanField(_("counts for its cause"), default=True)
    captured_at = models.DateTimeField(_("captured at"))
    payer = models.CharField(_("payer"), max_length=100, blank=True, default="")
    recorded_by = models.CharField(_("recorded by"), max_length=100)
    reference = models.CharField(_("reference"), max_length=120, blank=True, default="")
    checkout = models.ForeignKey(
        Checkout, verbose_name=_("checkout"), null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )

    class Meta:
        """Never more reserved than captured; one usable payment a deed; a provider's id once."""

        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refunds_payment_amount_positive"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="refunds_payment_reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_elsewhere__gte=0), name="refunds_payment_elsewhere_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("amount") - F("refunded_elsewhere")),
                name="refunds_payment_reserved_within_captured",
            ),
            models.UniqueConstraint(
                fields=["gateway", "provider_id"],
                condition=~Q(provider_id=""),
                name="refunds_payment_provider_id_unique",
            ),
            models.UniqueConstraint(
                fields=["cause"],
                condition=Q(usable=True) & ~Q(cause=""),
                name="refunds_payment_one_usable_per_cause",
            ),
        ]

    def __str__(self) -> str:
        """The key, which is what logs and the desk show."""
        return str(self.pk)

    @property
    def remaining(self) -> int:
        """Minor units that no refund has taken yet."""
        return self.amount - self.refunded_elsewhere - self.reserved

    @property
    def provider_held(self) -> bool:
        """Whether a provider took the money and can send it back."""
        return self.gateway != MANUAL_GATEWAY and bool(self.provider_id)
