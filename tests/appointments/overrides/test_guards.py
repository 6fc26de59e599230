from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from appointments.models import OverrideRequest, User
from appointments.usecases.override import (
    decline_override,
)


@pytest.mark.parametrize("who", ["asked_by", "patient_user", "doctor_user"])
def test_database_when_the_wrong_person_decides(who: str, asked: OverrideRequest, second: User, soon: datetime) -> None:
    asked.patient_user = asked.patient_user or second
    asked.doctor_user = asked.doctor_user or second
    asked.save(update_fields=["patient_user", "doctor_user"])
    values = {"state": "declined", "decided_at": soon, "decision_text": "No", "decided_by": getattr(asked, who)}

    with pytest.raises(IntegrityError, match="override_decided_by_another"), transaction.atomic():
        OverrideRequest.objects.filter(pk=asked.pk).update(**values)

    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_database_when_decided_before(asked: OverrideRequest, second: User, soon: datetime) -> None:
    decline_override(request_id=asked.pk, user=second, text="No", now=soon)

    with pytest.raises(IntegrityError, match="override_decided_once"), transaction.atomic():
        OverrideRequest.objects.filter(pk=asked.pk).update(decision_text="Yes")


def test_database_when_more_is_asked_for_later(asked: OverrideRequest) -> None:
    with pytest.raises(IntegrityError, match="override_stays_as_asked"), transaction.atomic():
        OverrideRequest.objects.filter(pk=asked.pk).update(percent=Decimal(100))


def test_database_when_deleted(asked: OverrideRequest) -> None:
    with pytest.raises(IntegrityError, match="override_is_never_deleted"), transaction.atomic():
        asked.delete()
