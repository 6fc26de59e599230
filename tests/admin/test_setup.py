"""Setup: money in whole units, times on the centre's clock, and what stands because somebody booked it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, Centre, Channel, Doctor, ReasonCode, Slot, User
from appointments.usecases.cancel import cancel_appointment
from tests.admin.desk import browser, member
from tests.factories import (
    CentreFactory,
    ChannelFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    UserFactory,
    system,
)
from tests.policies.admin.people import form_of

NEW_SLOT = {"starts_at": "2026-11-20T09:30", "ends_at": "2026-11-20T10:00", "price": "1250.50", "bookable_from": ""}


@pytest.fixture
def client_of_manager(manager: User) -> Client:
    return browser(manager)


def add_slot(client: Client, doctor: Doctor, **values: str) -> Any:
    return client.post(reverse("admin:appointments_slot_add"), {**NEW_SLOT, "doctor": doctor.pk, **values})


def channel_form(centre: Centre, **values: str) -> dict[str, Any]:
    return {"centre": centre.pk, "name": "HealthGate", "handling_fee": "10", "deadline_hours": "48"} | values


def test_channel_when_cancelled_elsewhere(centre: Centre, client_of_manager: Client) -> None:
    add = reverse("admin:appointments_channel_add")

    refused = client_of_manager.post(add, channel_form(centre)).content.decode()
    client_of_manager.post(add, channel_form(centre, entrance_text="in the app", entrance_phone="+91 22 5550 0200"))
    listed = client_of_manager.get(reverse("admin:appointments_channel_changelist")).content.decode()

    assert "Say where patients cancel instead." in refused
    channel = Channel.objects.get(name="HealthGate")
    assert (channel.self_service, channel.handling_fee, channel.deadline_hours) == (False, 1000, Decimal(48))
    assert "in the app, +91 22 5550 0200" in listed


def test_channel_when_patients_book_here(centre: Centre, client_of_manager: Client) -> None:
    add = reverse("admin:appointments_channel_add")
    first = channel_form(centre, name="Website", self_service="on", is_website="on")

    client_of_manager.post(add, first)
    second = client_of_manager.post(add, first | {"name": "Another"}).content.decode()
    elsewhere = channel_form(centre, is_website="on", entrance_text="in the app")
    told = client_of_manager.post(add, elsewhere).content.decode()

    assert list(Channel.objects.filter(centre=centre, is_website=True).values_list("name", flat=True)) == ["Website"]
    assert "Patients book here through another channel of this centre already." in second
    assert "Where patients book here, they cancel here too." in told


def test_slot_when_added(appointment: Appointment, client_of_manager: Client) -> None:
    add_slot(client_of_manager, appointment.slot.doctor)

    slot = Slot.objects.latest("pk")
    assert (slot.price, slot.starts_at) == (125_050, datetime(2026, 11, 20, 4, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "values",
    [
        {"price": "-1"},
        {"price": "NaN"},
        {"price": "1e400"},
        {"price": "10.001"},
        {"price": "9999999999999999"},
        {"starts_at": "2026-11-20T10:30"},
        {"starts_at": "soon"},
        {"ends_at": ""},
    ],
)
def test_slot_when_it_will_not_do(values: dict[str, str], appointment: Appointment, client_of_manager: Client) -> None:
    before = Slot.objects.count()

    answer = add_slot(client_of_manager, appointment.slot.doctor, **values)

    assert answer.context["adminform"].form.errors
    assert Slot.objects.count() == before


def test_slot_when_the_clock_is_put_forward(manager: User) -> None:
    london = CentreFactory.create(time_zone="Europe/London", locale="en_GB")
    london.staff.add(manager)
    before = Slot.objects.count()

    answer = add_slot(
        browser(manager),
        DoctorFactory.create(centre=london),
        starts_at="2027-03-28T01:30",
        ends_at="2027-03-28T02:30",
    )

    assert list(answer.context["adminform"].form.errors) == ["starts_at"]
    assert Slot.objects.count() == before


def test_slot_when_doctor_is_of_another_centre(client_of_manager: Client) -> None:
    before = Slot.objects.count()

    answer = add_slot(client_of_manager, DoctorFactory.create())

    assert list(answer.context["adminform"].form.errors) == ["doctor"]
    assert Slot.objects.count() == before


def test_slot_when_changed(appointment: Appointment, client_of_manager: Client) -> None:
    free = SlotFactory.create(doctor=appointment.slot.doctor, starts_at=appointment.slot.ends_at)
    where = reverse("admin:appointments_slot_change", args=[free.pk])
    form = client_of_manager.get(where).context["adminform"].form

    client_of_manager.post(where, {**NEW_SLOT, "doctor": free.doctor_id})

    assert 'value="2026-11-05T15:00"' in str(form["starts_at"])
    assert str(form["price"].value()) == "1000.00"
    free.refresh_from_db()
    assert free.price == 125_050


def test_slot_when_taken(appointment: Appointment, client_of_manager: Client) -> None:
    slot = appointment.slot
    data = {**NEW_SLOT, "doctor": slot.doctor_id}

    changed = client_of_manager.post(reverse("admin:appointments_slot_change", args=[slot.pk]), data)
    deleted = client_of_manager.post(reverse("admin:appointments_slot_delete", args=[slot.pk]), {"post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert Slot.objects.get(pk=slot.pk).price == 100_000


def test_slot_when_it_was_taken_once(appointment: Appointment, client_of_manager: Client, now: datetime) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=system(), now=now)
    slot = appointment.slot
    where = reverse("admin:appointments_slot_change", args=[slot.pk])

    client_of_manager.post(where, {**NEW_SLOT, "doctor": slot.doctor_id, "is_withdrawn": "on"})
    deleted = client_of_manager.post(reverse("admin:appointments_slot_delete", args=[slot.pk]), {"post": "yes"})

    slot = Slot.objects.get(pk=slot.pk)
    assert (slot.price, slot.is_withdrawn, deleted.status_code) == (100_000, True, 403)


def test_channel_when_fee_is_entered(centre: Centre, client_of_manager: Client) -> None:
    channel = ChannelFactory.create(centre=centre, handling_fee=2_500)
    where = reverse("admin:appointments_channel_change", args=[channel.pk])
    shown = client_of_manager.get(where).context["adminform"].form["handling_fee"].value()

    client_of_manager.post(where, {"centre": centre.pk, "name": "Wallet", "self_service": "on", "handling_fee": "30.5"})

    assert str(shown) == "25.00"
    channel = Channel.objects.get(pk=channel.pk)
    assert (channel.name, channel.handling_fee) == ("Wallet", 3_050)


def test_channel_when_moved_to_another_centre(centre: Centre, client_of_manager: Client) -> None:
    channel = ChannelFactory.create(centre=centre)
    elsewhere = CentreFactory.create()

    answer = client_of_manager.post(
        reverse("admin:appointments_channel_change", args=[channel.pk]),
        {"centre": elsewhere.pk, "name": "Wallet", "self_service": "on", "handling_fee": "0"},
    )

    assert list(answer.context["adminform"].form.errors) == ["centre"]
    assert Channel.objects.get(pk=channel.pk).centre == centre


def test_centre_when_manager_posts_staff_and_currency(appointment: Appointment, client_of_manager: Client) -> None:
    centre, stranger = appointment.centre, UserFactory.create()
    where = reverse("admin:appointments_centre_change", args=[centre.pk])
    typed = form_of(client_of_manager.get(where)) | {"name": "Elm"}

    client_of_manager.post(where, {**typed, "staff": [stranger.pk], "currency": "JPY", "slug": "other"})

    changed = Centre.objects.get(pk=centre.pk)
    assert (changed.name, changed.currency, changed.slug) == ("Elm", "INR", centre.slug)
    assert stranger not in changed.staff.all()


def test_account_when_manager_changes_one(manager: User, front_desk: User) -> None:
    client = browser(manager)
    where = reverse("admin:appointments_user_change", args=[front_desk.pk])

    assert client.get(where).status_code == 200
    assert client.post(where, {"full_name": "X", "is_superuser": "on"}).status_code == 403
    assert client.get(reverse("admin:appointments_user_add")).status_code == 403
    assert client.get(reverse("admin:auth_user_password_change", args=[front_desk.pk])).status_code == 403
    assert not User.objects.get(pk=front_desk.pk).is_superuser


def test_account_when_superuser_makes_one(db: None) -> None:
    boss = User.objects.create_superuser(email="boss@example.org", full_name="Boss")
    secret = "a-long-pass-phrase"
    values = {"full_name": "Asha Rao", "email": "", "phone": "+915550100", "usable_password": "true"}

    browser(boss).post(reverse("admin:appointments_user_add"), {**values, "password1": secret, "password2": secret})

    account = User.objects.get(phone="+915550100")
    assert (account.email, account.check_password(secret)) == (None, True)


def test_patient_when_front_desk_posts_an_account(appointment: Appointment, front_desk: User) -> None:
    patient, thief = appointment.chain.patient, UserFactory.create()

    where = reverse("admin:appointments_patient_change", args=[patient.pk])
    client = browser(front_desk)

    client.post(where, form_of(client.get(where)) | {"email": "new@example.org", "user": thief.pk})

    owner = patient.user
    patient.refresh_from_db()
    assert (patient.email, patient.user) == ("new@example.org", owner)


def test_patient_when_nobody_booked(front_desk: User) -> None:
    stranger = PatientFactory.create()

    answer = browser(front_desk).get(reverse("admin:appointments_patient_change", args=[stranger.pk]))

    assert answer.status_code == 302


def test_reason_when_changed(appointment: Appointment) -> None:
    ill = ReasonCode.objects.get(code="ill")
    client = browser(member(None, "policy maker"))

    client.post(
        reverse("admin:appointments_reasoncode_change", args=[ill.pk]),
        {"label": "Ill", "code": "other-code", "position": "1", "for_staff": "on", "is_active": "on"},
    )
    deleted = client.post(reverse("admin:appointments_reasoncode_delete", args=[ill.pk]), {"post": "yes"})

    page = client.get(reverse("admin:appointments_reasoncode_changelist"))
    assert [(row.label, row.code) for row in page.context["cl"].queryset] == [
        ("Another reason", "other"),
        ("Ill", "ill"),
    ]
    assert deleted.status_code == 403


def test_slots_when_filtered_by_day(appointment: Appointment, client_of_manager: Client) -> None:
    later = SlotFactory.create(doctor=appointment.slot.doctor, starts_at=appointment.slot.starts_at + timedelta(days=1))

    page = client_of_manager.get(reverse("admin:appointments_slot_changelist"), {"day": "2026-11-06"})

    assert list(page.context["cl"].queryset) == [later]
