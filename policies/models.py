"""A policy, its versions and their tiers. A published version never changes again: triggers refuse it in the database.

Lengths are decimal hours (two places) or whole minutes, money is in minor units of the policy's currency, percentages
run from 0 to 100 with two places.
"""

import uuid
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.rules.currencies import PLACES
from policies.rules.terms import PriceDifference

MAX_HOURS = 24 * 366
MAX_SLOT_RELEASE_MINUTES = 7 * 24 * 60
MAX_DRAFT_HOLD_MINUTES = 24 * 60
MAX_MOVES = 100
MAX_FEE = 10**15  # minor units; what the rules take

_UP_TO_MAX_HOURS = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(MAX_HOURS))]
_MOVES = [MaxValueValidator(MAX_MOVES)]


class Policy(models.Model):
    """A named set of rules, kept as versions. It knows no centre; whoever books by it points at it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        choices=[(code, code) for code in sorted(PLACES)],
        help_text=_("It cannot change once a version is published, since fees are kept in its smallest unit."),
    )
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["name", "pk"]
        constraints = [CheckConstraint(condition=Q(currency__in=sorted(PLACES)), name="policy_currency_known")]

    def __str__(self) -> str:
        """Say its name."""
        return self.name


class VersionStatus(models.TextChoices):
    """A version is written as a draft, then published once."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class PolicyVersion(models.Model):
    """What a policy says from `effective_from` on, until a version with a higher number takes effect."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions", verbose_name=_("policy"))
    # Row numbers come back after a rollback on SQLite; what is remembered about a frozen version is kept under this.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=9, choices=VersionStatus, default=VersionStatus.DRAFT)
    drafted_at = models.DateTimeField(_("drafted at"))
    drafted_by = models.CharField(_("drafted by"), max_length=200)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.CharField(_("published by"), max_length=200, blank=True)
    effective_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("What changes and why, for your colleagues."))

    cooling_off_hours = models.DecimalField(
        _("cooling-off period in hours"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(24),
        validators=_UP_TO_MAX_HOURS,
        help_text=_("So long after the first booking everything comes back. 0 for none."),
    )
    window_hours = models.DecimalField(
        _("online cancellation closes, hours before the start"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(0),
        validators=_UP_TO_MAX_HOURS,
        help_text=_("With less time left patients are sent to the late request. 0: open until the start."),
    )
    reason_from_patient = models.BooleanField(_("patients must give a reason"), default=False)
    reason_from_staff = models.BooleanField(_("staff must give a reason"), default=True)
    reason_from_doctor = models.BooleanField(_("doctors must give a reason"), default=True)
    slot_release_minutes = models.PositiveIntegerField(
        _("a cancelled slot can be booked again after, in minutes"),
        default=0,
        validators=[MaxValueValidator(MAX_SLOT_RELEASE_MINUTES)],
    )
    approval_timeout_hours = models.DecimalField(
        _("an unapproved appointment is cancelled after, in hours"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(24),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(MAX_HOURS))],
    )
    draft_hold_minutes = models.PositiveIntegerField(
        _("an unpaid draft holds its slot for, in minutes"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_DRAFT_HOLD_MINUTES)],
    )

    max_reschedules = models.PositiveIntegerField(_("most moves by the patient"), default=2, validators=_MOVES)
    reschedule_window_hours = models.DecimalField(
        _("moving closes, hours before the start"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(2),
        validators=_UP_TO_MAX_HOURS,
    )
    same_doctor_required = models.BooleanField(_("only to the same doctor"), default=False)
    free_reschedules = models.PositiveIntegerField(_("free moves"), default=1, validators=_MOVES)
    reschedule_fee = models.PositiveBigIntegerField(
        _("fee for each further move"), default=0, validators=[MaxValueValidator(MAX_FEE)]
    )
    price_difference = models.CharField(
        _("when the new slot has another price"),
        max_length=17,
        default=PriceDifference.CHARGE.value,
        choices=[
            (PriceDifference.CHARGE.value, _("dearer: the patient pays the difference; cheaper: it becomes credit")),
            (PriceDifference.CREDIT.value, _("dearer: nothing extra; cheaper: the difference is refunded")),
            (PriceDifference.FIXED_FEE.value, _("nothing but the fee")),
        ],
    )
    keep_tier_after_reschedule = models.BooleanField(
        _("a move does not raise what a cancellation gives back"),
        default=False,
        help_text=_("It closes the way of moving to next month and then cancelling for everything."),
    )

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["policy", F("number").desc(nulls_first=True), "pk"]
        permissions = [("publish_policyversion", "Can publish policy version")]
        constraints = [
            UniqueConstraint(fields=["policy", "number"], name="version_number_once_a_policy"),
            UniqueConstraint(fields=["policy"], condition=Q(status="draft"), name="version_one_draft_a_policy"),
            CheckConstraint(
                condition=Q(
                    status=VersionStatus.DRAFT,
                    number=None,
                    published_at=None,
                    published_by="",
                    effective_from=None,
                )
                | Q(
                    ~Q(published_by=""),
                    status=VersionStatus.PUBLISHED,
                    number__gte=1,
                    published_at__isnull=False,
                    effective_from__gte=F("published_at"),
                ),
                name="version_published_is_complete",
            ),
            CheckConstraint(condition=Q(cooling_off_hours__range=(0, MAX_HOURS)), name="version_cooling_off_range"),
            CheckConstraint(condition=Q(window_hours__range=(0, MAX_HOURS)), name="version_window_range"),
            CheckConstraint(
                condition=Q(slot_release_minutes__range=(0, MAX_SLOT_RELEASE_MINUTES)),
                name="version_slot_release_range",
            ),
            CheckConstraint(
                condition=Q(approval_timeout_hours__gt=0, approval_timeout_hours__lte=MAX_HOURS),
                name="version_approval_timeout_range",
            ),
            CheckConstraint(
                condition=Q(draft_hold_minutes__range=(1, MAX_DRAFT_HOLD_MINUTES)), name="version_draft_hold_range"
            ),
            CheckConstraint(condition=Q(max_reschedules__range=(0, MAX_MOVES)), name="version_max_reschedules_range"),
            CheckConstraint(
                condition=Q(reschedule_window_hours__range=(0, MAX_HOURS)), name="version_reschedule_window_range"
            ),
            CheckConstraint(condition=Q(free_reschedules__range=(0, MAX_MOVES)), name="version_free_reschedules_range"),
            CheckConstraint(condition=Q(reschedule_fee__range=(0, MAX_FEE)), name="version_reschedule_fee_range"),
            CheckConstraint(
                condition=Q(price_difference__in=[strategy.value for strategy in PriceDifference]),
                name="version_price_difference_known",
            ),
        ]

    def __str__(self) -> str:
        """Say which policy and which version."""
        if self.number is None:
            return gettext("%(policy)s, draft") % {"policy": self.policy}
        return gettext("%(policy)s, version %(number)d") % {"policy": self.policy, "number": self.number}

    @property
    def is_published(self) -> bool:
        """Tell whether it is frozen."""
        return self.status == VersionStatus.PUBLISHED


class Tier(models.Model):
    """With so many hours left before the start, so many percent come back."""

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="tiers", verbose_name=_("version"))
    hours = models.DecimalField(
        _("hours before the start"), max_digits=6, decimal_places=2, validators=_UP_TO_MAX_HOURS
    )
    inclusive = models.BooleanField(
        _("counts at exactly that time"), default=True, help_text=_("Without it only with more time left.")
    )
    percent = models.DecimalField(
        _("percentage that comes back"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["version", "-hours", "pk"]
        constraints = [
            UniqueConstraint(fields=["version", "hours"], name="tier_hours_once_a_version"),
            CheckConstraint(condition=Q(hours__range=(0, MAX_HOURS)), name="tier_hours_range"),
            CheckConstraint(condition=Q(percent__range=(0, 100)), name="tier_percent_range"),
        ]

    def __str__(self) -> str:
        """Say threshold and percentage."""
        return gettext("%(hours)s h: %(percent)s %%") % {"hours": self.hours, "percent": self.percent}
