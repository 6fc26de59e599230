"""The books of the sandbox provider. They stand for another company's database: nothing here refers to our own tables."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class SandboxCharge(models.Model):
    """What a payer did on the sandbox's page. One a checkout: paid, or declined and perhaps paid later."""

    id = models.CharField(primary_key=True, max_length=60)
    checkout = models.UUIDField(_("checkout"), unique=True)
    amount = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=20)
    paid = models.BooleanField(_("paid"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        """Names."""

        verbose_name = _("sandbox charge")
        verbose_name_plural = _("sandbox charges")

    def __str__(self) -> str:
        """The id that we know as the payment's."""
        return self.id


class SandboxRefund(models.Model):
    """A refund that the sandbox really made. Its status is read off the clock: pending, succeeded, then perhaps returned."""

    id = models.CharField(primary_key=True, max_length=60)
    charge = models.ForeignKey(SandboxCharge, on_delete=models.PROTECT, related_name="refunds")
    tag = models.CharField(_("tag"), max_length=60, db_index=True)
    amount = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    settles_at = models.DateTimeField(_("settles at"))
    returns_at = models.DateTimeField(_("returned by the bank at"), null=True, blank=True)

    class Meta:
        """Names."""

        verbose_name = _("sandbox refund")
        verbose_name_plural = _("sandbox refunds")

    def __str__(self) -> str:
        """The provider's id."""
        return self.id


class SandboxRequest(models.Model):
    """The sandbox's memory of idempotency keys."""

    key = models.CharField(primary_key=True, max_length=60)
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("body"))
    calls = models.PositiveIntegerField(_("calls"), default=0)
    refund = models.ForeignKey(SandboxRefund, null=True, on_delete=models.PROTECT, related_name="requests")

    class Meta:
        """Names."""

        verbose_name = _("sandbox request")
        verbose_name_plural = _("sandbox requests")

    def __str__(self) -> str:
        """The key."""
        return self.key
