"""What has a timeline, and where it is."""

from typing import Any

from django.db.models import Model
from django.urls import reverse

from appointments.models import Appointment, Patient
from policies.models import PolicyVersion
from refunds.models import Refund

SEE = "appointments.view_timeline"
SUBJECTS: dict[str, type[Model]] = {
    "appointment": Appointment,
    "patient": Patient,
    "refund": Refund,
    "version": PolicyVersion,
}


def timeline_address(row: Model | None, user: Any) -> str:
    """Return where everything on record about a row is, for whoever may see it; else nothing."""
    kind = next((kind for kind, model in SUBJECTS.items() if type(row) is model), None)
    if row is None or kind is None or not user.has_perm(SEE):
        return ""
    return reverse("admin:appointments_timeline", args=[kind, str(row.pk)])
