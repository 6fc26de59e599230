"""Apps that patients can let into their account: registered here, switched off here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.base import AnyModelAdmin, AnyModelForm
from appointments.models import PatientApp
from appointments.patient_apps.register import BadAddressError, read_addresses, store_app


class PatientAppForm(AnyModelForm):
    """An app, and where it takes its answer."""

    class Meta:
        """What people enter."""

        model = PatientApp
        fields = ("name", "maker", "redirect_uris", "is_active")
        help_texts = {
            "name": _("Patients read it when the app asks to be let in."),
            "maker": _("The company or person that answers for the app. Patients read it too."),
            "redirect_uris": _(
                "One a line, exactly as the app sends them: https://…, or com.example.app:/… for the app’s own scheme."
            ),
            "is_active": _("Without the tick nothing of this app opens anything, from this moment on."),
        }

    def clean_redirect_uris(self) -> str:
        """Refuse an address to which no patient should be led."""
        text: str = self.cleaned_data["redirect_uris"]
        try:
            return "\n".join(read_addresses(text))
        except BadAddressError as error:
            message = gettext("This address cannot be used: %(address)s") % {"address": error.address[:200]}
            raise forms.ValidationError(message) from error


@admin.register(PatientApp)
class PatientAppAdmin(AnyModelAdmin):
    """The house's apps. They reach patients of every centre, so no group has the right at first."""

    form = PatientAppForm
    list_display = ("name", "maker", "is_active")
    search_fields = ("name", "maker")
    fields = ("name", "maker", "redirect_uris", "is_active", "oauth_client_id")
    readonly_fields = ("oauth_client_id",)

    def has_delete_permission(self, request: HttpRequest, obj: PatientApp | None = None) -> bool:
        """Say no: consents name them. They can be switched off."""
        return False

    def save_model(self, request: HttpRequest, obj: PatientApp, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's own signature)
        """Store the app with its client."""
        store_app(obj)
