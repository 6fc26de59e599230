"""Short ways through the patient's pages, and what a page must not have changed."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from appointments.models import Appointment, AppointmentEvent, OutboxMessage
from appointments.portal.answers import RATHER_NOT_SAY
from refunds.models import Payment, Refund
from tests.factories import CentreFactory, DoctorFactory, SlotFactory, booked, published_policy


def path(name: str, appointment: Appointment | str) -> str:
    """The address of a page about an appointment or its reference."""
    return reverse(f"portal:{name}", args=[str(appointment)])


def words(response: Any) -> str:
    """What people read on a page, in one line."""
    html = re.sub(r"<(head|script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", strip_tags(html.replace("><", "> <"))).replace(" .", ".").replace(" ,", ",").strip()


def heading(response: Any) -> str:
    """The h1 of a page."""
    found = re.search(r"<h1\b[^>]*>(.*?)</h1>", response.content.decode(), flags=re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", strip_tags(found[1])).strip()


def title(response: Any) -> str:
    """The title of a page."""
    found = re.search(r"<title>(.*?)</title>", response.content.decode(), flags=re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", found[1]).strip()


def walk_to_check(client: Client, appointment: Appointment, *, reason: str = RATHER_NOT_SAY, text: str = "") -> str:
    """Go from the offer over the reason to the check page, and return the token it carries."""
    client.get(path("cancel", appointment))
    client.post(path("cancel_reason", appointment), {"code": reason, "text": text})
    page = client.get(path("cancel_check", appointment))
    assert page.status_code == 200, page.headers
    return str(page.context["offer"].token)


def confirm(client: Client, appointment: Appointment, token: str, **fields: Any) -> Any:
    """Press the red button."""
    return client.post(path("cancel_check", appointment), {"token": token, **fields})


def choose(client: Client, appointment: Appointment, slot: Any) -> Any:
    """Choose a time and return the check page."""
    client.post(path("change", appointment), {"slot": getattr(slot, "pk", slot)})
    return client.get(path("change_check", appointment))


def confirm_move(client: Client, appointment: Appointment, page: Any, **fields: Any) -> Any:
    """Press the button of the check page."""
    sent = {"token": page.context["offer"].token, "slot": page.context["slot"].pk, **fields}
    return client.post(path("change_check", appointment), sent)


def everything() -> dict[str, Any]:
    """What a refused or repeated deed leaves as it was."""
    return {
        "appointments": list(Appointment.objects.order_by("pk").values_list("pk", "status", "version", "slot")),
        "events": AppointmentEvent.objects.count(),
        "messages": OutboxMessage.objects.count(),
        "refunds": list(Refund.objects.order_by("pk").values_list("pk", "amount", "status")),
        "payments": list(Payment.objects.order_by("pk").values_list("pk", "reserved")),
    }


def times_of(page: Any) -> list[int]:
    """The slots that a page offers to choose."""
    return [slot.value for day in page.context["days"] for slot in day.slots]


def booked_under(**terms: Any) -> Appointment:
    """An appointment under a policy with these terms."""
    centre = CentreFactory.create(policy=published_policy(**terms))
    return booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=centre)))
