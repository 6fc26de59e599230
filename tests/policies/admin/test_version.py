"""The draft's form, and published versions that nobody can change."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from policies.models import PolicyVersion
from tests.policies.admin.people import form_of, messages_of, staff_client
from tests.policies.make import make_draft, make_policy, make_published, replace_tiers, tier_rows

pytestmark = pytest.mark.django_db


def page(version: PolicyVersion) -> str:
    return reverse("admin:policies_policyversion_change", args=[version.pk])


def delete_page(version: PolicyVersion) -> str:
    return reverse("admin:policies_policyversion_delete", args=[version.pk])


@pytest.fixture
def editor() -> Client:
    return staff_client("view_policyversion", "change_policyversion", "delete_policyversion")


def test_edit_draft(now: datetime, editor: Client) -> None:
    draft = make_draft(now=now)
    changes = {"window_hours": "1.5", "note": "Shorter", "tiers-1-percent": "80", "reason_from_patient": "on"}

    response = editor.post(page(draft), form_of(editor.get(page(draft))) | changes, follow=True)

    assert response.redirect_chain == [(reverse("admin:policies_policyversion_changelist"), 302)]
    stored = PolicyVersion.objects.get()
    assert (stored.window_hours, stored.note, stored.reason_from_patient) == (Decimal("1.5"), "Shorter", True)
    assert tier_rows(stored)[1] == (Decimal(12), True, Decimal(80))


def test_edit_draft_adds_and_removes_tiers(now: datetime, editor: Client) -> None:
    draft = make_draft(now=now)
    changes = {
        "tiers-TOTAL_FORMS": "5",
        "tiers-2-DELETE": "on",
        "tiers-4-hours": "6",
        "tiers-4-percent": "60",
        "tiers-4-inclusive": "on",
    }

    editor.post(page(draft), form_of(editor.get(page(draft))) | changes)

    assert tier_rows(draft) == [
        (Decimal(24), False, Decimal(100)),
        (Decimal(12), True, Decimal(75)),
        (Decimal(6), True, Decimal(60)),
        (Decimal(0), True, Decimal(0)),
    ]


@pytest.mark.parametrize(
    ("currency", "shown", "entered", "stored"),
    [("INR", "100.00", "12.34", 1234), ("JPY", "100", "55", 55), ("KWD", "100.000", "1.005", 1005)],
)
def test_fee_is_entered_in_whole_units(
    now: datetime, editor: Client, currency: str, shown: str, entered: str, stored: int
) -> None:
    draft = make_draft(now=now, policy=make_policy(currency=currency))
    data = form_of(editor.get(page(draft)))
    assert data["reschedule_fee"] == shown

    editor.post(page(draft), data | {"reschedule_fee": entered})

    assert PolicyVersion.objects.get().reschedule_fee == stored


@pytest.mark.parametrize("entered", ["1.005", "-1", "NaN", "Infinity", "1e30", "10000000000000.01", "", "a lot"])
def test_fee_when_not_an_amount(now: datetime, editor: Client, entered: str) -> None:
    draft = make_draft(now=now)

    response = editor.post(page(draft), form_of(editor.get(page(draft))) | {"reschedule_fee": entered})

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["reschedule_fee"]
    assert PolicyVersion.objects.get().reschedule_fee == 100_00


def test_edit_draft_when_lint_finds_errors(now: datetime, editor: Client) -> None:
    draft = make_draft(now=now)
    data = form_of(editor.get(page(draft))) | {"tiers-0-percent": "50", "tiers-3-DELETE": "on", "note": "x"}

    response = editor.post(page(draft), data)

    sentence = "With 12 hours left 75% comes back, but with 24 hours left only 50%: more notice must never give less."
    text = response.content.decode()
    assert sentence in text
    assert "Nothing is said about less than 2 hours before the start." in text
    assert PolicyVersion.objects.get().note == ""
    assert tier_rows(draft)[0] == (Decimal(24), False, Decimal(100))


def test_edit_draft_when_hours_twice(now: datetime, editor: Client) -> None:
    draft = make_draft(now=now)

    response = editor.post(page(draft), form_of(editor.get(page(draft))) | {"tiers-0-hours": "12"})

    assert "There are two tiers at 12 hours. Keep one of them." in response.content.decode()
    assert tier_rows(draft)[0] == (Decimal(24), False, Decimal(100))


@pytest.mark.parametrize(
    ("field", "entered"),
    [("hours", "-1"), ("hours", "9000"), ("percent", "101"), ("percent", "-1"), ("percent", "NaN"), ("hours", "1.005")],
)
def test_edit_draft_when_tier_out_of_range(now: datetime, editor: Client, field: str, entered: str) -> None:
    draft = make_draft(now=now)
    before = tier_rows(draft)

    response = editor.post(page(draft), form_of(editor.get(page(draft))) | {f"tiers-1-{field}": entered})

    assert list(response.context["inline_admin_formsets"][0].formset.errors[1]) == [field]
    assert tier_rows(draft) == before


def test_edit_draft_when_lint_warns_saves_and_says_so(now: datetime, editor: Client) -> None:
    draft = make_draft(now=now)

    response = editor.post(page(draft), form_of(editor.get(page(draft))) | {"free_reschedules": "3"}, follow=True)

    assert messages_of(response)[0] == (
        "Moves that are free: 3, but only 2 are allowed. Allow more or make fewer free."
    )
    assert PolicyVersion.objects.get().free_reschedules == 3


def test_edit_draft_cannot_set_what_publishing_sets(now: datetime, editor: Client) -> None:
    draft = make_draft(now=now)
    forged = {"status": "published", "number": "7", "published_by": "me", "drafted_by": "me", "policy": "1"}

    editor.post(page(draft), form_of(editor.get(page(draft))) | forged)

    stored = PolicyVersion.objects.get()
    assert (stored.status, stored.number, stored.published_by, stored.drafted_by) == ("draft", None, "", "Asha")


def test_edit_when_only_allowed_to_look(now: datetime) -> None:
    draft = make_draft(now=now)
    client = staff_client("view_policyversion")
    response = client.get(page(draft))

    assert "₹100.00" in response.content.decode()
    assert client.post(page(draft), {"note": "x"}).status_code == 403
    assert PolicyVersion.objects.get().note == ""


def test_edit_when_no_right_at_all(now: datetime) -> None:
    assert staff_client("view_policy").get(page(make_draft(now=now))).status_code == 403


def test_edit_when_published(now: datetime, editor: Client) -> None:
    published = make_published(now=now)

    assert editor.get(page(published)).context["has_change_permission"] is False
    assert editor.post(page(published), {"note": "x"}).status_code == 403
    assert PolicyVersion.objects.get().note == ""


def test_edit_when_published_by_a_superuser(now: datetime, admin_client: Client) -> None:
    published = make_published(now=now)

    assert admin_client.post(page(published), {"note": "x"}).status_code == 403
    assert PolicyVersion.objects.get().note == ""


def test_edit_when_version_unknown(editor: Client) -> None:
    response = editor.post(reverse("admin:policies_policyversion_change", args=["never"]), {})

    assert response.status_code == 302


def test_delete_draft(now: datetime, editor: Client) -> None:
    draft = make_draft(now=now)
    assert editor.get(delete_page(draft)).status_code == 200

    editor.post(delete_page(draft), {"post": "yes"})

    assert PolicyVersion.objects.count() == 0


def test_delete_when_published(now: datetime, editor: Client) -> None:
    published = make_published(now=now)

    assert editor.post(delete_page(published), {"post": "yes"}).status_code == 403
    assert PolicyVersion.objects.count() == 1


def test_list_offers_no_actions_and_no_add(now: datetime, editor: Client) -> None:
    replace_tiers(make_draft(now=now), ("0", True, "1"))
    address = reverse("admin:policies_policyversion_changelist")

    response = editor.post(address, {"action": "delete_selected", "_selected_action": ["1"], "post": "yes"})

    assert response.status_code == 200
    assert PolicyVersion.objects.count() == 1
    assert editor.get(reverse("admin:policies_policyversion_add")).status_code == 403
