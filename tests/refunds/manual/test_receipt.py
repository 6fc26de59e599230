"""The cash desk's receipt, and the claim number of the insurance window."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db.models import Q
from django.test import Client

from refunds import operations
from refunds.admin import scope, scope_by
from refunds.models import Method, Refund, Way
from tests.refunds import builders

pytestmark = pytest.mark.usefixtures("promises")


@pytest.fixture(autouse=True)
def _everybody_sees_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of other apps are for their own tests."""
    monkeypatch.setattr(scope, "_rules", [])


def staff(*permissions: str) -> Client:
    user = get_user_model().objects.create_user(email="desk@example.org", full_name="Desk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="refunds"))
    browser = Client()
    browser.force_login(user)
    return browser


def cash(*, is_paid: bool = True) -> Refund:
    refund = builders.refund(builders.by_hand(), way=Way.CASH)
    if is_paid:
        operations.confirm_by_hand(refund_id=refund.pk, actor="staff:7", evidence="C-118", now=builders.NOW)
    return refund


def insured() -> Refund:
    return builders.refund(builders.by_hand(method=Method.INSURANCE), way=Way.INSURANCE_WINDOW)


def receipt(refund: Refund) -> str:
    return f"/admin/refunds/refund/{refund.pk}/receipt/"


def decide(refund: Refund) -> str:
    return f"/admin/refunds/refund/{refund.pk}/decide/"


def test_receipt_when_paid_in_cash() -> None:
    refund = cash()
    browser = staff("view_refund", "confirm_refund")
    text = browser.get(receipt(refund)).content.decode()

    assert [word for word in ("C-118", "₹750.00", "staff:7", str(refund.pk)) if word not in text] == []
    assert f'href="{receipt(refund)}"' in browser.get(decide(refund)).content.decode()


def test_receipt_when_not_paid() -> None:
    assert staff("view_refund").get(receipt(cash(is_paid=False))).status_code == 404


def test_receipt_when_paid_otherwise() -> None:
    refund = builders.refund(builders.by_hand(), way=Way.BANK_TRANSFER)
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:7", evidence="T-1", now=builders.NOW)

    assert staff("view_refund").get(receipt(refund)).status_code == 404


def test_receipt_when_out_of_scope() -> None:
    scope_by(lambda _user: Q(source="chain:2"))

    assert staff("view_refund").get(receipt(cash())).status_code == 404


def test_receipt_when_permission_is_missing() -> None:
    assert staff("view_payment").get(receipt(cash())).status_code == 403


def test_claim_when_confirmed() -> None:
    refund = insured()
    browser = staff("view_refund", "confirm_refund")
    assert "Claim number" in browser.get(decide(refund)).content.decode()
    browser.post(decide(refund), {"decision": "confirm", "receipt": " CL-9 "})

    attempt = builders.attempt(refund)
    assert (attempt.reference, attempt.evidence["claim"]) == ("CL-9", "CL-9")
    assert Refund.objects.get().status == "completed"


def test_claim_when_missing() -> None:
    refund = insured()
    answer = staff("view_refund", "confirm_refund").post(decide(refund), {"decision": "confirm"})

    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["Enter the claim number."]
    assert Refund.objects.get().status == "pending"


def test_list_when_of_the_insurance_window() -> None:
    refund, other = insured(), cash(is_paid=False)
    address = "/admin/refunds/refund/?way__exact=insurance_window&status__in=pending,processing"
    text = staff("view_refund", "confirm_refund").get(address).content.decode()

    assert str(refund.pk) in text
    assert str(other.pk) not in text
