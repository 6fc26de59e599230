"""What was sent to partners, how they answered, and sending it again."""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from appointments import queries
from appointments.admin.base import AnyModelAdmin, NothingToChange, account_of
from appointments.models import WebhookDelivery
from appointments.webhooks_out.queries import at_centres, log_of
from appointments.webhooks_out.replay import send_again

_REPLAY = "appointments.replay_webhookdelivery"
_NAME = "appointments_webhookdelivery"
State = WebhookDelivery.State


@admin.register(WebhookDelivery)
class DeliveryAdmin(NothingToChange, AnyModelAdmin):
    """Deliveries about bookings and slots of the account's centres."""

    list_display = ("happened", "kind", "subject", "partner", "progress", "tries", "status", "milliseconds")
    list_filter = ("state", "message__kind", ("endpoint__partner", RelatedOnlyFieldListFilter))
    list_select_related = ("message", "endpoint__partner")
    search_fields = ("message__subject",)
    search_help_text = _("Reference, or the number of a refund or slot")
    ordering = ("-message__at", "-pk")
    actions = None
    show_full_result_count = False
    fields = (
        *("kind", "subject", "when", "partner", "endpoint", "state", "tries", "next_at", "delivered_at"),
        *("status", "milliseconds", "problem", "body"),
    )
    readonly_fields = fields
    change_form_outer_after_template = "admin/appointments/webhook_log.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what the account may see."""
        rows = super().get_queryset(request)
        user = account_of(request)
        return rows if user.is_superuser else rows.filter(at_centres(queries.centres_of(user)))

    @admin.display(description=_("happened"), ordering="message__at")
    def happened(self, delivery: WebhookDelivery) -> Any:
        """Say when."""
        return delivery.message.at

    @admin.display(description=_("happened"))
    def when(self, delivery: WebhookDelivery) -> str:
        """Say when, in words."""
        return str(localize(timezone.localtime(delivery.message.at)))

    @admin.display(description=_("what"), ordering="message__kind")
    def kind(self, delivery: WebhookDelivery) -> str:
        """Say what it tells."""
        return delivery.message.get_kind_display()

    @admin.display(description=_("about"), ordering="message__subject")
    def subject(self, delivery: WebhookDelivery) -> str:
        """Name the booking, refund or slot."""
        return delivery.message.subject

    @admin.display(description=_("partner"), ordering="endpoint__partner__name")
    def partner(self, delivery: WebhookDelivery) -> str:
        """Name the partner."""
        return delivery.endpoint.partner.name

    @admin.display(description=_("body"))
    def body(self, delivery: WebhookDelivery) -> str:
        """Show what was sent, a line a value."""
        text = delivery.message.body
        return linebreaksbr(json.dumps(json.loads(text), indent=1) if text else "", autoescape=True)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={State.WAITING: "warning", State.DELIVERED: "success", State.GIVEN_UP: "danger"},
    )
    def progress(self, delivery: WebhookDelivery) -> tuple[str, str]:
        """Say how far it got."""
        return delivery.state, delivery.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        """Add the address that sends again."""
        view = self.admin_site.admin_view(require_POST(self.again_view))
        return [path("<int:pk>/again/", view, name=f"{_NAME}_again"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the tries below."""
        delivery = self.get_object(request, object_id)
        more = {"log": log_of(delivery), "may_replay": request.user.has_perm(_REPLAY)} if delivery else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let it wait again. 403 without the right to it, 404 for one of others."""
        if not request.user.has_perm(_REPLAY):
            raise PermissionDenied
        delivery = self.get_object(request, str(pk))
        if delivery is None:
            raise Http404
        if send_again(delivery_id=pk, now=timezone.now()):
            self.log_change(request, delivery, "Sent again")
            messages.success(request, gettext("It will be sent again."))
        else:
            messages.error(request, gettext("Not sent: the address is switched off. Switch it on first."))
        return HttpResponseRedirect(reverse(f"admin:{_NAME}_change", args=[pk]))
