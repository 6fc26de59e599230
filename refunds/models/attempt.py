"""One try to pay a refund through one channel."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from refunds.models.choices import MONEY_HOLDING, AttemptState
from refunds.models.refund import Refund

_S = AttemptState


class RefundAttempt(models.Model):
    """One try. `key` and `body` are written before the first send and never change after it.

    `first_sent_at` is the first send that may have run; it is null while none may have.
    """

    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="attempts", editable=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    channel = models.CharField(_("channel"), max_length=30)
    key = models.CharField(_("key"), max_length=60, unique=True)
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("body as sent"))
    state = FSMField(_("state"), max_length=20, choices=_S.choices, default=_S.READY, protected=True)
    created_at = models.DateTimeField(_("created at"))
    first_sent_at = models.DateTimeField(_("first sent at"), null=True, blank=True)
    last_sent_at = models.DateTimeField(_("last sent at"), null=True, blank=True)
    sends = models.PositiveIntegerField(_("times sent"), default=0)
    provider_id = models.CharField(_("provider's id"), max_length=120, null=True, blank=True)
    reference = models.CharField(_("bank reference or receipt"), max_length=120, blank=True, default="")
    evidence: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        _("evidence"), default=dict, blank=True
    )

    class Meta:
        """At most one attempt of a refund holds money; a provider's refund belongs to one attempt."""

        verbose_name = _("refund attempt")
        verbose_name_plural = _("refund attempts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "number"], name="refunds_attempt_number_unique"),
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(state__in=[str(state) for state in MONEY_HOLDING]),
                name="refunds_attempt_one_holds_money",
            ),
            models.UniqueConstraint(fields=["channel", "provider_id"], name="refunds_attempt_provider_id_unique"),
            models.CheckConstraint(condition=Q(state__in=_S.values), name="refunds_attempt_state_known"),
        ]

    def __str__(self) -> str:
        """The key under which the provider knows it."""
        return self.key

    @staticmethod
    def key_for(*, refund_id: uuid.UUID, number: int) -> str:
        """The key of attempt `number`: derived from the row, so that no retry can invent another."""
        return f"rf_{refund_id.hex}_{number}"

    @transition(field=state, source=[_S.READY, _S.UNKNOWN], target=_S.SENT)
    def mark_sent(self) -> None:
        """Written before the network is touched."""

    @transition(field=state, source=_S.SENT, target=_S.UNKNOWN)
    def mark_unknown(self) -> None:
        """No answer that can be trusted."""

    @transition(field=state, source=[_S.SENT, _S.UNKNOWN, _S.REJECTED], target=_S.ACCEPTED)
    def accept(self) -> None:
        """The provider has it. From rejected only by proof that it is alive after all."""

    @transition(field=state, source=[_S.SENT, _S.UNKNOWN, _S.ACCEPTED, _S.REJECTED], target=_S.SUCCEEDED)
    def succeed(self) -> None:
        """The money went back. From rejected only by proof."""

    @transition(field=state, source=[_S.READY, _S.SENT, _S.UNKNOWN, _S.ACCEPTED], target=_S.REJECTED)
    def reject(self) -> None:
        """A certain no."""

    @transition(field=state, source=_S.SUCCEEDED, target=_S.RETURNED)
    def come_back(self) -> None:
        """The bank sent the money back to us."""
