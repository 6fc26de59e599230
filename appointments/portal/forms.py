"""What patients type and choose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Doctor, ReasonCode
from appointments.portal.answers import RATHER_NOT_SAY
from appointments.reasons import TEXT_LIMIT


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """The words of the question why, and of what is missing in an answer."""

    question: str
    hint: str
    choose: str
    write: str


class ReasonForm(forms.Form):
    """Why: one of the reasons offered, or none where none is required, and text where the code asks for it."""

    code = forms.ChoiceField(widget=forms.RadioSelect)
    text = forms.CharField(
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("Your reason must be 500 characters or less")},
    )

    def __init__(
        self, *args: Any, reasons: Iterable[ReasonCode], is_required: bool, words: ReasonWords, **kwargs: Any
    ) -> None:
        """Offer these reasons, and to give none where none is required."""
        super().__init__(*args, **kwargs)
        offered = list(reasons)
        choices = [(reason.code, reason.label) for reason in offered]
        if not is_required:
            choices.append((RATHER_NOT_SAY, str(_("I would rather not say"))))
        code = self.fields["code"]
        assert isinstance(code, forms.ChoiceField)
        code.choices = choices
        code.label = words.question
        code.help_text = words.hint
        code.error_messages = {"required": words.choose, "invalid_choice": words.choose}
        self._write = words.write
        self._want_text = {reason.code: reason.label for reason in offered if reason.needs_text}
        self.fields["text"].label = _("In your own words")
        self.fields["text"].help_text = self._when_text_is_needed()
        # The page keeps more than may be sent, so that nothing typed is lost; the browser is not to cut it off.
        self.fields["text"].widget.attrs.pop("maxlength", None)
        if not self._want_text:
            del self.fields["text"]

    def _when_text_is_needed(self) -> str:
        named = ", ".join(f"“{label}”" for label in self._want_text.values())
        return _("Only needed for %(reasons)s.") % {"reasons": named}

    def clean(self) -> dict[str, Any]:
        """Ask for the text where the code does."""
        answers = super().clean() or {}
        if answers.get("code") in self._want_text and "text" in answers and not answers["text"]:
            self.add_error("text", self._write)
        return answers


#: The choice of the money instead of another time.
MONEY = "money"


class AwayForm(forms.Form):
    """What to do instead of an appointment whose doctor is away. Nothing is chosen beforehand."""

    choice = forms.ChoiceField(
        label=_("What would you like to do?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Select another time or the money"),
            "invalid_choice": _("That time can no longer be chosen. Select another one, or the money"),
        },
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer these."""
        super().__init__(*args, **kwargs)
        choice = self.fields["choice"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = choices


class SlotFilterForm(forms.Form):
    """From which day on, and with whom. What cannot be read filters nothing."""

    from_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    doctor = forms.ChoiceField(label=_("Doctor"), required=False)

    def __init__(self, *args: Any, doctors: Iterable[Doctor], first: date, last: date, **kwargs: Any) -> None:
        """Offer these doctors and days from `first` to `last`."""
        super().__init__(*args, **kwargs)
        self._first, self._last = first, last
        self.fields["from_day"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        doctor = self.fields["doctor"]
        assert isinstance(doctor, forms.ChoiceField)
        doctor.choices = [("", str(_("Any doctor"))), *((str(one.pk), one.name) for one in doctors)]

    @property
    def day(self) -> date:
        """The day asked for, within what is offered. Call `is_valid` first."""
        asked: date | None = self.cleaned_data.get("from_day")
        return min(max(asked or self._first, self._first), self._last)

    @property
    def doctor_id(self) -> int | None:
        """The doctor asked for, None for any. Call `is_valid` first."""
        chosen = self.cleaned_data.get("doctor")
        return int(chosen) if chosen else None
