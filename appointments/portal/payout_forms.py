"""What patients answer about how to be paid."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.bank.details import LONGEST_NAME, BankDetails, checked_details
from refunds.bank.errors import BadDetails
from refunds.models import AccountKind, Way

_MOST_TYPED = 80


class BirthDateForm(forms.Form):
    """The second step of a link: only the patient and the clinic know the answer."""

    birth_date = forms.DateField(
        label=gettext_lazy("What is your date of birth?"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter your date of birth"),
            "invalid": gettext_lazy("Enter your date of birth, such as 1984-03-27"),
        },
    )

    def __init__(self, *args: Any, answer: date, **kwargs: Any) -> None:
        """Compare with this answer."""
        super().__init__(*args, **kwargs)
        self._answer = answer

    def clean_birth_date(self) -> date:
        """Return the date. Raises ValidationError for another than the patient's."""
        given: date = self.cleaned_data["birth_date"]
        if given != self._answer:
            raise forms.ValidationError(_("The date of birth does not match. Check it"), code="wrong")
        return given

    @property
    def is_wrong(self) -> bool:
        """Tell whether a date was given that is not the patient's."""
        return self.has_error("birth_date", "wrong")


class WayForm(forms.Form):
    """How the money should come."""

    way = forms.ChoiceField(
        label=gettext_lazy("How do you want to be paid?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Select how you want to be paid"),
            "invalid_choice": gettext_lazy("Select how you want to be paid"),
        },
    )

    def __init__(self, *args: Any, ways: Iterable[Way], **kwargs: Any) -> None:
        """Offer these ways."""
        super().__init__(*args, **kwargs)
        words = {
            Way.BANK_TRANSFER: _("By transfer to my bank account"),
            Way.CASH: _("In cash at the centre’s cash desk"),
        }
        field = self.fields["way"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(way.value, words[way]) for way in ways]


class BankDetailsForm(forms.Form):
    """An account, written as the currency's country writes it. What is wrong is said by `refunds.bank.details`."""

    name = forms.CharField(label=gettext_lazy("Name on the account"), required=False, max_length=4 * LONGEST_NAME)
    branch = forms.CharField(required=False, max_length=_MOST_TYPED)
    account = forms.CharField(required=False, max_length=_MOST_TYPED)
    account_again = forms.CharField(required=False, max_length=_MOST_TYPED)

    def __init__(self, *args: Any, kind: AccountKind, **kwargs: Any) -> None:
        """Ask for this kind of account."""
        super().__init__(*args, **kwargs)
        self._kind = kind
        self.details: BankDetails | None = None
        number = {"autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"}
        text = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        if kind == AccountKind.IBAN:
            del self.fields["branch"], self.fields["account_again"]
            self.fields["account"].label = _("IBAN")
        else:
            by_ifsc = kind == AccountKind.INDIA
            self.fields["branch"].label = _("IFSC") if by_ifsc else _("Sort code")
            self.fields["branch"].help_text = _("It stands on your cheque book, or in your bank’s app.")
            self.fields["branch"].widget.attrs |= text if by_ifsc else number
            self.fields["account"].label = _("Account number")
            self.fields["account_again"].label = _("Account number once more")
            self.fields["account_again"].widget.attrs |= number
        self.fields["account"].widget.attrs |= text if kind == AccountKind.IBAN else number
        self.fields["name"].widget.attrs |= {"autocomplete": "name"}

    def clean(self) -> dict[str, Any]:
        """Check the account as a whole and keep it as `details`."""
        answers = super().clean() or {}
        if self.errors:
            return answers
        try:
            self.details = checked_details(kind=self._kind, given=answers)
        except BadDetails as bad:
            for field, sentence in bad.problems.items():
                self.add_error(field, str(sentence))
        return answers
