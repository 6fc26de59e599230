"""Ways through the pages of booking."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from appointments.models import Appointment, Patient, Slot
from tests.factories import (
    STARTS_AT,
    CentreFactory,
    ChannelFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    published_policy,
)


def website_slot(**parts: Any) -> Slot:
    """A free slot of Dr Asha Rao, a cardiologist at Elm Clinic, whose patients book here; `terms` are those of its policy."""
    terms = parts.pop("terms", {})
    centre = CentreFactory.create(name="Elm Clinic", policy=published_policy(**terms))
    ChannelFactory.create(centre=centre, name="Website", is_website=True)
    doctor = DoctorFactory.create(centre=centre, name="Dr Asha Rao", specialty="Cardiology")
    return SlotFactory.create(doctor=doctor, **parts)


def signed_in(patient: Patient | None = None) -> Client:
    """A client, signed in as a patient."""
    user = (patient or PatientFactory.create(name="Meera Nair")).user
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def fields_of(page: Any) -> dict[str, str]:
    """What the check page's form sends of itself."""
    html = page.content.decode()
    return {name: re.findall(rf'name="{name}"\s+value="(\d+)"', html)[-1] for name in ("patient", "price", "terms")}


def hold(client: Client, slot: Slot, *, query: str = "", **fields: str) -> Any:
    """Open the check page and press its button."""
    address = f"/book/{slot.pk}/{query}"
    return client.post(address, fields_of(client.get(address)) | fields)


def draft_in(slot: Slot) -> Appointment:
    """The newest appointment in a slot."""
    return Appointment.objects.filter(slot=slot).latest("pk")


def another(slot: Slot, hours: int, **parts: Any) -> Slot:
    """One more free slot of the same doctor for the same price, so many hours later than the first."""
    return SlotFactory.create(
        **{"doctor": slot.doctor, "starts_at": STARTS_AT + timedelta(hours=hours), "price": slot.price, **parts}
    )
