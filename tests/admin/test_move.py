"""Moving at the desk, and taking what is owed."""

from datetime import timedelta

import pytest
import time_machine

from appointments.models import Appointment, Centre, User
from refunds.models import Payment
from tests.admin.desk import address, browser, filled, footprint, member, messages_of
from tests.factories import fresh, held, moving


def test_slots_when_opened(appointment: Appointment, front_desk: User) -> None:
    dearer, same = moving(appointment, price=130_000), moving(appointment, starts_at=appointment.slot.ends_at)
    moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=30))

    page = browser(front_desk).get(address("move", appointment))

    rows = [row for _day, rows in page.context["days"] for row in rows]
    assert [(row.slot, row.price, row.money) for row in rows] == [
        (same, "₹1,000.00", "Nothing to pay"),
        (dearer, "₹1,300.00", "₹300.00 to pay"),
    ]


def test_slots_when_a_day_is_chosen(appointment: Appointment, front_desk: User) -> None:
    far = moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=30))

    page = browser(front_desk).get(f"{address('move', appointment)}?day={far.starts_at:%Y-%m-%d}")

    assert [row.slot for _day, rows in page.context["days"] for row in rows] == [far]


def test_slots_when_of_another_centre(appointment: Appointment, front_desk: User) -> None:
    elsewhere = held().slot

    client = browser(front_desk)

    assert client.get(address("move_to", appointment, elsewhere.pk)).status_code == 404
    assert client.get(f"{address('move', appointment)}?doctor={elsewhere.doctor_id}").context["form"].errors


@pytest.mark.parametrize(("choice", "count"), [("patient", 1), ("hospital", 0)])
def test_move_when_nothing_is_due(choice: str, count: int, appointment: Appointment, front_desk: User) -> None:
    where = address("move_to", appointment, moving(appointment).pk)
    client = browser(front_desk)

    answer = client.post(where, filled(client, where, choice=choice), follow=True)

    assert messages_of(answer) == ["Appointment moved."]
    old = fresh(appointment)
    assert (old.status, old.chain.reschedules) == ("rescheduled", count)
    assert old.events.get(kind="rescheduled").for_hospital is (choice == "hospital")


def test_move_when_posted_twice(appointment: Appointment, front_desk: User) -> None:
    where = address("move_to", appointment, moving(appointment).pk)
    client = browser(front_desk)
    data = filled(client, where, choice="patient")
    client.post(where, data)
    after_one = footprint()

    client.post(where, data)

    assert footprint() == after_one


def test_move_when_difference_is_paid_in_cash(appointment: Appointment, front_desk: User) -> None:
    where = address("move_to", appointment, moving(appointment, price=130_000).pk)
    client = browser(front_desk)
    client.post(where, filled(client, where, choice="patient"))
    draft = Appointment.objects.get(replaces=appointment)
    assert fresh(appointment).status == "confirmed"

    answer = client.post(address("pay", draft), {"method": "cash", "amount": "300.00", "receipt": "R-1"}, follow=True)

    assert messages_of(answer)[-1] == "₹300.00 recorded. The appointment is booked."
    assert (fresh(appointment).status, fresh(draft).status) == ("rescheduled", "confirmed")


@pytest.mark.parametrize("group", ["doctor", "cashier", "finance", "policy maker", "auditor"])
def test_move_when_not_permitted(group: str, appointment: Appointment, centre: Centre, front_desk: User) -> None:
    where = address("move_to", appointment, moving(appointment).pk)
    data = filled(browser(front_desk), where, choice="patient")
    client = browser(member(centre, group))
    before = footprint()

    assert client.post(where, data).status_code == 403
    assert client.get(address("move", appointment)).status_code == 403
    assert footprint() == before


def test_move_when_too_late(appointment: Appointment, front_desk: User, manager: User) -> None:
    where = address("move_to", appointment, moving(appointment).pk)
    with time_machine.travel(appointment.slot.starts_at - timedelta(hours=1), tick=False):
        desk, boss = browser(front_desk), browser(manager)
        options = {option.name: option for option in desk.get(where).context["options"]}
        data = filled(boss, where, choice="override", text="Agreed by phone")
        before = footprint()

        assert desk.post(where, data).status_code == 403
        assert footprint() == before
        assert boss.post(where, data).status_code == 302

    assert options["patient"].refused == "This could be done online until Thursday 5 November 2026 at 12:30pm."
    assert options["hospital"].refused == ""
    assert "override" not in options
    assert fresh(appointment).status == "rescheduled"


def test_move_when_quote_is_stale(appointment: Appointment, front_desk: User) -> None:
    slot = moving(appointment, price=130_000)
    where = address("move_to", appointment, slot.pk)
    client = browser(front_desk)
    data = filled(client, where, choice="patient")
    slot.price = 140_000
    slot.save()
    before = footprint()

    answer = client.post(where, data)

    assert answer.status_code == 409
    assert (answer.context["changed"].before, answer.context["changed"].now) == ("₹300.00", "₹400.00")
    assert footprint() == before


def test_move_when_slot_was_taken(appointment: Appointment, front_desk: User) -> None:
    slot = moving(appointment)
    where = address("move_to", appointment, slot.pk)
    client = browser(front_desk)
    data = filled(client, where, choice="patient")
    held(slot=slot)
    before = footprint()

    answer = client.post(where, data, follow=True)

    assert messages_of(answer) == ["That time has just been taken. Select another time"]
    assert footprint() == before


@pytest.mark.parametrize(
    ("amount", "receipt", "field"),
    [
        ("0", "R", "amount"),
        ("-5", "R", "amount"),
        ("NaN", "R", "amount"),
        ("1e30", "R", "amount"),
        ("10.001", "R", "amount"),
        ("1000.01", "R", "amount"),
        ("1000.00", "", "receipt"),
    ],
)
def test_payment_when_it_will_not_do(
    amount: str, receipt: str, field: str, appointment: Appointment, front_desk: User
) -> None:
    draft = held(slot=moving(appointment))
    before = footprint()

    answer = browser(front_desk).post(address("pay", draft), {"method": "cash", "amount": amount, "receipt": receipt})

    assert list(answer.context["form"].errors) == [field]
    assert footprint() == before


@pytest.mark.parametrize("group", ["front desk", "cashier", "centre manager"])
def test_payment_when_permitted(group: str, appointment: Appointment, centre: Centre) -> None:
    draft = held(slot=moving(appointment))
    member_of_staff = member(centre, group)

    browser(member_of_staff).post(address("pay", draft), {"method": "cash", "amount": "1000", "receipt": "R-7"})

    assert fresh(draft).status == "confirmed"
    payment = Payment.objects.get(reference="R-7")
    assert (payment.amount, payment.method) == (100_000, "cash")


@pytest.mark.parametrize("group", ["doctor", "finance", "policy maker", "auditor"])
def test_payment_when_not_permitted(group: str, appointment: Appointment, centre: Centre) -> None:
    draft = held(slot=moving(appointment))
    before = footprint()

    answer = browser(member(centre, group)).post(
        address("pay", draft), {"method": "cash", "amount": "1000", "receipt": "R-7"}
    )

    assert answer.status_code == 403
    assert footprint() == before


def test_payment_when_part_is_posted_twice(appointment: Appointment, front_desk: User) -> None:
    draft = held(slot=moving(appointment))
    client = browser(front_desk)
    data = {"method": "cash", "amount": "400", "receipt": "R-7"}
    first = client.post(address("pay", draft), data, follow=True)
    after_one = footprint()

    client.post(address("pay", draft), data)

    assert messages_of(first) == ["₹400.00 recorded. ₹600.00 is still to be paid."]
    assert footprint() == after_one
