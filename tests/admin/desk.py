"""People at the desk, and what a browser sends for them."""

import re
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, AppointmentEvent, Centre, User
from refunds.models import Payment, Refund
from tests.factories import UserFactory


def member(centre: Centre | None, *groups: str) -> User:
    """Return an account of staff with these groups, who works for the centre."""
    user = UserFactory.create(is_staff=True)
    user.groups.set([Group.objects.get(name=name) for name in groups])
    if centre:
        centre.staff.add(user)
    return user


def doctor_account(appointment: Appointment) -> User:
    """Return the account of the appointment's doctor, in the group of doctors."""
    user = member(None, "doctor")
    doctor = appointment.slot.doctor
    doctor.user = user
    doctor.save(update_fields=["user"])
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(deed: str, appointment: Appointment, *more: int) -> str:
    return reverse(f"admin:appointments_appointment_{deed}", args=[appointment.pk, *more])


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page: tokens, and the figures shown."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]*)"', text), re.search(r'value="([^"]*)"', text)) for text in inputs]
    return {name[1]: value[1] for name, value in pairs if name and value and name[1] != "csrfmiddlewaretoken"}


def filled(client: Client, where: str, **answers: Any) -> dict[str, Any]:
    """Return what the browser would send from this page with these answers."""
    return {**hidden(client.get(where).content.decode()), "reason": "ill", **answers}


def footprint() -> list[object]:
    """Return all that a deed could have changed."""
    return [
        list(Appointment.objects.order_by("pk").values_list("pk", "status", "version")),
        AppointmentEvent.objects.count(),
        list(Refund.objects.order_by("pk").values_list("amount", "status")),
        Payment.objects.count(),
    ]


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]
