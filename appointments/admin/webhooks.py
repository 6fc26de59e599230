"""Addresses that webhooks go to: made for partners, their secrets shown once, switched off and on."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from appointments.admin.base import EndpointModelForm, account_of
from appointments.admin.partners import ISSUE, may_issue_for
from appointments.admin.scope import CentreScoped
from appointments.models import WebhookEndpoint, WebhookKind
from appointments.webhooks_out.endpoints import make_endpoint, replace_secret, switch_off, switch_on
from appointments.webhooks_out.queries import has_another_at

_NAME = "appointments_webhookendpoint"


class EndpointForm(EndpointModelForm):
    """An address; what it hears is ticked."""

    kinds = forms.MultipleChoiceField(
        label=_("What is told"),
        choices=WebhookKind.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Nothing ticked means everything."),
    )

    user: Any = None

    def clean(self) -> dict[str, Any]:
        """Refuse a partner with channels beyond the account's centres: the address would hear of their bookings."""
        data = super().clean() or self.cleaned_data
        partner = data.get("partner")
        if partner is not None and not may_issue_for(self.user, partner):
            self.add_error("partner", gettext("This partner has channels that you may not see."))
        # Django checks the constraint where both fields are on the form; of one that is there the partner stands fixed.
        if self.instance.pk and has_another_at(self.instance, url=data.get("url", "")):
            self.add_error("url", gettext("The partner has this address already."))
        return data


@admin.register(WebhookEndpoint)
class EndpointAdmin(CentreScoped):
    """Addresses of partners with a channel of the account's centres; changed by who may make the partner's keys."""

    form = EndpointForm
    centre_path = "partner__channels__centre"
    list_display = ("url", "partner", "health", "failing_since", "contact")
    list_filter = (("partner", RelatedOnlyFieldListFilter),)
    list_select_related = ("partner",)
    search_fields = ("url", "partner__name")
    change_form_outer_after_template = "admin/appointments/webhook_endpoint.html"
    _SHOWN = ("created_at", "condition", "failures", "failing_since", "quiet_until", "old_secret_until")

    @display(  # type: ignore[untyped-decorator]
        description=_("state"), label={"on": "success", "failing": "warning", "off": "danger"}
    )
    def health(self, endpoint: WebhookEndpoint) -> tuple[str, str]:
        """Say whether it works."""
        if endpoint.switched_off_at:
            return "off", endpoint.get_off_reason_display()
        return ("failing", gettext("Failing")) if endpoint.failures else ("on", gettext("In use"))

    @admin.display(description=_("state"))
    def condition(self, endpoint: WebhookEndpoint) -> str:
        """Say it in words alone."""
        return str(self.health(endpoint)[1])

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[str, ...]:
        """Show the health of one that is there."""
        asked = ("partner", "url", "kinds", "contact")
        return (*asked, *self._SHOWN) if obj else asked

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[str, ...]:
        """Keep the partner of one that is there."""
        return ("partner", *self._SHOWN) if obj else ()

    def get_form(
        self,
        request: HttpRequest,
        obj: WebhookEndpoint | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 (Django's own signature)
        **kwargs: Any,
    ) -> Any:
        """Hand the form the account."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"user": account_of(request)})

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave it to who may make keys."""
        return request.user.has_perm(ISSUE)

    def has_change_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        """Leave it to who may make the partner's keys."""
        if not request.user.has_perm(ISSUE):
            return False
        return obj is None or may_issue_for(account_of(request), obj.partner)

    def has_delete_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        """Say no: the log names them. They can be switched off."""
        return False

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's own signature)
        """Make a new one by its use case; change what may be changed of the others."""
        if change:
            obj.save(update_fields=["url", "kinds", "contact"])
            return
        made = make_endpoint(
            partner_id=obj.partner_id, url=obj.url, kinds=obj.kinds, contact=obj.contact, now=timezone.now()
        )
        obj.pk = made.endpoint.pk
        request.new_secret = made.secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, this once."""
        return self._show(request, obj, request.new_secret)  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of secrets and of the switch."""
        site = self.admin_site.admin_view
        return [
            path("<int:pk>/secret/", site(require_POST(self.secret_view)), name=f"{_NAME}_secret"),
            path("<int:pk>/switch/", site(require_POST(self.switch_view)), name=f"{_NAME}_switch"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer what may be done with it."""
        endpoint = self.get_object(request, object_id)
        may = endpoint is not None and self.has_change_permission(request, endpoint)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_change_webhook": may})

    def secret_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a new secret and show it, this once."""
        endpoint = self._endpoint(request, pk)
        made = replace_secret(endpoint_id=endpoint.pk, now=timezone.now(), at_once="at_once" in request.POST)
        self.log_change(request, endpoint, "Secret replaced")
        return self._show(request, endpoint, made.secret)

    def switch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Switch it off, or on again."""
        endpoint = self._endpoint(request, pk)
        if endpoint.switched_off_at is None:
            switch_off(endpoint_id=pk, reason=WebhookEndpoint.OffReason.BY_HAND, now=timezone.now())
            self.log_change(request, endpoint, "Switched off")
            messages.success(request, gettext("Nothing is sent there any more."))
        else:
            switch_on(endpoint_id=pk)
            self.log_change(request, endpoint, "Switched on")
            messages.success(
                request, gettext("Webhooks are sent there again. What it missed is sent when it is asked for.")
            )
        return HttpResponseRedirect(reverse(f"admin:{_NAME}_change", args=[pk]))

    def _endpoint(self, request: HttpRequest, pk: int) -> WebhookEndpoint:
        """Return one that this account may change. Raises PermissionDenied, or Http404 out of scope."""
        endpoint = self.get_object(request, str(pk))
        if not isinstance(endpoint, WebhookEndpoint):
            raise Http404
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        return endpoint

    def _show(self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": endpoint.url,
            "secrets": {gettext("Signing secret"): secret},
            "back": reverse(f"admin:{_NAME}_change", args=[endpoint.pk]),
        }
        return TemplateResponse(request, "admin/appointments/partner_secret.html", context)
