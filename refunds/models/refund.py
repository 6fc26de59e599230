"""Money that is owed back. The row is the queue: `next_at` says when a worker looks again."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from refunds.models.choices import RefundStatus, Way
from refunds.models.payment import Payment


class Refund(models.Model):
    """One refund of one payment for one cause. It stays owed until it is completed, so it is never withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(
        Payment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="refunds", editable=False
    )
    cause = models.CharField(_("cause"), max_length=100, editable=False)
    amount = models.BigIntegerField(_("amount in minor units"), editable=False)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    way = models.CharField(_("way"), max_length=20, choices=Way.choices)
    holder = models.CharField(_("holder of the credit"), max_length=100, blank=True, default="")
    status = FSMField(
        _("status"), max_length=20, choices=RefundStatus.choices, default=RefundStatus.PENDING, protected=True
    )
    reason_code = models.CharField(_("reason"), max_length=50, blank=True, default="")
    reason_text = models.TextField(_("reason in words"), blank=True, default="")
    requested_by = models.CharField(_("requested by"), max_length=100)
    granted_at = models.DateTimeField(_("granted at"))
    promised_on = models.DateField(_("promised by"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    next_at = models.DateTimeField(_("next look"), null=True, blank=True)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    lease_token = models.UUIDField(_("lease"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)

    class Meta:
        """One refund a cause and payment; a reason for each failure."""

        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        permissions = [
            ("confirm_refund", _("Can confirm refunds paid by hand")),
            ("retry_refund", _("Can retry refunds or pay them another way")),
            ("release_hold", _("Can let a refund on hold be paid")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cause", "payment"], name="refunds_refund_one_per_cause_and_payment"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refunds_refund_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refunds_refund_status_known"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="refunds_refund_way_known"),
            models.CheckConstraint(
                condition=~Q(status=RefundStatus.FAILED) | ~Q(reason_code=""), name="refunds_refund_failed_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(status=RefundStatus.COMPLETED, settled_at__isnull=False)
                | (~Q(status=RefundStatus.COMPLETED) & Q(settled_at__isnull=True)),
                name="refunds_refund_completed_is_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="refunds_refund_due_idx"),
            models.Index(fields=["status", "granted_at"], name="refunds_refund_status_idx"),
        ]

    def __str__(self) -> str:
        """The key, which is what logs and the desk show."""
        return str(self.pk)

    @transition(field=status, source=[RefundStatus.PENDING, RefundStatus.FAILED], target=RefundStatus.PROCESSING)
    def take_up(self) -> None:
        """Work on it begins, or begins again by a person or by proof that it is alive."""

    @transition(field=status, source=[RefundStatus.PROCESSING, RefundStatus.FAILED], target=RefundStatus.COMPLETED)
    def complete(self) -> None:
        """The money went back."""

    @transition(
        field=status,
        source=[RefundStatus.PENDING, RefundStatus.PROCESSING, RefundStatus.COMPLETED],
        target=RefundStatus.FAILED,
    )
    def fail(self) -> None:
        """It did not work. From completed only when the bank returned the money."""
