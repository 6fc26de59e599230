"""The preview of a version, and publishing from there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from policies.admin.preview import fingerprint
from policies.models import PolicyVersion
from tests.policies.admin.people import messages_of, staff_client
from tests.policies.make import make_draft, make_published, replace_tiers

pytestmark = pytest.mark.django_db

RIGHTS = ("view_policyversion", "publish_policyversion")


def page(version: PolicyVersion) -> str:
    return reverse("admin:policies_policyversion_preview", args=[version.pk])


def press_publish(client: Client, version: PolicyVersion, *, now: datetime, **entered: str) -> Any:
    data = {"seen": fingerprint(version), "effective_from": ""} | entered
    with time_machine.travel(now, tick=False):
        return client.post(reverse("admin:policies_policyversion_publish", args=[version.pk]), data, follow=True)


def is_draft(version: PolicyVersion) -> bool:
    return PolicyVersion.objects.get(pk=version.pk).status == "draft"


def test_preview_shows_picture_and_words(now: datetime) -> None:
    text = staff_client("view_policyversion").get(page(make_draft(now=now))).content.decode()

    assert "More than 24 hours before the start: 100% back." in text
    assert "Nothing is wrong with it." in text
    picture = text[text.index("<svg") :]
    picture = picture[: picture.index("</svg>")]
    assert re.findall(r'<rect x="(\d+)" y="(\d+)" width="120" height="(\d+)"', picture) == [
        ("0", "30", "150"),
        ("120", "68", "112"),
        ("240", "105", "75"),
        ("360", "180", "0"),
    ]
    assert re.findall(r"<text[^>]*>([^<]*)</text>", picture) == [
        "100%",
        "24 hours",
        "75%",
        "12 hours",
        "50%",
        "2 hours",
        "0%",
        "start",
    ]
    assert "style=" not in picture


def test_preview_shows_problems(now: datetime) -> None:
    draft = make_draft(now=now, cooling_off_hours=1000)
    replace_tiers(draft, ("2", True, "50"))

    text = staff_client(*RIGHTS).get(page(draft)).content.decode()

    assert re.sub(r"\s+", " ", text).count("Error: </strong> Nothing is said about less than 2 hours") == 1
    assert re.sub(r"\s+", " ", text).count("Warning: </strong> The cooling-off period is longer") == 1
    assert 'name="seen"' not in text


def test_preview_offers_publishing_to_whom_it_may_concern(now: datetime) -> None:
    assert 'name="seen"' in staff_client(*RIGHTS).get(page(make_draft(now=now))).content.decode()


def test_preview_when_no_right_to_publish(now: datetime) -> None:
    client = staff_client("view_policyversion", "change_policyversion")

    assert 'name="seen"' not in client.get(page(make_draft(now=now))).content.decode()


def test_preview_when_published_offers_nothing(now: datetime) -> None:
    response = staff_client(*RIGHTS).get(page(make_published(now=now)))

    assert response.status_code == 200
    assert 'name="seen"' not in response.content.decode()


def test_preview_when_no_right_to_look(now: datetime) -> None:
    assert staff_client("view_policy").get(page(make_draft(now=now))).status_code == 403


def test_preview_when_version_unknown() -> None:
    address = reverse("admin:policies_policyversion_preview", args=[404])

    assert staff_client(*RIGHTS).get(address).status_code == 404


def test_preview_is_linked_from_the_draft(now: datetime) -> None:
    draft = make_draft(now=now)
    address = reverse("admin:policies_policyversion_change", args=[draft.pk])

    assert page(draft) in staff_client("view_policyversion").get(address).content.decode()


def test_publish(now: datetime) -> None:
    draft = make_draft(now=now)
    client = staff_client(*RIGHTS)
    account = client.session["_auth_user_id"]

    response = press_publish(client, draft, now=now)

    assert messages_of(response) == ["Published: Standard, version 1."]
    stored = PolicyVersion.objects.get()
    assert (stored.status, stored.number, stored.effective_from) == ("published", 1, now)
    assert stored.published_by == f"Asha Rao, account {account}"


def test_publish_when_it_takes_effect_later(now: datetime) -> None:
    draft = make_draft(now=now)

    press_publish(staff_client(*RIGHTS), draft, now=now, effective_from="2026-12-01T00:00")

    assert PolicyVersion.objects.get().effective_from == datetime(2026, 12, 1, tzinfo=UTC)


def test_publish_when_it_would_take_effect_in_the_past(now: datetime) -> None:
    draft = make_draft(now=now)

    response = press_publish(staff_client(*RIGHTS), draft, now=now, effective_from="2026-11-02T08:59")

    assert messages_of(response) == ["The version would take effect in the past. Choose a time from now on."]
    assert is_draft(draft)


def test_publish_when_no_date(now: datetime) -> None:
    draft = make_draft(now=now)

    response = press_publish(staff_client(*RIGHTS), draft, now=now, effective_from="soon")

    assert messages_of(response) == ["Enter a valid date/time."]
    assert is_draft(draft)


def test_publish_when_draft_changed_since_it_was_seen(now: datetime) -> None:
    draft = make_draft(now=now)
    seen = fingerprint(draft)
    replace_tiers(draft, ("0", True, "100"))

    response = press_publish(staff_client(*RIGHTS), draft, now=now, seen=seen)

    assert messages_of(response) == ["The draft has changed since you looked at it. Check it again."]
    assert is_draft(draft)


def test_publish_when_timings_changed_since_they_were_seen(now: datetime) -> None:
    draft = make_draft(now=now)
    seen = fingerprint(draft)
    PolicyVersion.objects.update(slot_release_minutes=60)

    press_publish(staff_client(*RIGHTS), draft, now=now, seen=seen)

    assert is_draft(draft)


def test_publish_when_lint_finds_errors(now: datetime) -> None:
    draft = make_draft(now=now)
    replace_tiers(draft)

    response = press_publish(staff_client(*RIGHTS), draft, now=now)

    assert messages_of(response) == ["There are no tiers, so nothing ever comes back. Add a tier at 0 hours at least."]
    assert is_draft(draft)


def test_publish_when_published_already(now: datetime) -> None:
    published = make_published(now=now)

    response = press_publish(staff_client(*RIGHTS), published, now=now + timedelta(days=1))

    assert messages_of(response) == ["It is published already."]
    assert PolicyVersion.objects.get().published_at == now


def test_publish_when_no_right(now: datetime) -> None:
    draft = make_draft(now=now)

    response = press_publish(staff_client("view_policyversion", "change_policyversion"), draft, now=now)

    assert response.status_code == 403
    assert is_draft(draft)


def test_publish_when_no_right_to_look(now: datetime) -> None:
    draft = make_draft(now=now)

    assert press_publish(staff_client("publish_policyversion"), draft, now=now).status_code == 403
    assert is_draft(draft)


def test_publish_when_get_changes_nothing(now: datetime) -> None:
    draft = make_draft(now=now)
    address = reverse("admin:policies_policyversion_publish", args=[draft.pk])

    assert staff_client(*RIGHTS).get(address).status_code == 405
    assert is_draft(draft)


def test_publish_when_logged_out(now: datetime) -> None:
    draft = make_draft(now=now)

    response = Client().post(reverse("admin:policies_policyversion_publish", args=[draft.pk]), {})

    assert response.status_code == 302
    assert is_draft(draft)


def test_publish_when_forged_by_another_site(now: datetime) -> None:
    draft = make_draft(now=now)
    client = staff_client(*RIGHTS)
    client.handler.enforce_csrf_checks = True

    assert press_publish(client, draft, now=now).status_code == 403
    assert is_draft(draft)
