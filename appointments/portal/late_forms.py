"""What a patient answers who asks for an exception."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.late.uploads import MOST_BYTES, Problem, Upload, UploadRefusedError, checked_upload
from appointments.models import LateRule, LateWish
from appointments.reasons import TEXT_LIMIT

SOMETHING_ELSE = "~"
_WISH_MISSING = gettext_lazy("Select what you ask for")
_RULE_MISSING = gettext_lazy("Select what happened")


class LateRequestForm(forms.Form):
    """What for, what happened, and a document if there is one. `upload` is the document, looked at."""

    wish = forms.ChoiceField(
        label=gettext_lazy("What do you ask for?"),
        widget=forms.RadioSelect,
        choices=LateWish.choices,
        error_messages={"required": _WISH_MISSING, "invalid_choice": _WISH_MISSING},
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        widget=forms.RadioSelect,
        error_messages={"required": _RULE_MISSING, "invalid_choice": _RULE_MISSING},
    )
    text = forms.CharField(
        label=gettext_lazy("Say it in your own words"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": gettext_lazy("Enter why you ask for an exception"),
            "max_length": gettext_lazy("Your reason must be 500 characters or less"),
        },
    )
    document = forms.FileField(
        label=gettext_lazy("Document, if you have one"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, rules: Iterable[LateRule], wishes: Collection[LateWish], **kwargs: Any) -> None:
        """Offer these wishes and situations, and that it was something else; without situations nothing is asked about them."""
        super().__init__(*args, **kwargs)
        wish = self.fields["wish"]
        assert isinstance(wish, forms.ChoiceField)
        wish.choices = [(one.value, one.label) for one in wishes]
        wish.initial = next(iter(wishes)) if len(wishes) == 1 else None
        self.upload: Upload | None = None
        offered = list(rules)
        self._need_document = {str(rule.pk): rule.label for rule in offered if rule.needs_document}
        self.fields["text"].widget.attrs.pop("maxlength", None)
        self.fields["document"].help_text = ngettext(
            "PDF, JPEG or PNG, 5 MB at most. Only staff who decide about requests can open it."
            " It is destroyed %(days)s day after the answer.",
            "PDF, JPEG or PNG, 5 MB at most. Only staff who decide about requests can open it."
            " It is destroyed %(days)s days after the answer.",
            settings.LATE_DOCUMENT_DAYS,
        ) % {"days": settings.LATE_DOCUMENT_DAYS}
        field = self.fields["rule"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*((str(rule.pk), rule.label) for rule in offered), (SOMETHING_ELSE, _("Something else"))]
        if not offered:
            del self.fields["rule"]

    @property
    def rule_id(self) -> int | None:
        """The standing rule chosen. Only for a form without errors."""
        chosen = self.cleaned_data.get("rule", SOMETHING_ELSE)
        return None if chosen == SOMETHING_ELSE else int(chosen)

    def clean_document(self) -> object:
        """Look at the content. Raises ValidationError for anything but a whole PDF, JPEG or PNG of 5 MB at most."""
        given = self.cleaned_data["document"]
        if given is None:
            return None
        try:
            self.upload = checked_upload(given.read(MOST_BYTES + 1))
        except UploadRefusedError as refused:
            words = {
                Problem.EMPTY: _("The document is empty. Select another one"),
                Problem.TOO_BIG: _("The document must be 5 MB or less"),
                Problem.WRONG_KIND: _("The document must be a PDF, JPEG or PNG. A renamed file of another kind is not"),
            }
            raise forms.ValidationError(words[refused.problem], code=refused.problem.value) from refused
        return given

    def clean(self) -> dict[str, Any]:
        """Ask for the document where the situation does."""
        answers = super().clean() or {}
        if answers.get("rule") in self._need_document and self.upload is None and "document" not in self.errors:
            self.add_error("document", _("Select a document that shows it, such as a letter of the hospital"))
        return answers
