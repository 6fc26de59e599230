"""A fresh database becomes a working centre through the pages of the admin alone."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from appointments.admin.first_steps import steps_left
from appointments.models import Appointment, Centre, Channel, Doctor, Patient, Slot, User
from policies.admin.preview import fingerprint
from policies.models import Policy, PolicyVersion
from refunds.models import Refund
from tests.admin.desk import address, browser, filled, member
from tests.factories import CentreFactory, DoctorFactory, UserFactory, card_payment, fresh
from tests.policies.admin.people import form_of
from tests.portal.booking import draft_in, hold, signed_in

PAGE = "admin:appointments_centre_first_steps"
WEEK = ["0", "1", "2", "3", "4"]


def missing(client: Client) -> list[str]:
    lines = client.get(reverse(PAGE)).context["lines"]
    return [line.title for line in lines if not line.is_done and not line.is_optional]


def add(client: Client, model: str, **values: Any) -> None:
    """Open the page that adds one, fill it in, save."""
    where = reverse(f"admin:{model}_add")
    answer = client.post(where, form_of(client.get(where)) | values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def change(client: Client, model: str, pk: int, **values: Any) -> None:
    where = reverse(f"admin:{model}_change", args=[pk])
    answer = client.post(where, form_of(client.get(where)) | values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def publish_policy(client: Client) -> Policy:
    add(client, "policies_policy", name="Standard", currency="INR")
    policy = Policy.objects.get()
    client.post(reverse("admin:policies_policy_draft", args=[policy.pk]))
    draft = PolicyVersion.objects.get()
    where = reverse("admin:policies_policyversion_publish", args=[draft.pk])
    client.post(where, {"seen": fingerprint(draft), "effective_from": ""})
    return policy


def hire(client: Client, centre: Centre) -> User:
    """One person with every role a centre needs."""
    password = {"usable_password": "true", "password1": "lamp-post-42-river", "password2": "lamp-post-42-river"}
    add(client, "appointments_user", full_name="Asha Rao", email="asha@clinic.example", phone="", **password)
    person = User.objects.get(email="asha@clinic.example")
    roles = ["front desk", "cashier", "finance", "policy maker", "centre manager"]
    groups = list(Group.objects.filter(name__in=roles).values_list("pk", flat=True))
    change(client, "appointments_user", person.pk, is_staff="on", is_active="on", groups=groups)
    change(client, "appointments_centre", centre.pk, finance_phone="+91 20 5550 0109", staff=[person.pk])
    return person


def set_up_by_whoever_runs_the_server(settings: Settings) -> None:
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRETS = "sk_live_zebra", ["whsec_zebra"]
    settings.DEFAULT_FROM_EMAIL = "Elm Clinic <appointments@elm.example>"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.django_db
def test_centre_when_set_up_from_nothing(settings: Settings, now: datetime) -> None:
    client = browser(UserFactory.create(is_staff=True, is_superuser=True))
    set_up_by_whoever_runs_the_server(settings)
    nothing = client.get(reverse(PAGE))
    assert [step[0] for step in nothing.context["first"]] == [
        "Make a policy and publish its first version",
        "Make the first centre",
    ]

    policy = publish_policy(client)
    place = {"name": "Elm Clinic", "slug": "elm", "time_zone": "Asia/Kolkata", "locale": "en_IN", "currency": "INR"}
    add(client, "appointments_centre", **place, phone="+91 20 5550 0100", country="IN", policy=policy.pk)
    assert missing(client) == [
        "A booking channel where patients book here",
        "Doctors",
        "Weekly hours or slots for every doctor",
        "Reasons to choose from",
        "Closed days of this and the next year",
        "Phone of finance",
        "A person for every role",
        "A second step for whoever uses the admin",
    ]

    centre = Centre.objects.get()
    add(client, "appointments_channel", centre=centre.pk, name="Website", self_service="on", is_website="on")
    add(client, "appointments_doctor", centre=centre.pk, name="Dr Rao", specialty="Cardiology")
    doctor = Doctor.objects.get()
    clock = {"weekdays": WEEK, "begins": "09:00", "ends": "12:00", "slot_minutes": "30", "price": "1000"}
    add(client, "appointments_weeklyhours", doctor=doctor.pk, **clock)
    client.post(reverse("admin:appointments_weeklyhours_slots", args=[doctor.pk]))
    everybody = {"for_patients": "on", "for_staff": "on", "for_doctors": "on", "is_active": "on"}
    add(client, "appointments_reasoncode", label="Patient is ill", code="ill", **everybody)
    for year in ("2026", "2027"):
        client.post(reverse("admin:appointments_closedday_holidays", args=[centre.pk]), {"year": year})
    person = hire(client, centre)
    page = browser(person)
    assert missing(page) == ["A second step for whoever uses the admin"]
    settings.ADMIN_REQUIRES_SECOND_FACTOR = True
    assert steps_left(person, now=now) == 0

    settings.ADMIN_REQUIRES_SECOND_FACTOR = False  # the person of this test has no device to show
    _book_and_cancel(page, Channel.objects.get(), now)


def _book_and_cancel(desk: Client, channel: Channel, now: datetime) -> None:
    """A patient books on the pages what the hours made; the desk cancels it for the hospital."""
    patient = Patient.objects.create(user=UserFactory.create(), name="Meera Nair", email="meera@example.org")
    slot = Slot.objects.filter(starts_at__gt=now).order_by("starts_at")[5]
    answer = hold(signed_in(patient), slot)
    draft = fresh(draft_in(slot))
    assert (answer.status_code, draft.chain.channel) == (302, channel)
    card_payment(draft, now=now)
    appointment = fresh(draft)
    where = address("cancel", appointment)
    desk.post(where, filled(desk, where, choice="hospital"))

    assert fresh(appointment).status == Appointment.Status.CANCELLED
    assert [refund.amount for refund in Refund.objects.all()] == [100_000]


def test_page_when_everything_is_there(centre: Centre, manager: User, settings: Settings) -> None:
    set_up_by_whoever_runs_the_server(settings)

    text = browser(manager).get(reverse(PAGE)).content.decode()

    assert "Keys and webhook secrets are set for Stripe." in text
    assert "zebra" not in text


def test_page_when_of_other_centres(centre: Centre, manager: User) -> None:
    other = CentreFactory.create()
    client = browser(manager)

    page = client.get(reverse(PAGE), {"centre": other.pk})

    assert (page.context["centre"], page.context["others"]) == (centre, [])


def test_page_when_not_ones_business(front_desk: User) -> None:
    client = browser(front_desk)

    assert client.get(reverse(PAGE)).status_code == 403
    assert "Steps of setting up left" not in client.get(reverse("admin:index")).content.decode()


def test_page_when_posted(manager: User) -> None:
    assert browser(manager).post(reverse(PAGE)).status_code == 405


def test_steps_when_there_are_many_centres(
    centre: Centre, manager: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        DoctorFactory.create().centre.staff.add(manager)
    user = User.objects.get(pk=manager.pk)

    with django_assert_num_queries(7):
        found = steps_left(user, now=now)

    # Each lacks a website, closed days, the phone of finance and four roles; three a time to come; the house a provider,
    # a sender and a second step.
    assert found == 4 * 7 + 3


def test_card_when_steps_are_left(centre: Centre, manager: User) -> None:
    cards = browser(manager).get(reverse("admin:index")).context["cards"]

    assert (cards[0].label, cards[0].address) == ("Steps of setting up left", reverse(PAGE))


def test_people_when_they_left(centre: Centre, manager: User) -> None:
    member(centre, "cashier")
    gone = member(centre, "finance")
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    lines = {line.title: line.missing for line in browser(manager).get(reverse(PAGE)).context["lines"]}

    assert lines["A person for every role"] == "front desk, finance, policy maker"
