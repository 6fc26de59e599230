"""The bases of admin classes and forms: for the type checker Django's with their models, since unfold ships no types."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.forms import BaseInlineFormSet, ModelForm

    from policies.models import Policy, PolicyVersion, Tier

    PolicyModelAdmin = ModelAdmin[Policy]
    VersionModelAdmin = ModelAdmin[PolicyVersion]
    VersionsOfPolicy = TabularInline[PolicyVersion, Policy]
    TiersOfVersion = TabularInline[Tier, PolicyVersion]
    VersionForm = ModelForm[PolicyVersion]
    TiersFormSet = BaseInlineFormSet[Tier, PolicyVersion, ModelForm[Tier]]
else:
    from django.forms import BaseInlineFormSet, ModelForm
    from unfold.admin import ModelAdmin, TabularInline

    PolicyModelAdmin = VersionModelAdmin = ModelAdmin
    VersionsOfPolicy = TiersOfVersion = TabularInline
    VersionForm, TiersFormSet = ModelForm, BaseInlineFormSet

_LABEL_LENGTH = 200


def label_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """Return the label under which an account is recorded: its name, and its number since names change."""
    name = user.get_full_name() if hasattr(user, "get_full_name") else user.get_username()
    return f"{name}, account {user.pk}"[-_LABEL_LENGTH:]


def may_publish(request: HttpRequest) -> bool:
    """Tell whether this account may publish versions."""
    return request.user.has_perm("policies.publish_policyversion")
