"""What mail and text providers tell of messages they carried. Only what is signed is believed."""

from datetime import timedelta
from typing import Any

from anymail.signals import EventType
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator

from appointments.models import DeliveryReport
from appointments.notifications.reports import keep_report

_Outcome = DeliveryReport.Outcome
_OF_MAIL = {
    EventType.DELIVERED: _Outcome.DELIVERED,
    EventType.BOUNCED: _Outcome.BOUNCED,
    EventType.REJECTED: _Outcome.BOUNCED,
}
_OF_TEXT = {"delivered": _Outcome.DELIVERED, "undelivered": _Outcome.BOUNCED, "failed": _Outcome.BOUNCED}
#: A provider tries for eight hours to tell; what is older was caught on its way.
_OLDEST = timedelta(hours=24)


class MailgunReports(MailgunTrackingWebhookView):  # type: ignore[misc]
    """Mailgun's reports, read by anymail: 404 unless served here, 400 for what is not genuine. A token counts once."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the key of the settings as it is now."""
        super().__init__(webhook_signing_key=settings.MAILGUN_WEBHOOK_SIGNING_KEY or "none", **kwargs)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Keep the reports of one call."""
        if not settings.MAILGUN_WEBHOOK_SIGNING_KEY:
            return HttpResponse(status=404)
        if request.content_type != "application/json":
            raise SuspiciousOperation("a report is JSON")
        self.run_validators(request)
        now = timezone.now()
        for event in self.parse_events(request):
            sent_at = float(event.esp_event["signature"]["timestamp"])
            if abs(now.timestamp() - sent_at) > _OLDEST.total_seconds():
                raise SuspiciousOperation("an old report")
            if event.event_type in _OF_MAIL:
                keep_report(
                    provider="mailgun",
                    report_id=str(event.event_id)[:120],
                    message_number=str(event.message_id or "")[:120],
                    outcome=_OF_MAIL[event.event_type],
                    reason=str(event.description or event.mta_response or ""),
                    now=now,
                )
        return HttpResponse()


@csrf_exempt
@require_POST
def twilio_reports(request: HttpRequest) -> HttpResponse:
    """Keep one report of Twilio: 404 unless served here, 400 for what is not genuine."""
    if not settings.TWILIO_AUTH_TOKEN:
        return HttpResponse(status=404)
    address = settings.SITE_URL + request.get_full_path()
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(address, request.POST.dict(), signature):
        return HttpResponse(status=400)
    number, status = request.POST.get("MessageSid", ""), request.POST.get("MessageStatus", "")
    if status in _OF_TEXT:
        code = request.POST.get("ErrorCode", "")
        keep_report(
            provider="twilio",
            report_id=f"{number}:{status}"[:120],
            message_number=number[:120],
            outcome=_OF_TEXT[status],
            reason=f"Twilio: {status}, code {code}" if code else "",
            now=timezone.now(),
        )
    return HttpResponse(status=204)
