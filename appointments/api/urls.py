"""The addresses of the API, and the token endpoint of its clients."""

from django.urls import include, path, re_path

from appointments.api.views.appointments import AppointmentDetail, AppointmentList
from appointments.api.views.cancellation import CancellationView
from appointments.api.views.edges import NotHere, RevokeToken, SchemaView, Token
from appointments.api.views.holds import HoldConfirmation, HoldList
from appointments.api.views.looks import PolicyDetail, ReasonList, RefundDetail, SlotList
from appointments.api.views.reschedule import RescheduleView
from appointments.api.views.webhooks import WebhookDeliveryList, WebhookDeliveryReplay, WebhookList, WebhookReplay

app_name = "api"

_V1 = "api/v1"
_ONE = f"{_V1}/appointments/<str:reference>"

operations = [
    path(f"{_V1}/appointments/", AppointmentList.as_view(), name="appointments"),
    path(f"{_ONE}/", AppointmentDetail.as_view(), name="appointment"),
    path(f"{_ONE}/cancellation/", CancellationView.as_view(), name="cancellation"),
    path(f"{_ONE}/reschedule/", RescheduleView.as_view(), name="reschedule"),
    path(f"{_V1}/holds/", HoldList.as_view(), name="holds"),
    path(f"{_V1}/holds/<str:reference>/confirm/", HoldConfirmation.as_view(), name="confirm"),
    path(f"{_V1}/slots/", SlotList.as_view(), name="slots"),
    path(f"{_V1}/refunds/<str:refund_id>/", RefundDetail.as_view(), name="refund"),
    path(f"{_V1}/policies/<int:channel_id>/", PolicyDetail.as_view(), name="policies"),
    path(f"{_V1}/webhooks/", WebhookList.as_view(), name="webhooks"),
    path(f"{_V1}/webhooks/<int:endpoint_id>/deliveries/", WebhookDeliveryList.as_view(), name="webhook_deliveries"),
    path(f"{_V1}/webhooks/<int:endpoint_id>/replay/", WebhookReplay.as_view(), name="webhook_replay"),
    path(
        f"{_V1}/webhook-deliveries/<int:delivery_id>/replay/",
        WebhookDeliveryReplay.as_view(),
        name="webhook_delivery_replay",
    ),
    path(f"{_V1}/reasons/", ReasonList.as_view(), name="reasons"),
]
urlpatterns = [
    *operations,
    path(f"{_V1}/schema/", SchemaView.as_view(), name="schema"),
    path("oauth/token/", Token.as_view(), name="token"),
    path("oauth/revoke_token/", RevokeToken.as_view(), name="revoke_token"),
    path("", include("appointments.fhir.urls")),
    re_path(r"^api/", NotHere.as_view(), name="not_here"),
]
