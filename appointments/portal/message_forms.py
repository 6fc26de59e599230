"""The question how, and when not, a patient wants to hear from the clinic."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from appointments.models import MessagesBy
from appointments.usecases.choose_messages import MessageWishes


def _time_field(label: Any) -> forms.TimeField:
    words = _("Enter a time, such as 21:00")
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": words, "invalid": words},
    )


class MessagesForm(forms.Form):
    """By what, whether to remind, and the quiet hours."""

    messages_by = forms.ChoiceField(
        label=_("How do you want to hear from us?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select how you want to hear from us")},
    )
    reminders = forms.ChoiceField(
        label=_("Do you want reminders?"),
        help_text=_("Before an appointment, and before you would get less back"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, remind me")), ("no", _("No reminders"))],
        error_messages={"required": _("Select whether you want reminders")},
    )
    quiet_from = _time_field(_("No reminders from"))
    quiet_until = _time_field(_("No reminders until"))

    def __init__(self, data: QueryDict | None, *, wishes: MessageWishes, ways: list[str]) -> None:
        """Show what is on record; ask by what only where there is a choice."""
        super().__init__(
            data,
            initial={
                "messages_by": wishes.messages_by if wishes.messages_by in ways else None,
                "reminders": "yes" if wishes.wants_reminders else "no",
                "quiet_from": wishes.quiet_from,
                "quiet_until": wishes.quiet_until,
            },
        )
        self._before = wishes
        field = self.fields["messages_by"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(way, label) for way, label in MessagesBy.choices if way in ways]
        if len(ways) < 2:
            del self.fields["messages_by"]

    @property
    def wishes(self) -> MessageWishes:
        """What was chosen. Call `is_valid` first."""
        return MessageWishes(
            messages_by=MessagesBy(self.cleaned_data.get("messages_by") or self._before.messages_by),
            wants_reminders=self.cleaned_data["reminders"] == "yes",
            quiet_from=self.cleaned_data["quiet_from"],
            quiet_until=self.cleaned_data["quiet_until"],
        )
