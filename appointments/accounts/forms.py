"""What people type to sign in and up."""

import re
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from appointments.accounts import code_texts
from appointments.models.people import plain_phone

_MOST_TYPED = 150
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """E-mail address or phone number, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take either in one field."""
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("E-mail address or phone number"),
            max_length=_MOST_TYPED,
            error_messages={"required": _("Enter your e-mail address or phone number")},
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )
        password = self.fields["password"]
        password.label, password.help_text = _("Password"), ""
        password.error_messages["required"] = _("Enter your password")
        password.widget.attrs.pop("placeholder", None)
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        """Return the name as it is stored, so that however it is written, its tries are counted together."""
        typed: str = self.cleaned_data["login"]
        name = typed.lower() if "@" in typed else plain_phone(typed)
        return {"username": name, "password": self.cleaned_data.get("password") or ""}


class SignInCodeForm(allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]
    """Where the code goes: an e-mail address or, where text messages are sent, the phone number of an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take either in one field."""
        super().__init__(*args, **kwargs)
        texts = code_texts.are_on()
        self.fields["email"] = forms.CharField(
            label=_("E-mail address or phone number") if texts else _("E-mail address"),
            max_length=_MOST_TYPED,
            error_messages={
                "required": _("Enter your e-mail address or phone number") if texts else _("Enter your e-mail address")
            },
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )

    def clean_email(self) -> str:
        """Return the address; a phone number goes into `phone`, and nothing is returned."""
        typed: str = self.cleaned_data["email"].strip()
        if "@" not in typed and code_texts.are_on():
            self.cleaned_data["phone"] = self._phone(plain_phone(typed))
            return ""
        validate_email(typed)
        return str(super().clean_email())

    def _phone(self, number: str) -> str:
        if not _E164.fullmatch(number):
            raise forms.ValidationError(
                _("Enter an e-mail address, or a phone number with its country code, like +44 7700 900101")
            )
        if not ratelimit.consume(context.request, action="request_login_code", key=number):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = code_texts.account_with(number)
        return number


class SignUpForm(allauth_forms.SignupForm):  # type: ignore[misc]
    """Name, e-mail address and a password. Whose appointments the account sees is a matter of proof, not of this form."""

    full_name = forms.CharField(
        label=_("Your name"),
        max_length=_MOST_TYPED,
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the name first."""
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("Use the address that the clinic has, to see your appointments here")
        self.fields["email"].error_messages["required"] = _("Enter your e-mail address")
        self.fields["password1"].help_text = _("10 characters or more, and not only numbers")
        self.fields["password1"].error_messages["required"] = _("Enter a password")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.order_fields(["full_name", "email", "password1"])


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that signs in by itself, under a name to tell it from others."""

    passwordless = forms.BooleanField(widget=forms.HiddenInput, initial=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what the name is for."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this passkey")
        self.fields["name"].help_text = _("Such as “My phone”")
