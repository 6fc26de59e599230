"""Where providers tell what became of messages."""

from django.urls import path

from appointments.notifications import webhooks

app_name = "messages"

urlpatterns = [
    path("webhooks/messages/mailgun/", webhooks.MailgunReports.as_view(), name="mailgun"),
    path("webhooks/messages/twilio/", webhooks.twilio_reports, name="twilio"),
]
