"""Links in mails that open one booking without an account, and the security codes of their second step."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.appointment import Chain

MOST_WRONG_FOR_A_CODE = 5
MOST_WRONG_FOR_A_LINK = 10


class ManageLink(models.Model):
    """A link to one booking and whatever replaces it. Only a digest of its token is kept.

    It opens a page that asks for the second step, and nothing else.
    """

    chain = models.ForeignKey(Chain, verbose_name=_("booking"), on_delete=models.PROTECT, related_name="manage_links")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("issued"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    wrong_answers = models.PositiveSmallIntegerField(_("wrong answers"), default=0)

    class Meta:
        """Guesses have an end."""

        verbose_name = _("manage link")
        verbose_name_plural = _("manage links")
        permissions = [("revoke_links", "Can take back the links of a booking")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrong_answers__lte=MOST_WRONG_FOR_A_LINK), name="manage_link_guesses_end"
            )
        ]

    def __str__(self) -> str:
        """Name the link without what opens it."""
        return f"link {self.pk}"


class SecurityCode(models.Model):
    """One code that was asked for. Its six digits are derived from the id and the site's key, and are kept nowhere.

    `link` is the one it was asked for by; none for a look-up by reference. `answers` counts every answer given
    while it was open, the right one included.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="security_codes")
    link = models.ForeignKey(ManageLink, null=True, blank=True, on_delete=models.PROTECT, related_name="codes")
    asked_at = models.DateTimeField(_("asked for"))
    expires_at = models.DateTimeField(_("good until"))
    answers = models.PositiveSmallIntegerField(_("answers"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        """Guesses have an end, and so has the code."""

        verbose_name = _("security code")
        verbose_name_plural = _("security codes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answers__lte=MOST_WRONG_FOR_A_CODE), name="security_code_guesses_end"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("asked_at")), name="security_code_expires_after_asked"
            ),
        ]
        indexes = [models.Index(fields=["chain", "asked_at"], name="security_code_recent_idx")]

    def __str__(self) -> str:
        """Name the code without its digits."""
        return f"code {self.pk}"
