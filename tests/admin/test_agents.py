"""The desk for agents: three numbers, one message for every mismatch, and deeds that name agent and clerk."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from appointments.models import AgentVisit, Appointment, CarerRelation, Centre, User
from appointments.usecases.carers import end_carer
from tests.admin.desk import address, browser, doctor_account, filled, footprint, member, messages_of
from tests.appointments.usecases.agents import AGENTS, PATIENTS, agent_of
from tests.factories import NOW, CentreFactory, moving, system

DESK = "/admin/appointments/agentvisit/desk/"
NO_MATCH = "The three numbers do not fit, or nobody may act by them. Check all three"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def right(appointment: Appointment) -> CarerRelation:
    return agent_of(appointment)


def come(client: Client, appointment: Appointment, **other: str) -> Any:
    numbers = {"reference": appointment.reference, "patient_number": PATIENTS, "agent_number": AGENTS}
    return client.post(DESK, {**numbers, "purpose": "cancel it", **other}, follow=True)


def both(front_desk: User, right: CarerRelation) -> str:
    assert right.account is not None
    return f"{front_desk.full_name}, account {front_desk.pk}, with parent Asha Shah, account {right.account.pk}"


def test_agent_when_they_cancel(front_desk: User, appointment: Appointment, right: CarerRelation) -> None:
    client = browser(front_desk)
    page = come(client, appointment)
    assert page.redirect_chain == [(f"/admin/appointments/appointment/{appointment.pk}/change/", 302)]
    assert "Asha Shah (Parent) stands at your desk. Until 3:00pm" in page.content.decode()

    where = address("cancel", appointment)
    assert [option.name for option in client.get(where).context["options"]] == ["patient"]
    client.post(where, filled(client, where))

    event = appointment.events.get(kind="cancelled")
    assert (event.actor_kind, event.actor_label) == ("staff", both(front_desk, right))
    assert (event.actor_user, event.for_hospital) == (front_desk, False)


def test_agent_when_they_move(front_desk: User, appointment: Appointment, right: CarerRelation) -> None:
    client = browser(front_desk)
    come(client, appointment)
    where = address("move_to", appointment, moving(appointment).pk)

    client.post(where, filled(client, where))

    new = Appointment.objects.get(replaces=appointment)
    assert new.events.order_by("sequence").last().actor_label == both(front_desk, right)  # type: ignore[union-attr]
    assert "stands at your desk" in client.get(address("change", new)).content.decode()


def test_agent_when_manager(manager: User, appointment: Appointment, right: CarerRelation) -> None:
    """Exceptions are the manager's own deeds: with an agent at the desk there are none."""
    client = browser(manager)
    come(client, appointment)
    where, before = address("cancel", appointment), footprint()

    page = client.get(where, {"percent": "40"})
    assert ([option.name for option in page.context["options"]], page.context["percent_form"]) == (["patient"], None)
    for choice in ("override", "hospital"):
        answer = client.post(where, filled(client, where) | {"choice": choice, "percent": "40"})
        assert list(answer.context["form"].errors) == ["choice"]
    assert footprint() == before


def test_agent_when_the_right_ends_meanwhile(front_desk: User, appointment: Appointment, right: CarerRelation) -> None:
    client = browser(front_desk)
    come(client, appointment)
    where = address("cancel", appointment)
    answers = filled(client, where)
    end_carer(relation_id=right.pk, actor=system(), now=NOW)
    before = footprint()

    answer = client.post(where, answers, follow=True)

    assert messages_of(answer) == [
        "Nothing was changed: the agent’s visit or right has ended, or another began. Look again."
    ]
    assert footprint() == before


def test_agent_when_they_have_left(front_desk: User, appointment: Appointment, right: CarerRelation) -> None:
    client = browser(front_desk)
    come(client, appointment)
    client.post(DESK + "end/")

    where = address("cancel", appointment)
    client.post(where, filled(client, where, choice="patient"))

    assert appointment.events.get(kind="cancelled").actor_label == f"{front_desk.full_name}, account {front_desk.pk}"
    assert client.get(DESK + "end/").status_code == 405


@pytest.mark.parametrize(
    "wrong", [{"reference": "3467-9CD3"}, {"patient_number": AGENTS}, {"agent_number": PATIENTS}, {"reference": "?"}]
)
def test_agent_when_a_number_is_wrong(
    front_desk: User, appointment: Appointment, right: CarerRelation, wrong: dict[str, str]
) -> None:
    client = browser(front_desk)

    page = come(client, appointment, **wrong)

    text = page.content.decode()
    assert (page.status_code, text.count(NO_MATCH)) == (200, 1)
    assert appointment.chain.patient.name not in text
    visit = AgentVisit.objects.get()
    assert (visit.user, visit.appointment, visit.purpose) == (front_desk, None, "cancel it")
    assert "stands at your desk" not in client.get(address("change", appointment)).content.decode()


@pytest.mark.parametrize("field", ["reference", "patient_number", "agent_number", "purpose"])
def test_form_when_something_is_missing(
    front_desk: User, appointment: Appointment, right: CarerRelation, field: str
) -> None:
    page = come(browser(front_desk), appointment, **{field: " "})

    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert AgentVisit.objects.count() == 0


def test_agent_when_tried_too_often(front_desk: User, appointment: Appointment, right: CarerRelation) -> None:
    client = browser(front_desk)
    for _ in range(20):
        come(client, appointment, agent_number="PB 55 11 90 23")

    page = come(client, appointment)

    assert (page.status_code, "There were too many tries" in page.content.decode()) == (429, True)
    assert AgentVisit.objects.filter(appointment__isnull=False).count() == 0
    assert AgentVisit.objects.count() == 20


def test_centre_when_tried_too_often(
    centre: Centre, appointment: Appointment, right: CarerRelation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clerks of one centre share a limit; another centre's go on."""
    from appointments.admin import agents
    from appointments.limits import Limit

    monkeypatch.setattr(agents, "_A_CENTRE", Limit("agent-desk-centre", most=2, seconds=900))
    answers = [come(browser(member(centre, "front desk")), appointment).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


@pytest.mark.parametrize(("role", "allowed"), [("front desk", True), ("centre manager", True), ("cashier", False)])
def test_desk_when_role(
    centre: Centre, appointment: Appointment, right: CarerRelation, role: str, *, allowed: bool
) -> None:
    client = browser(member(centre, role))

    assert client.get(DESK).status_code == (200 if allowed else 403)
    assert come(client, appointment).status_code == (200 if allowed else 403)
    assert AgentVisit.objects.count() == allowed


def test_desk_when_doctor(appointment: Appointment, right: CarerRelation) -> None:
    assert come(browser(doctor_account(appointment)), appointment).status_code == 403


def test_tries_when_listed(centre: Centre, appointment: Appointment, right: CarerRelation, front_desk: User) -> None:
    client = browser(front_desk)
    come(client, appointment)
    come(client, appointment, agent_number="wrong one")
    tries = "/admin/appointments/agentvisit/"

    page = browser(member(centre, "centre manager")).get(tries)

    assert [row.appointment for row in page.context["cl"].result_list] == [None, appointment]
    assert browser(member(None, "centre manager")).get(tries).context["cl"].result_count == 0
    assert client.get(tries).status_code == 403


def test_list_when_the_clerk_works_elsewhere_too(
    front_desk: User, appointment: Appointment, right: CarerRelation
) -> None:
    elsewhere = CentreFactory.create()
    elsewhere.staff.add(front_desk)
    client = browser(front_desk)
    come(client, appointment)
    come(client, appointment, agent_number=PATIENTS)

    def listed(centre: Centre) -> list[bool]:
        page = browser(member(centre, "centre manager")).get(reverse("admin:appointments_agentvisit_changelist"))
        return [visit.appointment_id is not None for visit in page.context["cl"].queryset]

    assert listed(appointment.centre) == [False, True]
    assert listed(elsewhere) == [False]
    assert listed(CentreFactory.create()) == []
