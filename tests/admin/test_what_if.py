"""The what-if box: one booking by a draft and by the version in force."""

from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Appointment, Centre, User
from policies.models import PolicyVersion
from policies.publish import create_draft
from tests.admin.desk import browser, footprint, member
from tests.factories import NOW, PolicyFactory, booked

MADE_UP = {
    "booked_at": "2026-11-01T09:00",
    "starts_at": "2026-11-10T09:00",
    "at": "2026-11-09T21:00",
    "paid": "1000",
    "who": "patient",
}


@pytest.fixture
def draft(appointment: Appointment) -> PolicyVersion:
    """Gives 60 where the version in force gives 75, from 12 hours on."""
    version = create_draft(policy_id=appointment.centre.policy_id, actor="test", now=NOW)
    version.tiers.filter(percent=75).update(percent=60)
    return version


def box(version: PolicyVersion, user: User, **fields: Any) -> Any:
    where = reverse("admin:appointments_historycheck_what_if", args=[version.pk])
    return browser(user).get(where, fields)


def told(page: Any) -> list[tuple[str, list[str]]]:
    """What each side says: the refusal, and the amounts of its lines."""
    return [(refused, [row.amount for row in rows]) for _name, _which, refused, rows in page.context["sides"]]


def test_made_up_when_the_draft_gives_less(draft: PolicyVersion) -> None:
    page = box(draft, member(None, "policy maker"), **MADE_UP)

    assert page.context["verdict"] == "By this version the patient gets ₹150.00 less."
    assert told(page) == [
        ("", ["₹1,000.00", "-₹400.00", "₹600.00"]),
        ("", ["₹1,000.00", "-₹250.00", "₹750.00"]),
    ]


def test_made_up_when_there_is_a_fee_and_an_insurer(draft: PolicyVersion) -> None:
    page = box(draft, member(None, "policy maker"), **MADE_UP, fee="50", insured="300")

    assert told(page)[0] == ("", ["₹1,000.00", "-₹400.00", "-₹50.00", "₹550.00", "₹300.00"])


@pytest.mark.parametrize(
    ("who", "verdict"),
    [
        ("staff", "By this version the patient gets ₹150.00 less."),
        ("hospital", "The patient gets the same by both."),
        ("doctor", "The patient gets the same by both."),
    ],
)
def test_made_up_when_others_cancel(who: str, verdict: str, draft: PolicyVersion) -> None:
    assert box(draft, member(None, "policy maker"), **{**MADE_UP, "who": who}).context["verdict"] == verdict


def test_made_up_when_the_draft_refuses(draft: PolicyVersion) -> None:
    PolicyVersion.objects.filter(pk=draft.pk).update(window_hours=24)

    page = box(draft, member(None, "policy maker"), **MADE_UP)

    assert page.context["verdict"] == "By this version the patient gets ₹750.00 less."
    assert told(page)[0] == ("Refused: too late to do it online. An exception can be asked for.", [])


def test_made_up_when_nothing_is_in_force(db: None) -> None:
    policy = PolicyFactory.create(currency="JPY")
    version = create_draft(policy_id=policy.pk, actor="test", now=NOW)

    page = box(version, member(None, "policy maker"), **MADE_UP)

    assert page.context["verdict"] == "No version is in force yet to compare it with."
    assert told(page) == [("", ["¥1,000", "-¥250", "¥750"])]


@pytest.mark.parametrize("spell", [lambda text: text, lambda text: text.lower().replace("-", " ")])
def test_booking_when_found_by_reference(
    spell: Any, appointment: Appointment, draft: PolicyVersion, manager: User
) -> None:
    before = footprint()

    # The appointment starts on 5 November at 14:30 in India.
    page = box(draft, manager, reference=spell(appointment.reference), at="2026-11-05T02:30", who="patient")

    assert page.context["verdict"] == "By this version the patient gets ₹150.00 less."
    assert footprint() == before


def test_booking_when_of_another_centre(draft: PolicyVersion, manager: User) -> None:
    elsewhere = booked()
    fields = {**MADE_UP, "reference": elsewhere.reference}

    foreign = box(draft, manager, **fields)
    unknown = box(draft, manager, **{**fields, "reference": "AAAA-AAAA"})

    assert foreign.context["form"].errors == unknown.context["form"].errors
    assert foreign.context["form"].errors == {"reference": ["There is no booking with this reference at your centres."]}
    assert (foreign.status_code, "verdict" in foreign.context) == (400, False)


def test_booking_when_bookings_are_not_theirs_to_see(appointment: Appointment, draft: PolicyVersion) -> None:
    page = box(draft, member(appointment.centre, "policy maker"), **MADE_UP, reference=appointment.reference)

    assert "reference" not in page.context["form"].fields
    assert told(page)[0][1][0] == "₹1,000.00"


def test_booking_when_in_another_currency(appointment: Appointment, manager: User) -> None:
    version = create_draft(policy_id=PolicyFactory.create(currency="GBP").pk, actor="test", now=NOW)

    page = box(version, manager, reference=appointment.reference, at="2026-11-05T02:30", who="patient")

    assert page.context["form"].errors == {"reference": ["This booking was paid in INR, the policy is in GBP."]}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at": ""}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-10-01T09:00"}, "at"),
        ({"starts_at": "2026-10-01T09:00"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:00"}, "starts_at"),
        ({"booked_at": ""}, "booked_at"),
        ({"booked_at": "0001-01-01T00:00"}, "booked_at"),
        ({"paid": "-1"}, "paid"),
        ({"paid": "NaN"}, "paid"),
        ({"paid": "0.001"}, "paid"),
        ({"paid": "999999999999999"}, "paid"),
        ({"fee": "1e9999"}, "fee"),
        ({"who": "nobody"}, "who"),
    ],
)
def test_form_when_something_is_wrong(wrong: dict[str, str], field: str, draft: PolicyVersion) -> None:
    page = box(draft, member(None, "policy maker"), **{**MADE_UP, **wrong})

    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert "verdict" not in page.context


def test_form_when_opened(draft: PolicyVersion) -> None:
    page = box(draft, member(None, "policy maker"))

    assert page.status_code == 200
    assert not page.context["form"].is_bound
    assert 'value="2026-11-02T09:00"' in page.content.decode()


@pytest.mark.parametrize("role", ["front desk", "cashier", "finance"])
def test_box_when_not_permitted(role: str, draft: PolicyVersion, centre: Centre) -> None:
    assert box(draft, member(centre, role), **MADE_UP).status_code == 403


def test_box_when_there_is_no_such_version(draft: PolicyVersion) -> None:
    client = browser(member(None, "policy maker"))
    where = reverse("admin:appointments_historycheck_what_if", args=[0])

    assert client.get(where).status_code == 404
    assert client.post(reverse("admin:appointments_historycheck_what_if", args=[draft.pk])).status_code == 405
