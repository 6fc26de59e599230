"""Patients, accounts, groups and reasons."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from appointments.admin.base import AnyModelAdmin, account_of
from appointments.admin.scope import CentreScoped
from appointments.models import Patient, ReasonCode, User


class AccountCreationForm(UserCreationForm):  # type: ignore[misc]
    """A new account."""

    class Meta:
        """Ours, not Django's own account."""

        model = User
        fields = ("full_name", "email", "phone")
        field_classes: dict[str, Any] = {}


class AccountForm(UserChangeForm):  # type: ignore[misc]
    """An account."""

    class Meta:
        """Ours, not Django's own account."""

        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}


@admin.register(User)
class AccountAdmin(UserAdmin, CentreScoped):  # type: ignore[type-arg]
    """Accounts. Staff see those who work at their centres; only a superuser makes and changes them."""

    centre_path = "centres"
    form = AccountForm
    add_form = AccountCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("full_name", "email", "phone", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("full_name", "email", "phone")
    ordering = ("full_name",)
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    actions = None
    fieldsets = (
        (None, {"fields": ("full_name", "email", "phone", "password")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("full_name", "email", "phone", "usable_password", "password1", "password2")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show who may not change accounts neither password nor rights."""
        if account_of(request).is_superuser:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("full_name", "email", "phone", "is_active", "groups")}),)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Offer filters to who sees all accounts."""
        return self.list_filter if account_of(request).is_superuser else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave it to superusers: who makes accounts can give themselves any right."""
        return account_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to superusers."""
        return account_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to superusers."""
        return account_of(request).is_superuser


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin, AnyModelAdmin):
    """Groups: what each role may do."""

    actions = None


@admin.register(Patient)
class PatientAdmin(CentreScoped):
    """Patients who booked at the account's centres."""

    centre_path = "chains__channel__centre"
    list_display = ("name", "birth_date", "phone", "email")
    search_fields = ("name", "phone", "email")
    ordering = ("name", "pk")
    readonly_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        """Load the account along."""
        return super().get_queryset(request).select_related("user")

    def get_readonly_fields(self, request: HttpRequest, obj: Patient | None = None) -> tuple[str, ...]:
        """Leave the account of a patient to superusers: whose it is, sees the appointments."""
        return () if account_of(request).is_superuser else ("user",)

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Search among accounts instead of listing them all."""
        return ("user",)


@admin.register(ReasonCode)
class ReasonAdmin(AnyModelAdmin):
    """Reasons to choose from."""

    list_display = ("label", "code", "for_patients", "for_staff", "for_doctors", "needs_text", "is_active", "position")
    list_filter = ("is_active", "for_patients", "for_staff", "for_doctors")
    search_fields = ("label", "code")
    prepopulated_fields = {"code": ("label",)}
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: ReasonCode | None = None) -> tuple[str, ...]:
        """Keep the code: history is told by it."""
        return ("code",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: ReasonCode | None = None) -> dict[str, Any]:
        """Suggest a code for a new reason."""
        return {} if obj else dict(self.prepopulated_fields)

    def has_delete_permission(self, request: HttpRequest, obj: ReasonCode | None = None) -> bool:
        """Say no: history is told in its words. It can be taken off offer."""
        return False
