"""Private addresses from which calendar programs read appointments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models.people import User


class FeedOf(models.TextChoices):
    """Whose appointments a feed shows: those an account has as a patient, or those it holds as a doctor."""

    PATIENT = "patient", _("Patient")
    DOCTOR = "doctor", _("Doctor")


class CalendarFeed(models.Model):
    """The address of one account's calendar. Only a digest of its token is kept; whoever has the token can read.

    A revoked one stays, and opens nothing.
    """

    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.PROTECT, related_name="calendar_feeds")
    of = models.CharField(_("appointments as"), max_length=10, choices=FeedOf.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        """One address that opens at a time; nobody but its owner has anything to do with it."""

        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "of"], condition=Q(revoked_at__isnull=True), name="calendar_feed_one_opens"
            ),
            models.CheckConstraint(condition=Q(of__in=FeedOf.values), name="calendar_feed_of_known"),
        ]

    def __str__(self) -> str:
        """The key; the digest is nobody's business."""
        return f"calendar address {self.pk}"
