"""The outbox: what was sent, as it was sent; and what could not be, to send again."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from appointments.admin.base import NothingToChange
from appointments.admin.scope import CentreScoped
from appointments.models import OutboxMessage
from appointments.usecases.send_again import send_again

_SEND = "appointments.change_outboxmessage"


@admin.register(OutboxMessage)
class OutboxAdmin(NothingToChange, CentreScoped):
    """Messages about appointments of the account's centres."""

    centre_path = "event__appointment__slot__doctor__centre"
    list_display = ("created_at", "kind", "way", "recipient", "appointment", "progress", "tries", "sent_at")
    list_filter = ("state", "way", "kind")
    list_select_related = ("event__appointment",)
    search_fields = ("recipient", "subject", "event__appointment__reference")
    ordering = ("-created_at", "-pk")
    fields = (
        *("subject", "text", "way", "recipient", "state", "appointment"),
        *("kind", "created_at", "sent_at", "tries", "next_at", "error"),
    )
    readonly_fields = fields
    change_form_outer_after_template = "admin/appointments/send_again.html"

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={
            OutboxMessage.State.WAITING: "warning",
            OutboxMessage.State.SENT: "info",
            OutboxMessage.State.DELIVERED: "success",
            OutboxMessage.State.BOUNCED: "danger",
            OutboxMessage.State.FAILED: "danger",
        },
    )
    def progress(self, message: OutboxMessage) -> tuple[str, str]:
        """Say how far it got."""
        return message.state, message.get_state_display()

    @admin.display(description=_("text"))
    def text(self, message: OutboxMessage) -> str:
        """Show the text line by line, as it was sent."""
        return linebreaksbr(message.body, autoescape=True) or gettext("Not worded yet: that is done when it is sent.")

    @admin.display(description=_("appointment"), ordering="event__appointment__reference")
    def appointment(self, message: OutboxMessage) -> str:
        """Name the appointment it is about."""
        return message.event.appointment.reference

    def get_urls(self) -> list[URLPattern]:
        """Add the address that sends again."""
        view = self.admin_site.admin_view(require_POST(self.send_again_view))
        own = path("<int:message_id>/send-again/", view, name="appointments_outboxmessage_send_again")
        return [own, *super().get_urls()]

    def send_again_view(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Let a failed message wait again. 403 without the right to it, 404 for a message of others."""
        if not request.user.has_perm(_SEND):
            raise PermissionDenied
        message = self.get_object(request, str(message_id))
        if message is None:
            raise Http404
        if send_again(message=message, now=timezone.now()):
            self.log_change(request, message, "Sent again")
            messages.success(request, gettext("The message will be sent again."))
        else:
            messages.error(request, gettext("Not sent again: it did not fail, or the patient cannot be reached."))
        return HttpResponseRedirect(reverse("admin:appointments_outboxmessage_change", args=[message.pk]))
