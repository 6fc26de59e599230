"""Policies in the admin: their versions, and the button that makes a draft."""

from datetime import datetime

import pytest
import time_machine
from django.urls import reverse

from policies.models import Policy, PolicyVersion
from tests.policies.admin.people import form_of, messages_of, staff_client
from tests.policies.make import make_draft, make_policy, make_published

pytestmark = pytest.mark.django_db


def page(policy: Policy) -> str:
    return reverse("admin:policies_policy_change", args=[policy.pk])


def draft_address(policy_id: int) -> str:
    return reverse("admin:policies_policy_draft", args=[policy_id])


def test_list_says_what_is_in_force(now: datetime) -> None:
    make_policy(name="Empty")
    make_published(now=now)

    with time_machine.travel(now, tick=False):
        response = staff_client("view_policy").get(reverse("admin:policies_policy_changelist"))

    text = response.content.decode()
    assert "version 1" in text
    assert "none yet" in text


def test_add_policy() -> None:
    client = staff_client("add_policy", "view_policy")
    address = reverse("admin:policies_policy_add")
    data = form_of(client.get(address)) | {"name": "Evening", "currency": "KWD"}

    response = client.post(address, data, follow=True)

    assert response.status_code == 200
    assert Policy.objects.values_list("name", "currency").get() == ("Evening", "KWD")


def test_change_policy_links_its_versions(now: datetime) -> None:
    published = make_published(now=now)
    draft = make_draft(now=now, policy=published.policy)

    response = staff_client("view_policy", "view_policyversion").get(page(published.policy))

    text = response.content.decode()
    for version, name in ((published, "1"), (draft, "Draft")):
        assert (
            f'<a class="underline" href="{reverse("admin:policies_policyversion_change", args=[version.pk])}">{name}</a>'
            in text
        )


def test_change_policy_when_only_a_draft_lets_the_currency_change(now: datetime) -> None:
    policy = make_draft(now=now).policy
    client = staff_client("change_policy", "view_policyversion")

    client.post(page(policy), form_of(client.get(page(policy))) | {"currency": "JPY"})

    assert Policy.objects.get().currency == "JPY"


def test_change_policy_when_published_keeps_the_currency(now: datetime) -> None:
    policy = make_published(now=now).policy
    client = staff_client("change_policy", "view_policyversion")

    client.post(page(policy), form_of(client.get(page(policy))) | {"currency": "JPY", "name": "Renamed"})

    assert Policy.objects.values_list("name", "currency").get() == ("Renamed", "INR")


def test_button_when_no_right_to_draft_is_not_there(now: datetime) -> None:
    policy = make_policy()

    assert draft_address(policy.pk) not in staff_client("view_policy").get(page(policy)).content.decode()


def test_draft_button(now: datetime) -> None:
    policy = make_policy()
    client = staff_client("view_policy", "add_policyversion", "change_policyversion")
    assert draft_address(policy.pk) in client.get(page(policy)).content.decode()

    with time_machine.travel(now, tick=False):
        response = client.post(draft_address(policy.pk), follow=True)

    draft = PolicyVersion.objects.get()
    assert response.redirect_chain == [(reverse("admin:policies_policyversion_change", args=[draft.pk]), 302)]
    assert messages_of(response) == ["This is the draft. Nothing changes for anybody until it is published."]
    user_id = client.session["_auth_user_id"]
    assert (draft.drafted_at, draft.drafted_by) == (now, f"Asha Rao, account {user_id}")


def test_draft_when_pressed_twice_makes_one() -> None:
    policy = make_policy()
    client = staff_client("view_policy", "add_policyversion")

    client.post(draft_address(policy.pk))
    client.post(draft_address(policy.pk))

    assert PolicyVersion.objects.count() == 1


def test_draft_when_no_right() -> None:
    policy = make_policy()

    response = staff_client("view_policy", "change_policyversion").post(draft_address(policy.pk))

    assert response.status_code == 403
    assert PolicyVersion.objects.count() == 0


def test_draft_when_get_changes_nothing() -> None:
    policy = make_policy()

    response = staff_client("view_policy", "add_policyversion").get(draft_address(policy.pk))

    assert response.status_code == 405
    assert PolicyVersion.objects.count() == 0


def test_draft_when_policy_unknown() -> None:
    assert staff_client("add_policyversion").post(draft_address(404)).status_code == 404
