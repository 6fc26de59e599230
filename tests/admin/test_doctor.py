"""A doctor sees their own appointments and cancels them, with everything given back."""

import pytest
from django.urls import reverse

from appointments.models import Appointment, User
from refunds.models import Refund
from tests.admin.desk import address, browser, doctor_account, filled, footprint
from tests.factories import DoctorFactory, ReasonCodeFactory, SlotFactory, booked, fresh, pay, waiting_move

LIST = "admin:appointments_appointment_changelist"


@pytest.fixture
def doctor(appointment: Appointment) -> User:
    return doctor_account(appointment)


@pytest.fixture
def colleague(appointment: Appointment) -> Appointment:
    """An appointment with another doctor of the same centre."""
    return booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=appointment.centre)))


def test_list_when_doctor(doctor: User, appointment: Appointment, colleague: Appointment) -> None:
    page = browser(doctor).get(reverse(LIST))

    assert list(page.context["cl"].queryset) == [appointment]
    assert page.context["title"] == "My appointments"
    assert colleague.reference not in page.content.decode()


def test_list_when_doctor_is_also_staff(doctor: User, appointment: Appointment, colleague: Appointment) -> None:
    appointment.centre.staff.add(doctor)

    assert list(browser(doctor).get(reverse(LIST)).context["cl"].queryset) == [appointment]


def test_search_when_of_a_colleague(doctor: User, colleague: Appointment) -> None:
    client = browser(doctor)

    for words in (colleague.reference, colleague.chain.patient.name):
        assert list(client.get(reverse(LIST), {"q": words}).context["cl"].queryset) == []


def test_address_when_of_a_colleague(doctor: User, colleague: Appointment) -> None:
    client = browser(doctor)
    before = footprint()

    assert client.get(reverse("admin:appointments_appointment_change", args=[colleague.pk])).status_code == 404
    assert client.get(address("cancel", colleague)).status_code == 404
    assert client.post(address("cancel", colleague), {"choice": "hospital", "reason": "ill"}).status_code == 404
    assert footprint() == before


def test_detail_when_doctor(doctor: User, appointment: Appointment) -> None:
    page = browser(doctor).get(reverse("admin:appointments_appointment_change", args=[appointment.pk]))

    assert [deed.name for deed in page.context["deeds"]] == ["cancel"]
    assert "payments" not in page.context
    assert appointment.chain.patient.email not in page.content.decode()
    assert "₹" not in page.content.decode()


def test_detail_when_a_move_leads_to_a_colleague(doctor: User, appointment: Appointment) -> None:
    other = DoctorFactory.create(centre=appointment.centre)
    _, draft = waiting_move(appointment, doctor=other)
    client, where = browser(doctor), reverse("admin:appointments_appointment_change", args=[appointment.pk])

    while_it_waits = client.get(where).content.decode()
    pay(draft)
    done = client.get(where)

    assert fresh(draft).status == "confirmed"
    assert (done.context["waiting"], done.context["successor"]) == (None, None)
    for page in (while_it_waits, done.content.decode()):
        assert [word for word in (other.name, draft.reference, "₹") if word in page] == []


def test_detail_when_moved_to_another_time(doctor: User, appointment: Appointment) -> None:
    _, draft = waiting_move(appointment)
    pay(draft)

    pages = [
        browser(doctor).get(reverse("admin:appointments_appointment_change", args=[one.pk])).context
        for one in (appointment, draft)
    ]

    assert [(page["predecessor"], page["successor"]) for page in pages] == [(None, draft), (appointment, None)]


def test_detail_when_the_patient_said_what_it_is_about(doctor: User, appointment: Appointment) -> None:
    appointment.chain.visit_reason = "A cough <since May>"
    appointment.chain.save(update_fields=["visit_reason"])

    page = browser(doctor).get(reverse("admin:appointments_appointment_change", args=[appointment.pk]))

    assert "A cough &lt;since May&gt;" in page.content.decode()


def test_cancel_when_doctor(doctor: User, appointment: Appointment) -> None:
    ReasonCodeFactory.create(code="clinical", for_patients=False, for_staff=False)
    client = browser(doctor)
    page = client.get(address("cancel", appointment))
    data = filled(client, address("cancel", appointment), reason="clinical")

    client.post(address("cancel", appointment), data)

    assert [(option.name, option.total) for option in page.context["options"]] == [("hospital", "₹1,000.00")]
    assert fresh(appointment).status == "cancelled"
    event = appointment.events.get(kind="cancelled")
    assert (event.actor_kind, event.actor_user, event.reason_code) == ("doctor", doctor, "clinical")
    assert [refund.amount for refund in Refund.objects.all()] == [100_000]


def test_cancel_when_reason_is_not_for_doctors(doctor: User, appointment: Appointment) -> None:
    ReasonCodeFactory.create(code="staff-only", for_doctors=False)
    client = browser(doctor)
    data = filled(client, address("cancel", appointment), reason="staff-only")
    before = footprint()

    answer = client.post(address("cancel", appointment), data)

    assert answer.context["form"].errors["reason"] == ["Select one of the reasons offered"]
    assert footprint() == before


@pytest.mark.parametrize("model", ["patient", "doctor", "slot", "centre", "channel", "user", "outboxmessage"])
def test_lists_when_doctor(model: str, doctor: User) -> None:
    assert browser(doctor).get(reverse(f"admin:appointments_{model}_changelist")).status_code == 403


@pytest.mark.parametrize("deed", ["move", "pay", "approve", "decline", "check-in", "complete", "missed"])
def test_deed_when_doctor(deed: str, doctor: User, appointment: Appointment) -> None:
    before = footprint()

    assert browser(doctor).post(address(deed, appointment)).status_code == 403
    assert footprint() == before
