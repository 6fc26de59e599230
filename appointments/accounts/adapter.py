"""How django-allauth does its work here: what it says, sends, seals and where it leads."""

import base64
import hashlib
import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.accounts import code_texts
from appointments.accounts.desks import desk_of
from appointments.actor import Actor
from appointments.limits import network_of
from appointments.models import User
from appointments.usecases.change_contact import change_sign_in
from appointments.usecases.tie_account import tie_account

_log = logging.getLogger(__name__)

_NO_MATCH = gettext_lazy("E-mail or phone number and password do not match. Check both")
_NOT_SAID = {
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
    "account/messages/login_code_sent.txt",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """One message for whatever does not match; mails that never stop a page; a change of address like any other."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _NO_MATCH,
        "username_password_mismatch": _NO_MATCH,
        "too_many_login_attempts": gettext_lazy("There were too many tries. Wait 5 minutes, or ask for a sign-in code"),
        "incorrect_code": gettext_lazy("The security code is wrong. Check the newest message"),
        "incorrect_password": gettext_lazy("The password is wrong. Check it"),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where somebody goes who asked for no page."""
        assert isinstance(request.user, User)
        return desk_of(request.user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the network somebody comes from, by which tries are limited generously."""
        return network_of(request)

    def get_login_stages(self) -> list[str]:
        """Ask for no code by e-mail of accounts that have none: they sign in by phone number, which the clinic entered."""
        stages: list[str] = super().get_login_stages()
        ours = "appointments.accounts.stages.EmailVerificationStage"
        return [ours if stage.endswith(".EmailVerificationStage") else stage for stage in stages]

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 (the signature is allauth's)
        """Keep the name with the account."""
        user.full_name = form.cleaned_data["full_name"]
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def pre_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse | None:
        """Take the address of an account that the clinic made as verified: whoever signs up has to prove theirs."""
        if user.email and not EmailAddress.objects.filter(user=user).exists():
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        answer: HttpResponse | None = super().pre_login(request, user, **login)
        return answer

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        """Tie the account to its patient record, if the proof is there."""
        tie_account(user_id=user.pk, now=timezone.now())
        answer: HttpResponse = super().post_login(request, user, **login)
        return answer

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Take a proved address as the one to sign in with; that is a change of contact like any other."""
        user = User.objects.get(pk=email_address.user_id)
        if user.email and user.email != email_address.email.lower():
            change_sign_in(
                user_id=user.pk,
                email=email_address.email,
                phone=user.phone,
                actor=Actor.patient(user),
                now=timezone.now(),
            )
        return bool(super().confirm_email(request, email_address))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail. One that cannot be sent is logged without its text, and the page says so, whoever it was for."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            _log.error("A mail (%s) could not be sent: %s", template_prefix, type(error).__name__)
            messages.error(self.request, _("The message could not be sent. Try again in a minute."))

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """Send a sign-in code to the account's phone."""
        code_texts.send_code(phone=phone, code=code)

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Keep nothing: numbers of accounts are entered by the clinic, and count as they are."""

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave out what the page itself says."""
        if message_template not in _NOT_SAID:
            super().add_message(request, level, message_template, *args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps and recovery codes sealed."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("The code is wrong. Check it"),
    }

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002 (the signature is allauth's)
        """Suggest a name that says what it is."""
        return _("My phone")

    def encrypt(self, text: str) -> str:
        """Seal a secret with the site's key."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret; keys the site had before (SECRET_KEY_FALLBACKS) still open."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"fairslot.second-factor:{key}".encode()).digest())
