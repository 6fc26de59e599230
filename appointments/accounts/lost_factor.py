"""Somebody lost their phone and their recovery codes: after the clinic has made sure who they are, the second step ends."""

from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation

from appointments.languages import language_of_account
from appointments.models import User


def has_second_step(user: User) -> bool:
    """Tell whether signing in asks this account for more than a password."""
    return bool(Authenticator.objects.filter(user=user).exists())


def end_second_step(*, user_id: int, request: HttpRequest) -> bool:
    """Take every app, passkey and recovery code from an account, sign it out everywhere, and tell its owner.

    False where there was none: nothing is done then.
    """
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        taken, _per_model = Authenticator.objects.filter(user=user).delete()
        if not taken:
            return False
        for session in UserSession.objects.filter(user=user):
            session.end()
        transaction.on_commit(lambda: _tell(user, request))
    return True


def _tell(user: User, request: HttpRequest) -> None:
    if user.email:
        language = language_of_account(user_id=user.pk) or settings.LANGUAGE_CODE
        with request_context(request), translation.override(language):
            get_adapter(request).send_mail("mfa/email/second_step_ended", user.email, {"user": user})
