"""The desk's queue of late requests."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from appointments.late.uploads import checked_upload
from appointments.models import Appointment, Centre, DocumentLook, LateDocument, LateRequest, LateRule, LateWish, User
from appointments.usecases.late_request import ask_for_exception
from refunds.models import Refund
from tests.admin.desk import address, browser, filled, member, messages_of
from tests.appointments.late.files import PDF
from tests.factories import STARTS_AT, booked, patient_of

NOW = STARTS_AT + timedelta(hours=1)


@pytest.fixture
def late(appointment: Appointment) -> LateRequest:
    """Asked an hour after the start, with a document."""
    rule = LateRule.objects.create(label="In hospital", percent=75)
    return ask_for_exception(
        appointment_id=appointment.pk,
        wish=LateWish.PART,
        text="I was <in> hospital",
        actor=patient_of(appointment),
        now=NOW,
        rule_id=rule.pk,
        upload=checked_upload(PDF),
    )


def where(name: str, late: LateRequest) -> str:
    return reverse(f"admin:appointments_laterequest_{name}", args=[late.pk])


def test_queue_when_one_is_late(late: LateRequest, manager: User) -> None:
    with time_machine.travel(NOW + timedelta(hours=30), tick=False):
        page = browser(manager).get(reverse("admin:appointments_laterequest_changelist")).content.decode()

    assert late.appointment.reference in page
    assert "30 hours" in page


def test_page_when_it_waits(late: LateRequest, manager: User) -> None:
    page = browser(manager).get(where("change", late)).content.decode()

    assert "I was &lt;in&gt; hospital" in page
    assert f"{address('cancel', late.appointment)}?percent=75" in page
    assert address("move", late.appointment) in page


def test_approve_when_the_manager_cancels(late: LateRequest, manager: User) -> None:
    client, cancel = browser(manager), address("cancel", late.appointment)
    sent = filled(client, f"{cancel}?percent=75", choice="override", text="Letter seen")

    answer = client.post(cancel, sent, follow=True)

    assert messages_of(answer) == ["Appointment cancelled. ₹750.00 goes back."]
    late.refresh_from_db()
    assert (late.state, late.percent, late.decision_text) == ("approved", Decimal(75), "Letter seen")
    assert Refund.objects.get().amount == 75_000


def test_decline_when_the_manager_says_why(late: LateRequest, manager: User) -> None:
    client = browser(manager)

    empty = client.post(where("decline", late), {"text": ""})
    done = client.post(where("decline", late), {"text": "No letter"}, follow=True)
    again = client.post(where("decline", late), {"text": "No letter"}, follow=True)

    assert "Enter why the clinic does not agree" in empty.content.decode()
    assert messages_of(done) == ["Request declined. The patient is told."]
    assert messages_of(again) == ["Nothing was changed: the request was closed meanwhile."]


def test_document_when_opened(late: LateRequest, manager: User) -> None:
    client = browser(manager)

    without = client.post(where("open", late), {"purpose": " "})
    answer = client.post(where("open", late), {"purpose": "Dates of the stay"})

    assert without.status_code == 400
    assert answer.content == PDF
    assert answer["Content-Disposition"] == f'attachment; filename="request-{late.appointment.reference}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    look = DocumentLook.objects.get()
    assert (look.user, look.purpose) == (manager, "Dates of the stay")


def test_document_when_destroyed(late: LateRequest, manager: User) -> None:
    LateDocument.objects.update(destroyed_at=late.made_at + timedelta(days=200))
    client = browser(manager)

    page = client.get(where("change", late)).content.decode()

    assert "since its time was over" in page
    assert "Download the document" not in page
    assert client.post(where("open", late), {"purpose": "Dates of the stay"}).status_code == 404
    assert DocumentLook.objects.count() == 0


@pytest.mark.parametrize("deed", ["decline", "open"])
@pytest.mark.parametrize(("group", "status"), [("front desk", 403), ("auditor", 403), ("doctor", 403)])
def test_request_when_not_permitted(late: LateRequest, centre: Centre, deed: str, group: str, status: int) -> None:
    answer = browser(member(centre, group)).post(where(deed, late), {"text": "No", "purpose": "Curious"})

    late.refresh_from_db()
    assert (answer.status_code, late.state, DocumentLook.objects.count()) == (status, "waiting", 0)


@pytest.mark.parametrize("deed", ["decline", "open"])
def test_request_when_of_another_centre(late: LateRequest, deed: str) -> None:
    elsewhere = browser(member(booked().centre, "centre manager"))

    assert elsewhere.get(where("change", late)).status_code in {302, 404}
    assert elsewhere.post(where(deed, late), {"text": "No", "purpose": "Curious"}).status_code == 404
    late.refresh_from_db()
    assert (late.state, DocumentLook.objects.count()) == ("waiting", 0)


def test_rule_when_a_policy_maker_edits_it(centre: Centre) -> None:
    client = browser(member(centre, "policy maker"))

    client.post(
        reverse("admin:appointments_laterule_add"),
        {"label": "In hospital", "percent": "100", "is_active": "on", "position": "0"},
    )
    refused = client.post(
        reverse("admin:appointments_laterule_add"), {"label": "Ill", "decides_by_itself": "on", "position": "0"}
    )

    assert [(rule.label, rule.percent) for rule in LateRule.objects.all()] == [("In hospital", Decimal(100))]
    assert "Give the percentage that this rule approves by itself." in refused.content.decode()
    assert browser(member(centre, "front desk")).get(reverse("admin:appointments_laterule_add")).status_code == 403
