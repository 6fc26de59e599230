"""Carers at the desk: somebody is asked to act for a patient, and a right is ended."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actor import Actor
from appointments.admin.base import AnyModelForm, account_of
from appointments.admin.scope import CentreScoped
from appointments.models import CarerRelation
from appointments.usecases.carers import CannotInviteError, Invitation, check_invitation, end_carer, invite_carer
from refunds.bank.seal import can_seal

_WORDS = {
    "own_address": _("This is the patient’s own address. Enter the one of the other person."),
    "asked_already": _("This person acts for the patient already, or was asked to."),
    "never_booked": _("The patient has never booked here."),
}


class CarerForm(AnyModelForm):
    """Who is asked, as what, on what proof. The ID number is shown to nobody again."""

    id_number = forms.CharField(
        label=_("ID number of the person"),
        help_text=_("Kept encrypted, shown masked, destroyed when it is no longer needed"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        """What the desk enters."""

        model = CarerRelation
        fields = ("patient", "invited_email", "relation", "rights", "proof", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        """Refuse what the use case would."""
        data = super().clean() or self.cleaned_data
        if data.get("id_number") and not can_seal():
            self.add_error("id_number", _("It cannot be kept: BANK_DETAILS_KEYS is not set."))
        if data.get("ends_on") and data.get("starts_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The last day must not be before the first."))
        if self.errors:
            return data
        try:
            check_invitation(patient=data["patient"], email=data["invited_email"])
        except CannotInviteError as error:
            self.add_error("invited_email", _WORDS[error.code])
        return data


class EndForm(AnyModelForm):
    """The only change there is."""

    end_now = forms.BooleanField(label=_("End it now, at once and on every device"), required=False)

    class Meta:
        """Nothing else."""

        model = CarerRelation
        fields: tuple[str, ...] = ()


@admin.register(CarerRelation)
class CarerAdmin(CentreScoped):
    """Rights to act for the patients of the account's centres."""

    centre_path = "patient__chains__channel__centre"
    list_display = ("patient", "invited_email", "relation", "rights", "starts_on", "ends_on", "accepted_at", "ended_at")
    list_filter = ("relation", "rights")
    list_select_related = ("patient",)
    search_fields = ("patient__name", "invited_email")
    autocomplete_fields = ("patient",)
    ordering = ("-invited_at",)
    _SHOWN = (
        "patient",
        "invited_email",
        "account",
        "relation",
        "rights",
        "proof",
        "id_number_masked",
        "id_number_keep_until",
        "starts_on",
        "ends_on",
        "invited_at",
        "invited_by",
        "accepted_at",
        "ended_at",
        "ended_by",
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 (the signature is Django's)
        """Ask for everything of a new one, and of one that is there only whether it ends."""
        return super().get_form(request, obj, change, **kwargs | {"form": EndForm if obj else CarerForm})

    def get_fields(self, request: HttpRequest, obj: CarerRelation | None = None) -> Any:
        """Show all that is known, and the box that ends it while it is open."""
        if obj is None:
            return (*CarerForm.Meta.fields, "id_number")
        return self._SHOWN if obj.ended_at else (*self._SHOWN, "end_now")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Change nothing of what was agreed."""
        return self._SHOWN if obj else ()

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Search among patients."""
        return self.autocomplete_fields

    def save_model(self, request: HttpRequest, obj: CarerRelation, form: Any, change: bool) -> None:  # noqa: FBT001
        """Ask or end through the use case; both people hear of it."""
        now, actor = timezone.now(), Actor.staff(account_of(request))
        data = form.cleaned_data
        if change:
            if data.get("end_now"):
                end_carer(relation_id=obj.pk, actor=actor, now=now)
            return
        invitation = Invitation(
            email=data["invited_email"],
            relation=data["relation"],
            rights=data["rights"],
            proof=data["proof"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            id_number=data["id_number"],
        )
        made = invite_carer(patient_id=data["patient"].pk, invitation=invitation, actor=actor, now=now)
        obj.pk = made.pk
        obj.refresh_from_db()
        obj._state.adding = False  # noqa: SLF001 (the row is there)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: who could act when is part of the history."""
        return False
