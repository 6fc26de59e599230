"""Apps that patients let into their account: who made them, and what each account allowed."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.people import User


class PatientApp(models.Model):
    """An app that a patient can allow to see appointments or to change them. It has no secret: whoever holds the app could read one.

    `redirect_uris` are the addresses, one a line and exact, at which the app takes its answer. `oauth_client_id` names its
    client at the token endpoint; a text, because that library's tables are made after ours.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    maker = models.CharField(_("made by"), max_length=80)
    redirect_uris = models.TextField(_("redirect addresses"), max_length=2000)
    is_active = models.BooleanField(_("may be used"), default=True)
    oauth_client_id = models.CharField(_("client ID"), max_length=100, unique=True)

    class Meta:
        """Words."""

        verbose_name = _("patient app")
        verbose_name_plural = _("patient apps")
        ordering = ["name"]

    def __str__(self) -> str:
        """Name the app."""
        return self.name


class AppConsent(models.Model):
    """What an account allowed an app, from `allowed_at` until it ends: to see, and with `may_act` to cancel and move too.

    `password_mark` is what the account's sessions carry too: another password ends it like them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(PatientApp, verbose_name=_("app"), on_delete=models.PROTECT, related_name="consents")
    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="app_consents")
    may_act = models.BooleanField(_("may cancel and move"), default=False)
    password_mark = models.CharField(max_length=128, editable=False)
    allowed_at = models.DateTimeField(_("allowed"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        """One at a time for an account and an app."""

        verbose_name = _("allowed app")
        verbose_name_plural = _("allowed apps")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "app"], condition=models.Q(ended_at__isnull=True), name="app_consent_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("allowed_at")),
                name="app_consent_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        """Name the account and the app."""
        return f"{self.user_id}: {self.app_id}"
