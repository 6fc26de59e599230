"""Addresses of the sandbox provider's page and of what real providers call."""

from django.urls import include, path

from refunds import views, webhooks

_sandbox = [path("pay/<uuid:checkout_id>/", views.sandbox_pay, name="pay")]

urlpatterns = [
    path("sandbox/", include((_sandbox, "sandbox"))),
    path("webhooks/<slug:gateway>/", webhooks.receive, name="webhook"),
]
