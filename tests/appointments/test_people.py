"""Accounts, and who acts."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from appointments.actor import Actor
from appointments.models import Channel, Doctor, User
from appointments.models.scheduling import validate_time_zone
from policies.rules.facts import ActorKind
from tests import factories as make

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize("typed", ["asha@example.org", "ASHA@Example.org", " asha@example.org "])
def test_login_when_by_email(typed: str) -> None:
    user = make.UserFactory.create(email="Asha@Example.org", password=PASSWORD)

    assert authenticate(None, username=typed, password=PASSWORD) == user


@pytest.mark.parametrize("stored", ["+912055500100", "+91 20 5550-0100", " +91 (20) 55500100"])
@pytest.mark.parametrize("typed", ["+912055500100", "+91 20 5550-0100"])
def test_login_when_by_phone(stored: str, typed: str) -> None:
    user = make.UserFactory.create(email=None, phone=stored, password=PASSWORD)

    assert authenticate(None, username=typed, password=PASSWORD) == user


@pytest.mark.parametrize(
    ("name", "password"),
    [("asha@example.org", "wrong"), ("asha@example.org", ""), ("nobody@example.org", PASSWORD), ("", PASSWORD)],
)
def test_login_when_wrong(name: str, password: str) -> None:
    make.UserFactory.create(email="asha@example.org", password=PASSWORD)

    assert authenticate(None, username=name, password=password) is None


def test_login_when_switched_off_or_without_password() -> None:
    make.UserFactory.create(email="gone@example.org", password=PASSWORD, is_active=False)
    make.UserFactory.create(email="none@example.org")

    assert authenticate(None, username="gone@example.org", password=PASSWORD) is None
    assert authenticate(None, username="none@example.org", password="") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "a@example.org"}, {"email": "A@example.org"}),
        ({"phone": "+912055500100"}, {"phone": "+91 20 5550 0100"}),
    ],
)
def test_account_when_its_address_is_taken(one: dict[str, str], other: dict[str, str]) -> None:
    User.objects.create_user(**one)

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(**other)


def test_account_when_it_cannot_be_named() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(full_name="Nobody")


def test_superuser_when_made() -> None:
    user = User.objects.create_superuser(email="root@example.org", full_name="Root")

    assert (user.is_staff, user.is_superuser) == (True, True)
    assert User.objects.get_by_natural_key("ROOT@example.org") == user
    assert (str(user), user.get_full_name(), user.get_short_name()) == ("Root", "Root", "Root")


# Actors


def test_actor_when_of_each_kind() -> None:
    user = make.UserFactory.create(full_name="Asha Rao")

    assert Actor.patient(user) == Actor(ActorKind.PATIENT, f"patient, account {user.pk}", user.pk)
    assert Actor.staff(user) == Actor(ActorKind.STAFF, f"Asha Rao, account {user.pk}", user.pk)
    assert Actor.doctor(user) == Actor(ActorKind.DOCTOR, f"Asha Rao, account {user.pk}", user.pk)
    assert Actor.system("draft expiry") == Actor(ActorKind.SYSTEM, "system: draft expiry")
    assert len({Actor.patient(user).key, Actor.staff(user).key, Actor.doctor(user).key}) == 3


@pytest.mark.parametrize(
    ("permission", "rights"),
    [("override_percentage", (True, False)), ("override_reschedule_rules", (False, True))],
)
def test_rights_when_given(permission: str, rights: tuple[bool, bool]) -> None:
    user = make.staff_member(make.CentreFactory.create(), permission)

    actor = Actor.staff(user)

    assert (actor.may_override_percentage, actor.may_override_reschedule_rules) == rights
    for other in (Actor.patient(user), Actor.doctor(user)):
        assert (other.may_override_percentage, other.may_override_reschedule_rules) == (False, False)


def test_label_when_name_is_very_long() -> None:
    user = make.UserFactory.create(full_name="x" * 150)
    label = Actor.staff(user).label

    assert (len(label), label.endswith(f"x, account {user.pk}")) == (80, True)


# Places


@pytest.mark.parametrize("name", ["Asia/Nowhere", "", "../etc/passwd", "x" * 300])
def test_time_zone_when_unknown(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_time_zone(name)


def test_policy_when_in_another_currency() -> None:
    euros = make.published_policy(currency="EUR")
    centre = make.CentreFactory.create()

    centre.policy = euros
    for place in (
        centre,
        Channel(centre=make.CentreFactory.create(), name="Portal", policy=euros),
        Doctor(centre=make.CentreFactory.create(), name="Dr", specialty="None", policy=euros),
    ):
        with pytest.raises(ValidationError) as refused:
            place.clean()
        assert list(refused.value.message_dict) == ["policy"]


def test_policy_when_in_the_centres_currency() -> None:
    centre = make.CentreFactory.create()

    centre.clean()
    Channel(centre=centre, name="Portal", policy=centre.policy).clean()
    Doctor(centre=centre, name="Dr", specialty="None").clean()


def test_slot_when_doctor_is_in_two_places() -> None:
    slot = make.SlotFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        make.SlotFactory.create(doctor=slot.doctor)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.SlotFactory.create(ends_at=make.STARTS_AT - timedelta(hours=1))


def test_channel_when_elsewhere_is_nowhere() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.ChannelFactory.create(self_service=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.ChannelFactory.create(deadline_hours=-1)


def test_rows_when_shown() -> None:
    appointment = make.booked()
    slot, chain = appointment.slot, appointment.chain

    assert str(appointment) == appointment.reference
    assert str(chain) == str(chain.pk)
    assert str(slot) == f"{slot.doctor.name}, 2026-11-05 09:00 UTC"
    assert (str(slot.doctor.centre), str(chain.channel), str(chain.patient)) == (
        slot.doctor.centre.name,
        chain.channel.name,
        chain.patient.name,
    )
    assert str(make.ReasonCodeFactory.create(label="I feel better")) == "I feel better"
    assert str(appointment.events.get(kind="confirmed")) == "Booked 2026-10-23 09:00"
    assert str(appointment.events.get(kind="confirmed").messages.get()) == (
        f"Appointment booked → {chain.patient.email}"
    )
    assert (appointment.is_live, appointment.holds_a_move) == (True, False)
