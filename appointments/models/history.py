"""What a draft of a policy would have done to the past: asked for at the desk, worked out by a worker."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from policies.models import PolicyVersion


class HistoryCheck(models.Model):
    """One comparison of a version with what was really given back between `since` and `asked_at`.

    `fingerprint` names what the version said; `result` holds the figures, in minor units of the policy's currency, once
    `finished_at` is set.
    """

    version = models.ForeignKey(PolicyVersion, verbose_name=_("version"), on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    since = models.DateTimeField(_("since"))
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(_("asked by"), max_length=200)
    done = models.PositiveIntegerField(_("cancellations looked at"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)

    class Meta:
        """One open comparison a version; a finished one has its result."""

        verbose_name = _("comparison with the past")
        verbose_name_plural = _("comparisons with the past")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(finished_at__isnull=True), name="history_check_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(result__isnull=False),
                name="history_check_finished_has_result",
            ),
        ]

    def __str__(self) -> str:
        """Name the version."""
        return str(self.version)
