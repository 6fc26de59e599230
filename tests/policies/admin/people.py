"""Accounts of staff with just the rights a test names."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client


def staff_client(*rights: str) -> Client:
    """A browser logged in as Asha, who has these rights of the policies app ("view_policy", …)."""
    model: Any = get_user_model()
    user = model.objects.create_user(email="asha@clinic.example", full_name="Asha Rao", is_staff=True)
    granted = Permission.objects.filter(content_type__app_label="policies", codename__in=rights)
    assert granted.count() == len(rights)
    user.user_permissions.set(granted)
    client = Client()
    client.force_login(user)
    return client


def form_of(response: Any) -> dict[str, str]:
    """What the browser would send back from the change form on this page."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                data[field.html_name] = "on"
            elif value is not None and value is not False:
                data[field.html_name] = str(value)
    return data


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]
