"""From a list to a file: who may, exactly what is on the screen, and what the auditor sees of it."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.admin import exports as module
from appointments.models import Appointment, Centre, ListExport, User
from appointments.usecases.cancel import cancel_appointment
from tests.admin.desk import browser, doctor_account, member
from tests.factories import NOW, PatientFactory, SlotFactory, booked, patient_of

APPOINTMENTS = "admin:appointments_appointment_changelist"
LISTS = {
    "appointments": APPOINTMENTS,
    "late_requests": "admin:appointments_laterequest_changelist",
    "overrides": "admin:appointments_overriderequest_changelist",
    "waiting_list": "admin:appointments_waitingentry_changelist",
    "outbox": "admin:appointments_outboxmessage_changelist",
    "refunds": "admin:refunds_refund_changelist",
    "payments": "admin:refunds_payment_changelist",
    "ledger": "admin:refunds_ledgerentry_changelist",
}
MONEY = {"refunds", "payments", "ledger"}


def page_of(kind: str, query: str = "") -> str:
    return reverse("admin:appointments_listexport_of", args=[kind]) + query


def file_of(client: Client, kind: str, query: str = "", **answers: Any) -> Any:
    """Post the page's form; `file` of the answer holds what a browser would save."""
    answer = client.post(page_of(kind, query), {"file_format": "csv", "purpose": "Monthly report", **answers})
    answer.file = answer.getvalue()  # type: ignore[attr-defined]
    return answer


def lines_in(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.file.decode("utf-8-sig"))))


@pytest.mark.parametrize("query", ["", "?q=Meera", "?status__exact=confirmed", "?status__exact=cancelled", "?day=week"])
def test_file_when_the_list_is_narrowed(query: str, centre: Centre, appointment: Appointment, manager: User) -> None:
    slot = SlotFactory.create(doctor__centre=centre)
    cancelled = booked(patient=PatientFactory.create(name="Meera Nair"), slot=slot)
    cancel_appointment(appointment_id=cancelled.pk, actor=patient_of(cancelled), now=NOW)
    booked()
    client = browser(manager)
    shown = [one.reference for one in client.get(reverse(APPOINTMENTS) + query).context["cl"].queryset]

    lines = lines_in(file_of(client, "appointments", query))

    assert [line["reference"] for line in lines] == shown
    assert ListExport.objects.get().rows == len(shown)


@pytest.mark.parametrize("kind", ["appointments", "refunds"])
def test_link_when_the_right_is_there(kind: str, appointment: Appointment, centre: Centre) -> None:
    page = browser(member(centre, "auditor")).get(reverse(LISTS[kind]), {"q": "a b"}).content.decode()

    assert f'href="{page_of(kind)}?q=a+b"' in page
    assert f'href="{reverse("admin:appointments_listexport_changelist")}"' in page


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        ("front desk", set()),
        ("finance", MONEY),
        ("centre manager", {*LISTS} - {"ledger"}),
        ("auditor", {*LISTS}),
    ],
)
def test_files_when_of_a_role(role: str, kinds: set[str], appointment: Appointment, centre: Centre) -> None:
    client = browser(member(centre, role))

    assert {kind for kind in LISTS if client.get(page_of(kind)).status_code == 200} == kinds
    assert {kind for kind in LISTS if file_of(client, kind).status_code == 200} == kinds
    assert set(ListExport.objects.values_list("kind", flat=True)) == kinds


def test_file_when_a_doctor_asks(appointment: Appointment) -> None:
    client = browser(doctor_account(appointment))

    assert "/listexport/of/" not in client.get(reverse(APPOINTMENTS)).content.decode()
    assert file_of(client, "appointments").status_code == 403
    assert not ListExport.objects.exists()


@pytest.mark.parametrize("kind", ["appointments", "outbox", "refunds", "payments", "ledger"])
def test_file_when_rows_are_of_another_centre(kind: str, appointment: Appointment, centre: Centre) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    elsewhere = booked()
    cancel_appointment(appointment_id=elsewhere.pk, actor=patient_of(elsewhere), now=NOW)

    lines = lines_in(file_of(browser(member(centre, "auditor")), kind))

    assert {line["reference"] for line in lines} == {appointment.reference}


def test_page_when_opened(appointment: Appointment, manager: User) -> None:
    page = browser(manager).get(page_of("appointments", "?status__exact=confirmed&q=Patient&p=1&o=2"))

    assert page.context["count"] == 1
    assert page.context["filters"] == ["status: Booked", "search: Patient"]
    assert not ListExport.objects.exists()


@pytest.mark.parametrize("answers", [{"purpose": " "}, {"file_format": "exe"}, {"purpose": "x" * 201}])
def test_file_when_answers_are_missing(answers: dict[str, str], appointment: Appointment, manager: User) -> None:
    answer = file_of(browser(manager), "appointments", **answers)

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not ListExport.objects.exists()


def test_file_when_there_are_too_many_rows(
    appointment: Appointment, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 0)

    answer = file_of(browser(manager), "appointments")

    assert (answer.status_code, answer.context["too_many"]) == (400, True)
    assert not ListExport.objects.exists()


def test_list_when_there_is_none(appointment: Appointment, manager: User) -> None:
    assert browser(manager).get(page_of("passwords")).status_code == 404
    assert browser(manager).delete(page_of("appointments")).status_code == 405
    wrong = browser(manager).get(page_of("appointments", "?status__nonsense=1"))
    assert (wrong.status_code, wrong.headers["Location"]) == (302, f"{reverse(APPOINTMENTS)}?e=1")


def test_file_when_sent(appointment: Appointment, manager: User) -> None:
    answer = file_of(browser(manager), "appointments", file_format="xlsx")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointments-20261102-090000.xlsx"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.file[:2] == b"PK"


def test_log_when_the_auditor_looks(appointment: Appointment, centre: Centre, manager: User) -> None:
    file_of(browser(manager), "appointments", "?q=Meera")
    file_of(browser(User.objects.create_superuser(email="boss@example.org", full_name="Boss")), "payments")
    file_of(browser(member(booked().centre, "centre manager")), "appointments")
    log = reverse("admin:appointments_listexport_changelist")

    page = browser(member(centre, "auditor")).get(log)

    assert [(row.user.full_name, row.kind) for row in page.context["cl"].queryset] == [
        ("Boss", "payments"),
        (manager.full_name, "appointments"),
    ]
    assert "q: Meera" in page.content.decode()
    assert browser(manager).get(log).status_code == 403
