"""What the pages before the second step show: whom to call and where the code goes, masked; nothing about the booking."""

from typing import Any

from appointments.models import MessageWay
from appointments.portal.manage_visit import Visit
from appointments.reach import address_to, code_address
from appointments.wording.contacts import mask_address


def contact(visit: Visit) -> dict[str, Any]:
    """Return whom to call. Nobody who only has the link learns which appointment it is about."""
    centre = visit.appointment.centre
    return {
        "contact_name": centre.name,
        "contact_phone": centre.phone,
        "contact_hours": centre.phone_hours,
    }


def code_page(visit: Visit) -> dict[str, Any]:
    """Return whom to call, and where the code goes."""
    address = code_address(visit.appointment.chain.patient)
    return contact(visit) | {"sent_to": mask_address(address), "by_text": address_to(address).way == MessageWay.SMS}
