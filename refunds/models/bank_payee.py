"""Where the money of a bank transfer goes: what the patient said, sealed, and who may still say it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from refunds.models.refund import Refund


class AccountKind(models.TextChoices):
    """How an account is written."""

    IBAN = "iban", _("IBAN")
    INDIA = "india", _("IFSC and account number")
    UK = "uk", _("Sort code and account number")


class HoldReason(models.TextChoices):
    """Why a refund waits although its bank details are known."""

    NONE = "", _("Not on hold")
    DETAILS = "details_changed", _("The bank details were changed")
    CONTACT = "contact_changed", _("The patient’s contact details were changed shortly before")


class RefundPayee(models.Model):
    """Bank details of one refund, as the patient gave them. A change is a new row; the old one stays, marked as replaced.

    `sealed` is encrypted and bound to the refund; `masked` is all that is ever shown. The refund waits until
    `holds_until`, for `hold_reason`, unless somebody releases it.
    """

    refund = models.ForeignKey(Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="payees")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind.choices)
    sealed = models.TextField(_("sealed details"))
    masked = models.CharField(_("account"), max_length=40)
    given_by = models.CharField(_("given by"), max_length=100)
    given_at = models.DateTimeField(_("given at"))
    holds_until = models.DateTimeField(_("not paid before"), null=True, blank=True)
    hold_reason = models.CharField(
        _("why it waits"), max_length=20, choices=HoldReason.choices, blank=True, default=HoldReason.NONE
    )
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        """One payee counts; staff can look at the masked account and no more."""

        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        default_permissions = ("view",)
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "number"], name="refunds_payee_number_unique"),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(replaced_at__isnull=True), name="refunds_payee_one_counts"
            ),
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="refunds_payee_kind_known"),
            models.CheckConstraint(
                condition=Q(holds_until__isnull=True, hold_reason=HoldReason.NONE)
                | Q(holds_until__isnull=False, hold_reason__in=[HoldReason.DETAILS, HoldReason.CONTACT]),
                name="refunds_payee_hold_has_reason",
            ),
        ]

    def __str__(self) -> str:
        """The masked account."""
        return self.masked


class HoldRelease(models.Model):
    """Somebody made sure that the patient gave the details, so the refund waits no longer. Append-only."""

    payee = models.OneToOneField(RefundPayee, verbose_name=_("payee"), on_delete=models.PROTECT, related_name="release")
    released_by = models.CharField(_("released by"), max_length=100)
    released_at = models.DateTimeField(_("released at"))
    reason = models.CharField(_("how it was made sure"), max_length=500)

    class Meta:
        """Nobody releases without saying how they made sure."""

        verbose_name = _("release of a hold")
        verbose_name_plural = _("releases of holds")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="refunds_release_has_reason")]

    def __str__(self) -> str:
        """Who and when."""
        return f"{self.released_by} {self.released_at:%Y-%m-%d %H:%M}"


class PayoutLink(models.Model):
    """A link with which a patient says how to be paid. Only a digest of its token is kept; it serves this refund alone."""

    refund = models.ForeignKey(Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="payout_links")
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    issued_by = models.CharField(_("issued by"), max_length=100)
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    wrong_answers = models.PositiveSmallIntegerField(_("wrong answers"), default=0)

    class Meta:
        """Nobody but the patient has anything to do with it."""

        verbose_name = _("payout link")
        verbose_name_plural = _("payout links")
        default_permissions = ()

    def __str__(self) -> str:
        """The key; the digest is nobody's business."""
        return f"payout link {self.pk}"
