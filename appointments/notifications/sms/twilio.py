"""Text messages by Twilio, through its own SDK, which tries nothing twice: trying again is the outbox's business."""

from django.conf import settings
from django.urls import reverse
from requests import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from appointments.notifications.sms.base import SmsNeverError, SmsRetryError

#: Twilio's codes for a number that cannot be reached: no number, blocked by its owner, no mobile, not to be routed.
_NEVER = frozenset({21211, 21217, 21265, 21610, 21612, 21614, 21635})


class TwilioSender:
    """Sends by the account of the settings."""

    def send(self, *, to: str, text: str) -> str:
        """Hand a text to Twilio and return its id there."""
        try:
            message = _client().messages.create(to=to, body=text, **_origin(), **_reports())
        except TwilioRestException as error:
            # The text of an answer may hold the number: the code alone is kept, and nothing else is logged.
            problem = f"Twilio answered {error.status}, code {error.code}"
            raise (SmsNeverError if error.code in _NEVER else SmsRetryError)(problem) from None
        except (RequestException, TwilioException) as error:
            raise SmsRetryError(f"Twilio gave no answer: {type(error).__name__}") from error
        return str(message.sid)


def _client() -> Client:
    http = TwilioHttpClient(pool_connections=False, timeout=settings.SMS_TIMEOUT_SECONDS)
    client = Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=http)
    if settings.TWILIO_API_BASE:
        client.api.base_url = settings.TWILIO_API_BASE
    return client


def _origin() -> dict[str, str]:
    """Return from whom it comes: a number or name, or a messaging service that picks one."""
    sender = settings.TWILIO_FROM
    return {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}


def _reports() -> dict[str, str]:
    """Return where Twilio tells what became of it: nowhere, for a site that it cannot reach."""
    site: str = settings.SITE_URL
    return {"status_callback": site + reverse("messages:twilio")} if site.startswith("https://") else {}
