"""Nobody sees rows of another centre: not in lists, by address, by search, in filters or in autocomplete."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from appointments.models import Appointment, Centre, User
from refunds.models import Payment
from tests.admin.desk import address, browser, doctor_account, footprint, member
from tests.factories import SlotFactory, booked, held

LIST = "admin:appointments_appointment_changelist"
ROWS = ["appointment", "centre", "channel", "doctor", "slot", "patient", "outboxmessage"]


@pytest.fixture
def elsewhere(appointment: Appointment) -> Appointment:
    return booked()


def row_of(model: str, appointment: Appointment) -> object:
    doctor = appointment.slot.doctor
    rows: dict[str, object] = {
        "appointment": appointment,
        "centre": doctor.centre,
        "channel": appointment.chain.channel,
        "doctor": doctor,
        "slot": appointment.slot,
        "patient": appointment.chain.patient,
    }
    return rows.get(model) or appointment.events.get(kind="confirmed").messages.get()


@pytest.mark.parametrize("model", ROWS)
def test_list_when_of_centres(model: str, appointment: Appointment, elsewhere: Appointment, manager: User) -> None:
    client = browser(manager)
    own, other = row_of(model, appointment), row_of(model, elsewhere)

    page = client.get(reverse(f"admin:appointments_{model}_changelist"))

    shown = list(page.context["cl"].queryset)
    assert own in shown
    assert other not in shown


@pytest.mark.parametrize("model", ROWS)
def test_address_when_of_another_centre(model: str, elsewhere: Appointment, manager: User) -> None:
    pk = getattr(row_of(model, elsewhere), "pk", None)

    answer = browser(manager).get(reverse(f"admin:appointments_{model}_change", args=[pk]))

    # Django leads from a row that is not there to the start page.
    assert answer.status_code == (404 if model == "appointment" else 302)


def test_money_when_of_centres(appointment: Appointment, elsewhere: Appointment, manager: User) -> None:
    client = browser(manager)

    page = client.get(reverse("admin:refunds_payment_changelist"))

    assert [payment.source for payment in page.context["cl"].queryset] == [appointment.chain.source]
    other = Payment.objects.get(source=elsewhere.chain.source)
    assert client.get(reverse("admin:refunds_payment_change", args=[other.pk])).status_code == 302


def test_money_when_superuser(elsewhere: Appointment) -> None:
    boss = User.objects.create_superuser(email="boss@example.org", full_name="Boss")

    page = browser(boss).get(reverse("admin:refunds_payment_changelist"))

    assert page.context["cl"].queryset.count() == 2


def test_money_when_doctor(appointment: Appointment) -> None:
    assert browser(doctor_account(appointment)).get(reverse("admin:refunds_payment_changelist")).status_code == 403


@pytest.mark.parametrize(
    "spell",
    [lambda text: text, str.lower, lambda text: text.replace("-", ""), lambda text: f" {text.replace('-', ' ')} "],
)
def test_search_when_reference(spell: object, appointment: Appointment, front_desk: User) -> None:
    assert callable(spell)
    page = browser(front_desk).get(reverse(LIST), {"q": spell(appointment.reference)})

    assert list(page.context["cl"].queryset) == [appointment]


def test_search_when_patient(appointment: Appointment, elsewhere: Appointment, front_desk: User) -> None:
    client = browser(front_desk)

    found = client.get(reverse(LIST), {"q": appointment.chain.patient.email})
    foreign = client.get(reverse(LIST), {"q": elsewhere.reference})

    assert list(found.context["cl"].queryset) == [appointment]
    assert list(foreign.context["cl"].queryset) == []


def test_filters_when_opened(appointment: Appointment, elsewhere: Appointment, front_desk: User) -> None:
    page = browser(front_desk).get(reverse(LIST)).content.decode()

    assert elsewhere.slot.doctor.name not in page
    assert elsewhere.centre.name not in page


@pytest.mark.parametrize(
    ("day", "count"),
    [("today", 0), ("tomorrow", 0), ("week", 1), ("past", 0), ("2026-11-05", 1), ("2026-11-04", 0), ("9999-12-31", 0)],
)
def test_days_when_filtered(day: str, count: int, appointment: Appointment, front_desk: User) -> None:
    page = browser(front_desk).get(reverse(LIST), {"day": day})

    assert page.context["cl"].queryset.count() == count


def test_today_when_it_is_another_day_at_the_centre(centre: Centre, front_desk: User, now: datetime) -> None:
    # 19:00 UTC is past midnight in India.
    early = booked(slot=SlotFactory.create(doctor__centre=centre, starts_at=now.replace(hour=19)))

    client = browser(front_desk)

    assert list(client.get(reverse(LIST), {"day": "tomorrow"}).context["cl"].queryset) == [early]
    assert list(client.get(reverse(LIST), {"day": "today"}).context["cl"].queryset) == []


def test_autocomplete_when_of_another_centre(elsewhere: Appointment, manager: User) -> None:
    stranger = member(elsewhere.centre, "front desk")

    answer = browser(manager).get(
        reverse("admin:autocomplete"),
        {"app_label": "appointments", "model_name": "doctor", "field_name": "user", "term": stranger.full_name},
    )

    assert answer.json()["results"] == []


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_detail_when_written_to(method: str, appointment: Appointment) -> None:
    boss = User.objects.create_superuser(email="boss@example.org", full_name="Boss")
    before = footprint()

    answer = getattr(browser(boss), method)(
        reverse("admin:appointments_appointment_change", args=[appointment.pk]), {"status": "cancelled"}
    )

    assert answer.status_code == 405
    assert browser(boss).get(reverse("admin:appointments_appointment_add")).status_code == 403
    assert (
        browser(boss).post(reverse("admin:appointments_appointment_delete", args=[appointment.pk])).status_code == 403
    )
    assert footprint() == before


def test_detail_when_opened(appointment: Appointment, front_desk: User) -> None:
    page = browser(front_desk).get(reverse("admin:appointments_appointment_change", args=[appointment.pk]))

    assert [deed.name for deed in page.context["deeds"]] == ["check-in", "move", "cancel"]
    assert [payment.amount for payment in page.context["payments"]] == ["₹1,000.00"]
    assert [step.what for step in page.context["steps"]] == ["Booked", "Payment received", "Slot held"]


@pytest.mark.parametrize("pk", ["0", "x", "999999999999999999999999999"])
def test_detail_when_nothing_is_there(pk: str, appointment: Appointment, front_desk: User) -> None:
    answer = browser(front_desk).get(reverse("admin:appointments_appointment_change", args=[pk]))

    assert answer.status_code == 404


def test_deeds_when_a_move_waits(appointment: Appointment, front_desk: User) -> None:
    draft = held(
        slot=SlotFactory.create(
            doctor=appointment.slot.doctor, starts_at=appointment.slot.starts_at + timedelta(days=2)
        )
    )

    page = browser(front_desk).get(reverse("admin:appointments_appointment_change", args=[draft.pk]))

    assert [deed.name for deed in page.context["deeds"]] == ["pay", "cancel"]
    assert page.context["held_until"] == "Monday 2 November 2026 at 2:45pm"
    assert browser(front_desk).get(address("pay", draft)).context["due"] == "₹1,000.00"
