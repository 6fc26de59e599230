"""An ask for money that a payer can answer until it expires."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from refunds.models.choices import CheckoutState, Method, Purpose


class Checkout(models.Model):
    """One ask for money. `cause` names the deed that needs it; one deed has one open checkout."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(_("source"), max_length=100, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    cause = models.CharField(_("cause"), max_length=100)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount in minor units"))
    gateway = models.CharField(_("gateway"), max_length=30)
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    provider_id = models.CharField(_("provider's id"), max_length=120, blank=True, default="")
    state = FSMField(
        _("state"), max_length=20, choices=CheckoutState.choices, default=CheckoutState.OPEN, protected=True
    )
    payer = models.CharField(_("payer"), max_length=100, blank=True, default="")
    return_url = models.CharField(_("page to come back to"), max_length=300, blank=True, default="")
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    next_at = models.DateTimeField(_("next look"), null=True, blank=True)

    class Meta:
        """One open checkout a deed; a provider's id once."""

        verbose_name = _("checkout")
        verbose_name_plural = _("checkouts")
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=Q(state=CheckoutState.OPEN), name="refunds_checkout_one_open_per_cause"
            ),
            models.UniqueConstraint(
                fields=["gateway", "provider_id"],
                condition=~Q(provider_id=""),
                name="refunds_checkout_provider_id_unique",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refunds_checkout_amount_positive"),
            models.CheckConstraint(condition=Q(state__in=CheckoutState.values), name="refunds_checkout_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="refunds_checkout_due_idx"),
        ]

    def __str__(self) -> str:
        """The key, which is what logs and the desk show."""
        return str(self.pk)

    @transition(field=state, source=[CheckoutState.OPEN, CheckoutState.DECLINED], target=CheckoutState.PAID)
    def mark_paid(self) -> None:
        """The money came in time. A declined payer may try again on the same page."""

    @transition(field=state, source=CheckoutState.OPEN, target=CheckoutState.EXPIRED)
    def mark_expired(self) -> None:
        """Nobody paid in time."""

    @transition(field=state, source=CheckoutState.OPEN, target=CheckoutState.DECLINED)
    def mark_declined(self) -> None:
        """The payer's bank said no."""
