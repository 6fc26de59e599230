from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, Centre, OverrideRequest, User
from refunds.models import Refund
from tests.admin.desk import address, browser, filled, footprint, member, messages_of
from tests.factories import SlotFactory, booked, fresh


@pytest.fixture
def tight(appointment: Appointment) -> Appointment:
    """One person may give at most 200 rupees against the terms."""
    centre = appointment.centre
    centre.override_limit = 20_000
    centre.save(update_fields=["override_limit"])
    return fresh(appointment)


@pytest.fixture
def second(centre: Centre) -> User:
    return member(centre, "centre manager")


@pytest.fixture
def asked(tight: Appointment, manager: User) -> OverrideRequest:
    """The manager asks for 40 percent where the terms give 100."""
    _ask(browser(manager), tight)
    return OverrideRequest.objects.get()


def _ask(client: Client, appointment: Appointment) -> Any:
    where = address("cancel", appointment)
    data = filled(client, f"{where}?percent=40", choice="override", text="Agreed by phone")
    return client.post(where, data, follow=True)


def _at(name: str, asked: OverrideRequest) -> str:
    return reverse(f"admin:appointments_overriderequest_{name}", args=[asked.pk])


def test_cancel_page_when_above_the_limit(tight: Appointment, manager: User) -> None:
    page = browser(manager).get(f"{address('cancel', tight)}?percent=40")

    override = page.context["options"][-1]
    assert override.difference == ("By the terms the patient keeps or gets ₹1,000.00, by this ₹400.00: ₹600.00 less.")
    assert "by more than the ₹200.00 that one person decides alone" in override.second_person


def test_cancel_when_above_the_limit(tight: Appointment, manager: User) -> None:
    before = footprint()

    answer = _ask(browser(manager), tight)

    assert messages_of(answer) == [
        "Nothing was done yet: a second person has been asked. The appointment stands until then."
    ]
    assert footprint() == before
    assert OverrideRequest.objects.get().asked_by == manager
    assert answer.context["override"] == _at("change", OverrideRequest.objects.get())


def test_cancel_when_another_override_waits(tight: Appointment, asked: OverrideRequest, second: User) -> None:
    before = footprint()

    answer = _ask(browser(second), tight)

    assert messages_of(answer) == ["Nothing was changed: another override of this appointment waits already."]
    assert footprint() == before


def test_move_when_above_the_limit(tight: Appointment, manager: User) -> None:
    slot = SlotFactory.create(doctor=tight.slot.doctor, starts_at=tight.slot.starts_at + timedelta(days=1))
    where = address("move_to", tight, slot.pk)
    with time_machine.travel(tight.slot.starts_at - timedelta(hours=1), tick=False):
        client = browser(manager)
        before = footprint()
        client.post(where, filled(client, where, choice="override", text="Train was late"))
        page = client.get(_at("change", OverrideRequest.objects.get()))

    assert footprint() == before
    assert OverrideRequest.objects.get().slot == slot
    assert [figure["now"] for figure in page.context["figures"]] == ["₹0.00", "₹1,000.00", "₹1,000.00"]


def test_approve_when_second_person(asked: OverrideRequest, tight: Appointment, second: User) -> None:
    client = browser(second)
    data = filled(client, _at("change", asked))

    answer = client.post(_at("approve", asked), data, follow=True)

    assert messages_of(answer) == ["Approved and done. The patient is told."]
    assert [row.amount for row in Refund.objects.all()] == [40_000]
    assert fresh(tight).status == "cancelled"


def test_approve_when_own(asked: OverrideRequest, manager: User) -> None:
    client = browser(manager)
    page = client.get(_at("change", asked))
    before = footprint()

    answer = client.post(_at("approve", asked), filled(client, _at("change", asked)))

    assert (page.context["may_decide"], page.context["is_own"]) == (False, True)
    assert answer.status_code == 403
    assert footprint() == before


@pytest.mark.parametrize("deed", ["approve", "decline", "withdraw"])
def test_decision_when_without_permission(deed: str, asked: OverrideRequest, centre: Centre, second: User) -> None:
    shown = filled(browser(second), _at("change", asked), text="No")
    before = footprint()

    answers = [
        browser(member(centre, group)).post(_at(deed, asked), shown).status_code for group in ("front desk", "cashier")
    ]

    asked.refresh_from_db()
    assert answers == [403, 403]
    assert (asked.state, footprint()) == ("waiting", before)


@pytest.mark.parametrize("deed", ["approve", "decline", "withdraw"])
def test_decision_when_of_another_centre(deed: str, asked: OverrideRequest) -> None:
    stranger = browser(member(booked().centre, "centre manager"))
    before = footprint()

    assert stranger.post(_at(deed, asked), {"shown": "100000/40000/0", "text": "No"}).status_code == 404
    assert stranger.get(_at("change", asked)).status_code in {302, 404}
    assert footprint() == before


def test_approve_when_figures_changed(asked: OverrideRequest, tight: Appointment, second: User) -> None:
    client = browser(second)
    data = filled(client, _at("change", asked))
    before = footprint()

    answer = client.post(_at("approve", asked), {**data, "shown": "75000/40000/0"})

    assert (answer.status_code, answer.context["has_changed"]) == (409, True)
    assert answer.context["shown"] == "100000/40000/0"
    assert footprint() == before


def test_approve_when_decided_meanwhile(asked: OverrideRequest, manager: User, second: User) -> None:
    client = browser(second)
    data = filled(client, _at("change", asked))
    browser(manager).post(_at("withdraw", asked))
    before = footprint()

    answer = client.post(_at("approve", asked), data, follow=True)

    assert messages_of(answer) == ["Nothing was changed: the override was decided or ended meanwhile."]
    assert footprint() == before


def test_decline_when_second_person(asked: OverrideRequest, second: User) -> None:
    before = footprint()

    client = browser(second)
    refused = client.post(_at("decline", asked), {"text": ""})
    client.post(_at("decline", asked), {"text": "No letter"})

    asked.refresh_from_db()
    assert refused.status_code == 400
    assert (asked.state, asked.decision_text, footprint()) == ("declined", "No letter", before)


def test_withdraw_when_own(asked: OverrideRequest, manager: User) -> None:
    browser(manager).post(_at("withdraw", asked))

    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_list_when_one_waits(asked: OverrideRequest, second: User) -> None:
    page = browser(second).get(reverse("admin:appointments_overriderequest_changelist") + "?state__exact=waiting")

    text = page.content.decode()
    assert asked.appointment.reference in text
    assert "Cancel, 40 % back" in text
    assert "-₹600.00" in text


def test_today_when_one_waits(asked: OverrideRequest, second: User, front_desk: User) -> None:
    def cards(user: User) -> list[int]:
        shown = browser(user).get(reverse("admin:index")).context["cards"]
        return [card.value for card in shown if card.label == "Overrides for a second person"]

    assert (cards(second), cards(front_desk)) == ([1], [])


def test_centre_when_manager_changes_the_limit(centre: Centre, manager: User) -> None:
    where = reverse("admin:appointments_centre_change", args=[centre.pk])
    client = browser(manager)
    form = client.get(where).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}

    client.post(
        where,
        {
            **data,
            "phone": "+91 20 1111",
            "override_limit": "999999",
            "closed_days-TOTAL_FORMS": "0",
            "closed_days-INITIAL_FORMS": "0",
        },
    )

    centre.refresh_from_db()
    assert (centre.phone, centre.override_limit) == ("+91 20 1111", 500_000)


def test_centre_when_superuser_changes_the_limit(centre: Centre) -> None:
    where = reverse("admin:appointments_centre_change", args=[centre.pk])
    boss = member(None)
    boss.is_superuser = True
    boss.save(update_fields=["is_superuser"])
    client = browser(boss)
    form = client.get(where).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields if name != "staff"}

    client.post(
        where,
        {
            **data,
            "override_limit": "250.50",
            "closed_days-TOTAL_FORMS": "0",
            "closed_days-INITIAL_FORMS": "0",
        },
    )

    centre.refresh_from_db()
    assert (str(form["override_limit"].value()), centre.override_limit) == ("5000.00", 25_050)
