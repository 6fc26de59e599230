"""Accounts and the people they belong to."""

import re
from datetime import time
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _


def plain_phone(number: str) -> str:
    """Return a phone number as accounts keep it: without spaces, hyphens and brackets, and with + before its country code."""
    return re.sub(r"^00", "+", re.sub(r"[\s()-]", "", number))


def _languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class UserManager(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(
        self, *, email: str | None = None, phone: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """Create an account that logs in by e-mail or phone; without a password nobody can log in with one."""
        user = self.model(
            email=email.strip().lower() if email else None, phone=plain_phone(phone) if phone else None, **fields
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account that may do everything in the admin."""
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account with this e-mail address, whatever its capitals."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """An account. Its e-mail address or its phone number logs in."""

    email = models.EmailField(_("e-mail"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=32, null=True, blank=True)
    full_name = models.CharField(_("name"), max_length=150)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        """One account an address; at least one way to log in."""

        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.UniqueConstraint("phone", name="user_phone_unique"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False), name="user_can_be_named"
            ),
        ]

    def __str__(self) -> str:
        """Name the person."""
        return self.full_name

    def get_full_name(self) -> str:
        """Return the name, as the admin asks for it."""
        return self.full_name

    def get_short_name(self) -> str:
        """Return the name, as the admin asks for it."""
        return self.full_name


class MessagesBy(models.TextChoices):
    """How a patient wants to hear from the clinic. What cannot be sent that way goes the other."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    BOTH = "both", _("E-mail and text message")


class Patient(models.Model):
    """Somebody who is treated. The account is apart from it: not every patient has one."""

    user = models.OneToOneField(
        User, verbose_name=_("account"), null=True, blank=True, on_delete=models.PROTECT, related_name="patient"
    )
    name = models.CharField(_("name"), max_length=150)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    id_number_digest = models.CharField(max_length=64, blank=True, editable=False)
    id_number_sealed = models.TextField(blank=True, editable=False)
    id_number_masked = models.CharField(_("ID number"), max_length=16, blank=True, editable=False)
    id_number_keep_until = models.DateField(_("ID number kept until"), null=True, blank=True, editable=False)
    messages_by = models.CharField(_("messages by"), max_length=5, choices=MessagesBy.choices, default=MessagesBy.EMAIL)
    wants_reminders = models.BooleanField(_("gets reminders"), default=True)
    quiet_from = models.TimeField(_("no reminders from"), default=time(21))
    quiet_until = models.TimeField(_("no reminders until"), default=time(8))
    bounced_email = models.EmailField(_("e-mail that did not arrive"), blank=True, editable=False)
    bounced_phone = models.CharField(_("phone that took no text message"), max_length=32, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=_languages)

    class Meta:
        """A number that is kept has an end, and a digest to find it by."""

        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id_number_sealed="")
                | (models.Q(id_number_keep_until__isnull=False) & ~models.Q(id_number_digest="")),
                name="patient_id_number_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        """Name the person."""
        return self.name

    @property
    def credit_holder(self) -> str:
        """The key under which the patient's credit stands in the ledger."""
        return f"patient:{self.pk}"
