"""Booking platforms that work through the API: who they are, their keys, and the answers they were given."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.people import Patient, User
from appointments.models.scheduling import Channel


class Partner(models.Model):
    """A platform that books for its own customers, on channels of its own.

    `oauth_client_id` names its client at the token endpoint; a text, because that library's tables are made after ours.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    channels = models.ManyToManyField(Channel, verbose_name=_("booking channels"), blank=True, related_name="partners")
    is_active = models.BooleanField(_("may use the API"), default=True)
    requests_per_minute = models.PositiveIntegerField(
        _("requests a minute"), default=600, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    oauth_client_id = models.CharField(_("OAuth client"), max_length=100, unique=True, null=True, blank=True)

    class Meta:
        """Words."""

        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        permissions = [("issue_apikey", "Can issue and revoke keys of partners")]

    def __str__(self) -> str:
        """Name the platform."""
        return self.name


class ApiKey(models.Model):
    """A key of a partner. Only a keyed digest is kept; the prefix names the key to people and logs.

    `channel` narrows it to one channel of the partner; without `may_write` it only reads.
    """

    partner = models.ForeignKey(Partner, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(_("begins with"), max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    channel = models.ForeignKey(
        Channel,
        verbose_name=_("only this channel"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    may_write = models.BooleanField(_("may book, move and cancel"), default=True)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    last_origin = models.CharField(_("last used from"), max_length=45, blank=True)

    class Meta:
        """Words."""

        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        """Name the key by what it begins with."""
        return self.prefix


class PartnerPatient(models.Model):
    """The partner's own name for one of its customers, and the patient that is."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="patients")
    reference = models.CharField(_("partner's reference"), max_length=100)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="partner_names")

    class Meta:
        """One patient a name."""

        verbose_name = _("partner's patient")
        verbose_name_plural = _("partners' patients")
        constraints = [models.UniqueConstraint(fields=["partner", "reference"], name="partner_patient_named_once")]

    def __str__(self) -> str:
        """Return the partner's reference."""
        return self.reference


class StoredAnswer(models.Model):
    """What a partner, or an account through an app, was answered under one Idempotency-Key, written in the transaction of the deed itself.

    `body` is JSON as text: PostgreSQL keeps JSON in an order of its own, and a repeat gets the same bytes.
    Until the answer is there `claim` names the request that works on it; another may take over once `claimed_until` has passed.
    """

    partner = models.ForeignKey(Partner, null=True, on_delete=models.CASCADE, related_name="answers")
    account = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    claim = models.UUIDField(default=uuid.uuid4)
    claimed_until = models.DateTimeField()
    created_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)

    class Meta:
        """One answer a key."""

        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")
        constraints = [
            models.UniqueConstraint(fields=["partner", "key"], name="answer_key_once"),
            models.UniqueConstraint(fields=["account", "key"], name="answer_key_once_an_account"),
            models.CheckConstraint(
                condition=models.Q(partner__isnull=True, account__isnull=False)
                | models.Q(partner__isnull=False, account__isnull=True),
                name="answer_is_somebodys",
            ),
            models.CheckConstraint(
                condition=models.Q(status__isnull=True, body__isnull=True)
                | models.Q(status__isnull=False, body__isnull=False),
                name="answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        """Return the key."""
        return self.key
