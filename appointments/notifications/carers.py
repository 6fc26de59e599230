"""What the mails about carers say."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from appointments.models import CarerRelation, MessageKind, OutboxMessage

_KINDS = {MessageKind.CARER_INVITED, MessageKind.CARER_STARTED, MessageKind.CARER_ENDED}


def carer_of(message: OutboxMessage) -> dict[str, Any]:
    """Return who may act for whom and how, for a mail about that."""
    if message.kind not in _KINDS:
        return {}
    relation = CarerRelation.objects.select_related("patient", "account").get(pk=UUID(message.key.split(":")[2]))
    return {
        "carer": " ".join((relation.account.full_name if relation.account else relation.invited_email).split()),
        "patient_name": " ".join(relation.patient.name.split()),
        "rights": relation.get_rights_display(),
        "people_link": settings.SITE_URL + reverse("portal:people"),
    }
