"""The groups, the sidebar and the headers of the admin."""

import importlib
import logging

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from structlog.stdlib import ProcessorFormatter

from appointments.admin.people import PatientAdmin
from appointments.models import Appointment, Centre
from config import logs
from tests import factories as make
from tests.admin.desk import browser, doctor_account, member

LINES = logs.configure(level="INFO", as_words=False)["formatters"]["lines"]
groups = importlib.import_module("appointments.migrations.0003_groups")
SEES = {
    "front desk": {"Appointments", "Policies", "Messages", "Setup"},
    "cashier": {"Appointments", "Refund desk"},
    "finance": {"Appointments", "Refund desk"},
    "policy maker": {"Policies"},
    "centre manager": {"Appointments", "Refund desk", "Policies", "Messages", "Setup"},
    "auditor": {"Appointments", "Refund desk", "Policies", "Messages", "Setup"},
}


def rights_of(name: str) -> set[str]:
    permissions = Group.objects.get(name=name).permissions.select_related("content_type")
    return {f"{right.content_type.app_label}.{right.codename}" for right in permissions}


def changing_rights_of(name: str) -> set[str]:
    """What does more than look; to take a file of what one sees is to look."""
    return {right for right in rights_of(name) if ".view_" not in right and ".export_" not in right}


def test_groups_when_database_is_new(db: None) -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(groups.ROLES)
    assert rights_of("doctor") == {
        "appointments.view_appointment",
        "appointments.cancel_own_appointment",
        "appointments.call_own_leave",
    }
    assert {right for right in rights_of("cashier") if "refund" in right and "view" not in right} == {
        "refunds.add_payment",
        "refunds.confirm_refund",
    }
    assert {"refunds.confirm_refund", "refunds.retry_refund"} <= rights_of("finance")
    assert "policies.publish_policyversion" in rights_of("policy maker")
    assert changing_rights_of("auditor") == set()


@pytest.mark.parametrize(
    ("right", "names"),
    [
        ("export_appointments", {"auditor", "centre manager"}),
        ("export_money", {"auditor", "centre manager", "finance"}),
        ("view_listexport", {"auditor"}),
    ],
)
def test_groups_when_they_export(right: str, names: set[str], db: None) -> None:
    assert {name for name in groups.ROLES if f"appointments.{right}" in rights_of(name)} == names


@pytest.mark.parametrize("right", ["override_percentage", "override_reschedule_rules"])
def test_groups_when_they_override(right: str, db: None) -> None:
    assert {name for name in groups.ROLES if f"appointments.{right}" in rights_of(name)} == {"centre manager"}


def test_groups_when_made_again(db: None) -> None:
    added = Permission.objects.get(codename="view_ledgerentry")
    Group.objects.get(name="front desk").permissions.add(added)
    Group.objects.get(name="doctor").permissions.clear()
    Group.objects.get(name="auditor").delete()

    groups.make_groups(apps)

    assert "refunds.view_ledgerentry" in rights_of("front desk")
    assert rights_of("doctor") == set(groups.ROLES["doctor"])
    assert changing_rights_of("auditor") == set()


def test_groups_when_a_right_is_gone(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(groups.ROLES, "doctor", ("appointments.fly",))

    with pytest.raises(LookupError, match="doctor: no such permission: appointments"):
        groups.make_groups(apps)


@pytest.mark.parametrize("name", sorted(SEES))
def test_sidebar_when_in_a_group(name: str, centre: Centre) -> None:
    page = browser(member(centre, name)).get(reverse("admin:index"))

    navigation = page.context["sidebar_navigation"]
    assert {group["title"] for group in navigation if any(item["has_permission"] for item in group["items"])} == SEES[
        name
    ]


def test_sidebar_when_doctor(appointment: Appointment) -> None:
    page = browser(doctor_account(appointment)).get(reverse("admin:index"))

    items = [item for group in page.context["sidebar_navigation"] for item in group["items"]]
    assert [item["title"] for item in items if item["has_permission"]] == [
        "My appointments",
        "Day board",
        "Emergency leave",
    ]


def policy_of(client: Client, where: str) -> dict[str, str]:
    header = client.get(where)["Content-Security-Policy"]
    return {name: sources for name, _, sources in (part.strip().partition(" ") for part in header.split(";"))}


def test_policy_when_admin(db: None, client: Client) -> None:
    policy = policy_of(client, reverse("admin:login"))

    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'none'"


def test_policy_when_portal(db: None, client: Client) -> None:
    policy = policy_of(client, reverse("portal:login"))

    assert "unsafe" not in " ".join(policy.values())
    assert policy["style-src"] == "'self'"


def test_page_when_stored(appointment: Appointment, front_desk: object) -> None:
    answer = browser(member(appointment.centre, "front desk")).get(
        reverse("admin:appointments_appointment_change", args=[appointment.pk])
    )

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"


def test_form_when_without_token(appointment: Appointment) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member(appointment.centre, "front desk"))

    answer = strict.post(reverse("admin:appointments_appointment_check-in", args=[appointment.pk]))

    assert answer.status_code == 403
    assert appointment.events.filter(kind="checked_in").count() == 0


def test_login_when_staff_sign_in_at_the_desk(client: Client, db: None) -> None:
    user = make.UserFactory.create(is_staff=True)
    user.set_password("a long enough one")
    user.save()

    answer = client.post("/login/?next=/admin/", {"login": user.email, "password": "a long enough one"}, follow=True)

    assert [url for url, _ in answer.redirect_chain] == ["/admin/"]


@pytest.mark.parametrize(
    "address",
    [
        "/admin/appointments/appointment/?slot__doctor={huge}",
        "/admin/refunds/refund/?granted_at__year={huge}",
    ],
)
def test_list_when_a_filter_is_larger_than_anything(address: str, admin_client: Client) -> None:
    answer = admin_client.get(address.format(huge="9" * 30))
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


def test_log_when_somebody_is_searched_for(
    admin_client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/admin/appointments/patient/?q=MeeraNair1988"
    lines = ProcessorFormatter(**{name: value for name, value in LINES.items() if name != "()"})
    with caplog.at_level(logging.INFO):
        admin_client.get(address)
        monkeypatch.setattr(PatientAdmin, "get_queryset", None)  # its page breaks
        admin_client.raise_request_exception = False
        assert admin_client.get(address).status_code == 500

    log = [lines.format(record) for record in caplog.records]
    assert sum("GET /admin/appointments/patient/?\\u2026" in line for line in log) >= 3
    assert "MeeraNair1988" not in "".join(log)
