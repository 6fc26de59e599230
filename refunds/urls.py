"""Addresses of the sandbox provider's page."""

from django.urls import path

from refunds import views

app_name = "sandbox"
urlpatterns = [path("sandbox/pay/<uuid:checkout_id>/", views.sandbox_pay, name="pay")]
