"""Log in by e-mail address or phone number."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from appointments.models import User
from appointments.models.people import plain_phone


class EmailOrPhoneBackend(ModelBackend):
    """Takes the e-mail address in any capitals, or the phone number with or without spaces and hyphens."""

    def authenticate(  # the signature is Django's
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account, or None. An unknown name takes as long as a wrong password."""
        name = (username or kwargs.get("email") or "").strip()
        user = self._find(name) if name else None
        if user is None:
            User().set_password(password)
            return None
        if password and user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    def _find(self, name: str) -> User | None:
        if "@" in name:
            return User.objects.filter(email__iexact=name).first()
        return User.objects.filter(phone=plain_phone(name)).first()
