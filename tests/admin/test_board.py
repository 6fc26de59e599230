"""The day board at the desk: who sees which day, and what can be done from it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Appointment, Centre, User
from tests.admin.desk import browser, doctor_account, footprint, member
from tests.appointments.waiting.rows import House, give_back, offered
from tests.factories import NOW, STARTS_AT, CentreFactory, DoctorFactory, PatientFactory, SlotFactory, booked, held

BOARD = "/admin/appointments/appointment/board/"
DAY = "2026-11-05"  # of the fixture's appointment


def board_for(user: User, **asked: Any) -> Any:
    page = browser(user).get(BOARD, asked)
    assert page.status_code == 200
    return page.context


def cells(context: Any) -> list[tuple[str, str]]:
    """Return name and state of every time shown."""
    return [(cell.name, cell.tag) for row in context["rows"] for cell in row.cells if cell]


def test_board_when_booked_held_and_free(front_desk: User, appointment: Appointment) -> None:
    doctor = appointment.slot.doctor
    draft = held(slot=SlotFactory.create(doctor=doctor, starts_at=STARTS_AT + timedelta(hours=1)))
    SlotFactory.create(doctor=doctor, starts_at=STARTS_AT + timedelta(hours=2))

    context = board_for(front_desk, day=DAY)

    assert [row.clock for row in context["rows"]] == ["2:30pm", "3:30pm", "4:30pm"]
    assert cells(context) == [
        (appointment.chain.patient.name, "Booked"),
        (draft.chain.patient.name, "Held, not paid"),
        ("", "Free"),
    ]
    assert context["counts"] == [("taken", 1), ("held, not paid", 1), ("offered", 0), ("free", 1)]


def test_links_when_front_desk(front_desk: User, appointment: Appointment) -> None:
    (row,) = board_for(front_desk, day=DAY)["rows"]
    client = browser(front_desk)

    assert [link.label for link in row.cells[0].links] == ["Move", "Cancel appointment"]
    pages = [row.cells[0].address, *(link.address for link in row.cells[0].links)]
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]


def test_board_when_offered_to_somebody_who_waits(front_desk: User, centre: Centre) -> None:
    """Nothing is done with it before the answer."""
    house = House(DoctorFactory.create(centre=centre))
    given_up, entry = house.booked(hours=1), house.waits()
    offered(give_back(given_up))

    cell = board_for(front_desk, day=DAY)["rows"][-1].cells[-1]

    assert (cell.name, cell.tag, cell.links) == (entry.patient.name, "Offered", ())
    assert cell.notes == ("waits for an answer", "held until 3:30pm")


def test_links_when_the_role_only_looks(centre: Centre) -> None:
    (row,) = board_for(member(centre, "auditor"), day=DAY)["rows"]

    assert row.cells[0].links == ()


def test_links_when_today(front_desk: User, appointment: Appointment) -> None:
    """Patients are checked in on the day itself."""
    booked(slot=SlotFactory.create(doctor=appointment.slot.doctor, starts_at=NOW + timedelta(hours=1)))

    row = board_for(front_desk)["rows"][-1]

    assert [link.label for link in row.cells[0].links] == ["Check in", "Move", "Cancel appointment"]


def test_now_when_today(front_desk: User, appointment: Appointment) -> None:
    for minutes in (-30, 0, 30):
        SlotFactory.create(doctor=appointment.slot.doctor, starts_at=NOW + timedelta(minutes=minutes))

    rows = board_for(front_desk)["rows"]
    assert [(row.clock, row.is_now) for row in rows] == [
        ("2:00pm", False),
        ("2:30pm", False),
        ("2:30pm", True),
        ("3:00pm", False),
    ]
    assert [row.is_now for row in board_for(front_desk, day=DAY)["rows"]] == [False]


def test_rows_when_an_hour_comes_twice(front_desk: User, centre: Centre) -> None:
    centre.time_zone = "Europe/London"
    centre.save()
    doctor = DoctorFactory.create(centre=centre)
    for hour in (0, 1, 2):
        SlotFactory.create(doctor=doctor, starts_at=NOW.replace(month=10, day=25, hour=hour, minute=30))

    rows = board_for(front_desk, day="2026-10-25")["rows"]

    assert [(row.clock, row.zone) for row in rows] == [
        ("1:30am", "British Summer Time"),
        ("1:30am", "Greenwich Mean Time"),
        ("2:30am", ""),
    ]


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-30", "0001-01-01", "9999-12-31", "20261105", "2026-11-02"])
def test_day_when_not_one(front_desk: User, day: str) -> None:
    context = board_for(front_desk, day=day, page="x" * 9)

    expected = "Thursday 5 November 2026" if day == "20261105" else "Monday 2 November 2026"
    assert context["day"] == expected


def test_days_when_walked(front_desk: User, centre: Centre) -> None:
    context = board_for(front_desk, day="2026-11-01")
    client = browser(front_desk)

    walked = [client.get(context[name]).context["day"] for name in ("before_url", "after_url", "later_url")]
    assert walked == ["Saturday 31 October 2026", "Monday 2 November 2026", "Thursday 5 November 2026"]
    assert context["rows"] == []


def test_centre_when_there_are_two(front_desk: User, appointment: Appointment) -> None:
    other = booked(slot=SlotFactory.create(doctor__centre__name="Zebra"))
    other.centre.staff.add(front_desk)

    context = board_for(front_desk, day=DAY)
    assert [name for name, _tag in cells(context)] == [appointment.chain.patient.name]
    assert [label for _key, label in context["form"].fields["centre"].choices] == [appointment.centre.name, "Zebra"]
    asked = board_for(front_desk, day=DAY, centre=other.centre.pk)
    assert [name for name, _tag in cells(asked)] == [other.chain.patient.name]


def test_centre_when_of_others(front_desk: User, appointment: Appointment) -> None:
    other = booked()

    context = board_for(front_desk, day=DAY, centre=other.centre.pk)

    assert [name for name, _tag in cells(context)] == [appointment.chain.patient.name]
    assert "centre" not in context["form"].fields


def test_board_when_doctor(appointment: Appointment) -> None:
    """Only the own column, and cancelling by the doctor's own right."""
    colleague = DoctorFactory.create(centre=appointment.centre)
    booked(slot=SlotFactory.create(doctor=colleague))
    user = doctor_account(appointment)
    appointment.centre.staff.add(user)

    context = board_for(user, day=DAY)

    assert context["board"].doctors == (appointment.slot.doctor,)
    assert cells(context) == [(appointment.chain.patient.name, "Booked")]
    assert [link.label for link in context["rows"][0].cells[0].links] == ["Cancel appointment"]


@pytest.mark.parametrize(("role", "status"), [("front desk", 200), ("cashier", 200), ("policy maker", 403)])
def test_board_when_role(centre: Centre, role: str, status: int) -> None:
    client = browser(member(centre, role))

    assert client.get(BOARD).status_code == status
    assert client.post(BOARD, {"text": "Patient"}).status_code == status
    sidebar = client.get(reverse("admin:index")).content.decode()
    assert (BOARD in sidebar) is (status == 200)


def test_board_when_no_centre(db: None) -> None:
    CentreFactory.create()

    assert "You work for no centre yet" in browser(member(None, "front desk")).get(BOARD).content.decode()


def test_search_when_found(front_desk: User, appointment: Appointment) -> None:
    other = booked(patient=PatientFactory.create(name=appointment.chain.patient.name))
    before = footprint()

    page = browser(front_desk).post(BOARD, {"text": appointment.chain.patient.name})

    (row,) = page.context["results"].rows
    assert (row.reference, row.day) == (appointment.reference, DAY)
    assert other.reference not in page.content.decode()
    assert footprint() == before


def test_search_when_doctor(appointment: Appointment) -> None:
    patient = appointment.chain.patient
    patient.phone = "+919820011223"
    patient.save()
    client = browser(doctor_account(appointment))

    def found(text: str) -> int:
        return len(client.post(BOARD, {"text": text}).context["results"].rows)

    assert [found(patient.name), found(appointment.reference), found(patient.phone)] == [1, 1, 0]


@pytest.mark.parametrize("text", ["", "m", "x" * 101, "\x00\x00"])
def test_search_when_it_cannot_be_looked_for(front_desk: User, text: str) -> None:
    page = browser(front_desk).post(BOARD, {"text": text})

    assert (page.status_code, page.context["results"]) == (400, None)


def test_queries_when_there_is_more(front_desk: User, appointment: Appointment) -> None:
    client = browser(front_desk)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(BOARD, {"day": DAY}).status_code == 200
        return len(queries)

    counted()  # the first answer fills what lasts
    few = counted()
    for number in range(3):
        doctor = DoctorFactory.create(centre=appointment.centre)
        booked(slot=SlotFactory.create(doctor=doctor))
        held(slot=SlotFactory.create(doctor=doctor, starts_at=STARTS_AT + timedelta(hours=number + 1)))

    assert counted() == few
