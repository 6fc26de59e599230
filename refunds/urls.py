"""Addresses of the sandbox provider's page."""

from django.urls import URLPattern

app_name = "sandbox"
urlpatterns: list[URLPattern] = []
