"""Standing rules: what the house does about a situation."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appointments.errors import ReasonMissingError
from appointments.late.uploads import checked_upload
from appointments.models import Appointment, LateRequest, LateRule, LateState, LateWish
from refunds.models import Refund
from tests import factories as make
from tests.appointments.late.files import PDF
from tests.appointments.usecases.test_late_request import appointment, ask

__all__ = ["appointment"]

pytestmark = pytest.mark.django_db


def rule(**fields: Any) -> LateRule:
    return LateRule.objects.create(**{"label": "In hospital", "percent": 100, "decides_by_itself": True, **fields})


def test_rule_when_it_decides_by_itself(appointment: Appointment) -> None:
    late = ask(appointment, rule_id=rule(percent=60).pk)

    assert (late.state, late.percent) == (LateState.APPROVED, Decimal(60))
    assert late.decided_by.startswith("standing rule ")
    assert late.event is not None
    assert (late.event.quote or {})["rule"] == "override"
    assert Refund.objects.get().amount == 60_000


@pytest.mark.parametrize("fields", [{"decides_by_itself": False}, {"decides_by_itself": False, "percent": None}])
def test_rule_when_it_only_suggests(appointment: Appointment, fields: dict[str, Any]) -> None:
    assert ask(appointment, rule_id=rule(**fields).pk).state == LateState.WAITING
    assert Refund.objects.count() == 0


def test_rule_when_a_change_is_wished(appointment: Appointment) -> None:
    assert ask(appointment, rule_id=rule().pk, wish=LateWish.CHANGE).state == LateState.WAITING


def test_rule_when_its_document_is_missing(appointment: Appointment) -> None:
    with pytest.raises(ReasonMissingError):
        ask(appointment, rule_id=rule(needs_document=True).pk)

    assert ask(appointment, rule_id=rule(needs_document=True).pk, upload=checked_upload(PDF)).state == "approved"


def test_rule_when_it_is_of_another_centre(appointment: Appointment) -> None:
    other = rule(centre=make.CentreFactory.create())

    with pytest.raises(LateRule.DoesNotExist):
        ask(appointment, rule_id=other.pk)

    assert (LateRequest.objects.count(), Refund.objects.count()) == (0, 0)


def test_rule_when_it_decides_without_a_percentage() -> None:
    with pytest.raises(IntegrityError, match="late_rule_decides_by_a_percentage"), transaction.atomic():
        rule(percent=None)
