"""The page that compares a version with the one in force and with the past."""

import pytest
from django.urls import reverse

from appointments.models import Appointment, HistoryCheck
from appointments.tasks import work_history_checks
from appointments.usecases.cancel import cancel_appointment
from policies.models import PolicyVersion
from policies.publish import create_draft
from tests.admin.desk import browser, member
from tests.factories import NOW, patient_of


@pytest.fixture
def draft(appointment: Appointment) -> PolicyVersion:
    """Everything comes back until a day before, then nothing."""
    version = create_draft(policy_id=appointment.centre.policy_id, actor="test", now=NOW)
    version.tiers.filter(percent=75).update(percent=10)
    return version


def page_of(version: PolicyVersion) -> str:
    return reverse("admin:appointments_historycheck_version", args=[version.pk])


def test_page_when_asked(appointment: Appointment, draft: PolicyVersion) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    PolicyVersion.objects.filter(pk=draft.pk).update(cooling_off_hours=0)
    draft.tiers.filter(percent=100).update(percent=40)
    client = browser(member(None, "policy maker"))

    assert client.post(page_of(draft)).status_code == 302
    waiting = client.get(page_of(draft))
    work_history_checks()
    page = client.get(page_of(draft))

    assert waiting.headers["Refresh"] == "2"
    assert "Refresh" not in page.headers


def test_page_when_worked_out(appointment: Appointment, draft: PolicyVersion) -> None:
    draft.tiers.filter(percent=100).update(percent=40)
    client = browser(member(None, "policy maker"))
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW.replace(day=1))
    client.post(page_of(draft))
    work_history_checks()

    page = client.get(page_of(draft))

    assert page.context["sentence"] == "The last 90 days would have refunded ₹400.00 instead of ₹1,000.00."
    assert page.context["effects"][:2] == [
        "1 patient would have got less.",
        "0 patients would have got more.",
    ]
    assert page.context["is_stale"] is False


def test_page_when_the_draft_changed_afterwards(draft: PolicyVersion) -> None:
    client = browser(member(None, "policy maker"))
    client.post(page_of(draft))
    work_history_checks()
    PolicyVersion.objects.filter(pk=draft.pk).update(cooling_off_hours=3)

    assert client.get(page_of(draft)).context["is_stale"] is True


def test_sides_when_a_tier_differs(draft: PolicyVersion) -> None:
    sides = browser(member(None, "policy maker")).get(page_of(draft)).context["sides"]

    assert {(in_force, here) for _, in_force, here in sides} == {(True, True), (True, False), (False, True)}
    assert "75%" in " ".join(sentence for sentence, in_force, here in sides if in_force and not here)
    assert "75%" not in " ".join(sentence for sentence, _, here in sides if here)


@pytest.mark.parametrize("role", ["auditor", "centre manager"])
def test_page_when_only_to_see(appointment: Appointment, draft: PolicyVersion, role: str) -> None:
    client = browser(member(appointment.centre, role))

    assert client.get(page_of(draft)).context["may_ask"] is False
    assert client.post(page_of(draft)).status_code == 403
    assert not HistoryCheck.objects.exists()


@pytest.mark.parametrize("role", ["front desk", "cashier", "doctor"])
def test_page_when_not_permitted(appointment: Appointment, draft: PolicyVersion, role: str) -> None:
    client = browser(member(appointment.centre, role))

    assert client.get(page_of(draft)).status_code == 403
    assert client.post(page_of(draft)).status_code == 403
    assert not HistoryCheck.objects.exists()


def test_page_when_there_is_no_such_version(db: None) -> None:
    client = browser(member(None, "policy maker"))

    assert client.get(reverse("admin:appointments_historycheck_version", args=[999])).status_code == 404
