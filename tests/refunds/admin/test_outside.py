"""What happened outside, on the desk: seen by whoever may, within their scope, and changed by nobody."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.test import Client

from refunds import breaker
from refunds.admin import scope, scope_by
from refunds.models import Breaker, Dispute, OutsideRefund
from refunds.reconcile.disputes import take_in_dispute
from refunds.reconcile.outside import book_outside
from tests.refunds import builders
from tests.refunds.reconcile.account import dispute, outside

pytestmark = pytest.mark.usefixtures("promises")
PAGES = ("outsiderefund", "dispute", "incident", "breaker")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Staff who may look at all of it."""
    monkeypatch.setattr(scope, "_rules", [])
    user = get_user_model().objects.create_user(email="desk@example.org", full_name="Desk", is_staff=True)
    names = [f"view_{page}" for page in PAGES]
    user.user_permissions.set(Permission.objects.filter(codename__in=names, content_type__app_label="refunds"))
    logged_in = Client()
    logged_in.force_login(user)
    return logged_in


@pytest.fixture(autouse=True)
def _much_happened(promises: None) -> None:
    builders.payment_at("fake")
    book_outside(gateway="fake", fact=outside(), now=builders.NOW)
    take_in_dispute(gateway="fake", fact=dispute(), now=builders.NOW + timedelta(minutes=1))
    for _ in range(3):
        breaker.note_refusal(gateway="fake", now=builders.NOW)


def shown(desk: Client, page: str) -> str:
    return desk.get(f"/admin/refunds/{page}/").content.decode()


def test_lists_when_allowed(desk: Client) -> None:
    assert shown(desk, "outsiderefund").count("₹100.00") == 2
    assert "dp_1" in shown(desk, "dispute")
    assert "Money was refunded outside this system" in shown(desk, "incident")
    assert "fake" in shown(desk, "breaker")


@pytest.mark.parametrize("page", ["outsiderefund", "dispute"])
def test_lists_when_of_another_centre(desk: Client, page: str) -> None:
    scope_by(lambda _user: Q(source="chain:2"))

    assert "fake" not in shown(desk, page)


@pytest.mark.parametrize("page", PAGES)
def test_lists_when_not_allowed(page: str) -> None:
    user = get_user_model().objects.create_user(email="other@example.org", full_name="Other", is_staff=True)
    other = Client()
    other.force_login(user)

    assert other.get(f"/admin/refunds/{page}/").status_code == 403


@pytest.mark.parametrize(
    ("page", "model"), [("outsiderefund", OutsideRefund), ("dispute", Dispute), ("breaker", Breaker)]
)
def test_rows_when_somebody_tries_to_change_them(desk: Client, page: str, model: type) -> None:
    row = model.objects.get()  # type: ignore[attr-defined]
    get_user_model().objects.update(is_superuser=True)

    assert desk.post(f"/admin/refunds/{page}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get(f"/admin/refunds/{page}/add/").status_code == 403
    assert model.objects.count() == 1  # type: ignore[attr-defined]
