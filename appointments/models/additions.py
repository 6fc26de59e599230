"""What a centre adds to its mails, such as the way to the entrance."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models.outbox import MessageKind
from appointments.models.scheduling import Centre
from appointments.wording.additions import problem_with

#: Mails about the appointment itself. Those about money, codes and carers say nothing but that.
WITH_ADDITIONS = (
    MessageKind.BOOKED,
    MessageKind.SUBMITTED,
    MessageKind.RESCHEDULED,
    MessageKind.CANCELLED,
    MessageKind.REMINDER_VISIT,
)
_LONGEST = 300


def _languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def validate_addition(text: str) -> None:
    """Refuse what cannot be filled in, and addresses."""
    problem = problem_with(text)
    if problem:
        raise ValidationError(problem)


class MessageAddition(models.Model):
    """A sentence or two at the end of one kind of mail, in one language; it replaces nothing of the mail."""

    centre = models.ForeignKey(Centre, verbose_name=_("centre"), on_delete=models.CASCADE, related_name="additions")
    kind = models.CharField(_("mail"), max_length=20, choices=[(kind.value, kind.label) for kind in WITH_ADDITIONS])
    language = models.CharField(
        _("language"), max_length=10, choices=_languages, help_text=_("Only patients who read this language get it.")
    )
    text = models.CharField(
        _("text"),
        max_length=_LONGEST,
        validators=[validate_addition],
        help_text=_(
            "It stands before the phone number at the end of the mail, not in text messages. You may use {patient}, {when}, {reference} and {phone}."
        ),
    )

    class Meta:
        """One for a kind and language."""

        verbose_name = _("addition to a mail")
        verbose_name_plural = _("additions to mails")
        ordering = ["centre__name", "kind", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "kind", "language"],
                name="message_addition_once",
                violation_error_message=_("There is an addition to this mail in this language already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in WITH_ADDITIONS]), name="message_addition_kind_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="message_addition_says_something"),
        ]

    def __str__(self) -> str:
        """Name the mail and the language."""
        return f"{self.get_kind_display()}, {self.get_language_display()}"
