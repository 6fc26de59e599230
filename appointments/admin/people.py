"""Patients, accounts, groups and reasons."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from appointments.accounts.lost_factor import has_second_step
from appointments.actor import Actor
from appointments.admin.base import AnyInline, AnyModelAdmin, AnyModelForm, NothingToChange, account_of
from appointments.admin.deeds import WAIT, may_do
from appointments.admin.id_number import id_number_page
from appointments.admin.lost_factor import end_second_step_page
from appointments.admin.pages.wait import wait_for_booking_page
from appointments.admin.scope import CentreScoped
from appointments.models import ContactChange, Patient, ReasonCode, User
from appointments.models.people import plain_phone
from appointments.usecases.change_contact import Contact, change_contact, change_sign_in
from appointments.wording.contacts import describe_change

_CONTACT = ("email", "phone", "user")


class PlainPhoneMixin:
    """Takes a phone number as people write it and keeps it as accounts and messages look for it."""

    cleaned_data: dict[str, Any]

    def clean_phone(self) -> str | None:
        """Return the number without blanks, hyphens and brackets; what is left out stays left out."""
        number: str | None = self.cleaned_data["phone"]
        return plain_phone(number) if number else number


class AccountCreationForm(PlainPhoneMixin, UserCreationForm):  # type: ignore[misc]
    """A new account."""

    class Meta:
        """Ours, not Django's own account."""

        model = User
        fields = ("full_name", "email", "phone")
        field_classes: dict[str, Any] = {}


class AccountForm(PlainPhoneMixin, UserChangeForm):  # type: ignore[misc]
    """An account."""

    class Meta:
        """Ours, not Django's own account."""

        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}


class PatientForm(PlainPhoneMixin, AnyModelForm):
    """A patient."""

    class Meta:
        """Every field that the admin shows."""

        model = Patient
        fields = "__all__"


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
    readonly_fields = ("second_step", "last_login", "date_joined")
    actions = None
    fieldsets = (
        (None, {"fields": ("full_name", "email", "phone", "password", "second_step")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("full_name", "email", "phone", "usable_password", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 (the signature is Django's)
        """Save; what an account signs in with goes through its use case, since it may be a patient's."""
        if change:
            with_what = form.cleaned_data
            change_sign_in(
                user_id=obj.pk,
                email=with_what.get("email"),
                phone=with_what.get("phone"),
                actor=Actor.staff(account_of(request)),
                now=timezone.now(),
            )
            obj.refresh_from_db(fields=["email", "phone"])
        super().save_model(request, obj, form, change)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show who may not change accounts neither password nor rights."""
        if account_of(request).is_superuser:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("full_name", "email", "phone", "is_active", "groups")}),)

    def get_urls(self) -> list[URLPattern]:
        """Add the page that ends a second step."""
        page = self.admin_site.admin_view(self.second_step_view)
        return [path("<int:pk>/second-step/", page, name="appointments_user_second_step"), *super().get_urls()]

    def second_step_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End the second step of somebody who lost it."""
        return end_second_step_page(request, self.get_object(request, str(pk)), self)

    @admin.display(description=_("second step at sign-in"))
    def second_step(self, account: User) -> str:
        """Say whether there is one, and lead to its end."""
        if not has_second_step(account):
            return gettext("None")
        where = reverse("admin:appointments_user_second_step", args=[account.pk])
        return format_html('<a href="{}">{}</a>', where, gettext("Set up. End it, if phone and codes are lost"))

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
# A proved address is proof: nobody enters one by hand.
admin.site.unregister(EmailAddress)
admin.site.unregister(UserSession)


@admin.register(Group)
class RoleAdmin(GroupAdmin, AnyModelAdmin):
    """Groups: what each role may do."""

    actions = None


class ContactChangeInline(NothingToChange, AnyInline):
    """How the patient was reached before, and who changed it."""

    model = ContactChange
    fields = ("at", "actor_label", "what")
    readonly_fields = fields
    extra = 0

    def has_view_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Say yes: who may see the patient may see who changed what."""
        return True

    @admin.display(description=_("what was changed"))
    def what(self, change: ContactChange) -> str:
        """Say it in words, masked: an address that is no longer the patient's is nobody's business."""
        return "; ".join(describe_change(change))


@admin.register(Patient)
class PatientAdmin(CentreScoped):
    """Patients who booked at the account's centres. How they are reached is changed by its use case alone."""

    form = PatientForm
    inlines = [ContactChangeInline]

    centre_path = "chains__channel__centre"
    list_display = ("name", "birth_date", "phone", "email")
    search_fields = ("name", "phone", "email")
    ordering = ("name", "pk")
    readonly_fields = ("user", "id_number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        """Load the account along."""
        return super().get_queryset(request).select_related("user")

    def get_readonly_fields(self, request: HttpRequest, obj: Patient | None = None) -> tuple[str, ...]:
        """Leave the account of a patient to superusers: whose it is, sees the appointments."""
        user = account_of(request)
        rest = ("id_number", "waiting_list") if obj and may_do(WAIT, user=user) else ("id_number",)
        return rest if user.is_superuser else ("user", *rest)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the ID number and of the waiting list."""
        page = self.admin_site.admin_view(self.id_number_view)
        wait = self.admin_site.admin_view(self.wait_view)
        return [
            path("<int:pk>/id-number/", page, name="appointments_patient_id_number"),
            path("<int:pk>/wait/", wait, name="appointments_patient_wait"),
            *super().get_urls(),
        ]

    def wait_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put the patient on the waiting list."""
        return wait_for_booking_page(request, self.get_object(request, str(pk)))

    @admin.display(description=_("waiting list"))
    def waiting_list(self, patient: Patient) -> str:
        """Lead to the page that puts the patient on it."""
        where = reverse("admin:appointments_patient_wait", args=[patient.pk])
        return format_html('<a href="{}">{}</a>', where, gettext("Put on the waiting list"))

    def id_number_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Enter, open or destroy the patient's ID number."""
        return id_number_page(request, self.get_object(request, str(pk)))

    @admin.display(description=_("ID number"))
    def id_number(self, patient: Patient) -> str:
        """Show it masked, and lead to its page; a patient has to be there first."""
        if patient._state.adding:  # noqa: SLF001 (Django's own word for it)
            return gettext("Enter it once the patient is saved")
        where = reverse("admin:appointments_patient_id_number", args=[patient.pk])
        shown = patient.id_number_masked or gettext("None")
        return format_html('{} · <a href="{}">{}</a>', shown, where, gettext("Enter or open it"))

    def save_model(self, request: HttpRequest, obj: Patient, form: Any, change: bool) -> None:  # noqa: FBT001 (the signature is Django's)
        """Save; for somebody who is on record the contact details go through their use case."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        rest = [name for name in form.changed_data if name not in _CONTACT]
        obj.save(update_fields=rest)
        to = Contact(email=obj.email, phone=obj.phone, account=obj.user_id)
        done = change_contact(patient_id=obj.pk, to=to, actor=Actor.staff(account_of(request)), now=timezone.now())
        if done is not None:
            messages.info(request, gettext("The patient is told of the new contact details, at the old address too."))

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
