"""The desk: it reads everything, changes nothing but through operations, and only with the permission."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client

from refunds import operations
from refunds.admin import scope, scope_by
from refunds.gateways.base import Rejected
from refunds.models import Refund, RefundEvent, Way
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")
VIEWS = ("view_refund", "view_payment", "view_ledgerentry", "view_incident")


def staff(*permissions: str) -> Client:
    """A browser in which staff with these permissions are logged in."""
    user = get_user_model().objects.create_user(email="desk@example.org", full_name="Desk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="refunds"))
    browser = Client()
    browser.force_login(user)
    return browser


def cash() -> Refund:
    return builders.refund(builders.by_hand(), way=Way.CASH)


def page_of(refund: Refund) -> str:
    return f"/admin/refunds/refund/{refund.pk}/decide/"


def said(answer: object) -> list[str]:
    request = answer.wsgi_request  # type: ignore[attr-defined]
    return [str(message) for message in get_messages(request)]


def status(refund: Refund) -> str:
    return str(Refund.objects.get(pk=refund.pk).status)


@pytest.fixture
def declined(gateway: FakeGateway) -> Refund:
    """Failed for certain."""
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = Rejected("closed_card", "The card is closed.")
    return builders.work(refund)


@pytest.fixture(autouse=True)
def _everybody_sees_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of other apps are for their own tests."""
    monkeypatch.setattr(scope, "_rules", [])


@pytest.fixture
def scoped() -> None:
    """A rule that shows the desk the second chain only."""
    scope_by(second_chain)
    scope_by(second_chain)


def second_chain(_user: object) -> Q:
    return Q(source="chain:2") | ~Q(source__startswith="chain:")


@pytest.mark.parametrize("model", ["refund", "payment", "ledgerentry", "incident"])
def test_list_when_read(model: str, gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact(amount=1)
    builders.work(refund)

    assert staff(*VIEWS).get(f"/admin/refunds/{model}/").status_code == 200


def test_list_when_searched_and_filtered() -> None:
    refund = cash()
    answer = staff(*VIEWS).get("/admin/refunds/refund/?status__exact=pending&way__exact=cash&q=chain:1")
    text = answer.content.decode()

    assert str(refund.pk) in text
    assert "₹750.00" in text
    assert "chain:1" in text


@pytest.mark.parametrize("model", ["refund", "payment", "ledgerentry", "incident"])
def test_adding_when_superuser(model: str) -> None:
    boss = get_user_model().objects.create_superuser(email="boss@example.org", full_name="Boss")
    browser = Client()
    browser.force_login(boss)

    assert browser.get(f"/admin/refunds/{model}/add/").status_code == 403


def test_refund_when_posted_as_a_form() -> None:
    refund = cash()
    boss = get_user_model().objects.create_superuser(email="boss@example.org", full_name="Boss")
    browser = Client()
    browser.force_login(boss)

    assert browser.post(f"/admin/refunds/refund/{refund.pk}/change/", {"status": "completed"}).status_code == 403
    assert browser.post(f"/admin/refunds/refund/{refund.pk}/delete/", {"post": "yes"}).status_code == 403
    assert status(refund) == "pending"


def test_refund_when_opened(declined: Refund) -> None:
    text = staff(*VIEWS).get(f"/admin/refunds/refund/{declined.pk}/change/").content.decode()

    assert page_of(declined) in text
    assert "closed_card" in text
    assert builders.attempt(declined).key in text


def test_page_when_cash_is_waiting() -> None:
    refund = cash()
    text = staff("view_refund", "confirm_refund", "retry_refund").get(page_of(refund)).content.decode()

    assert 'value="confirm"' in text
    assert 'value="give_up"' in text
    assert 'value="retry"' not in text


def test_page_when_declined(declined: Refund) -> None:
    text = staff("view_refund", "retry_refund").get(page_of(declined)).content.decode()

    assert 'value="retry"' in text
    assert 'value="another_way"' in text
    assert '<option value="cash">' in text
    assert 'value="confirm"' not in text


def test_page_when_nothing_can_be_decided() -> None:
    refund = builders.refund(builders.payment(), way=Way.CREDIT, holder="patient:1")

    assert "nothing to decide" in staff("retry_refund").get(page_of(refund)).content.decode()


def test_page_when_without_permission() -> None:
    refund = cash()

    assert staff(*VIEWS).get(page_of(refund)).status_code == 403


def test_page_when_logged_out() -> None:
    refund = cash()
    answer = Client().post(page_of(refund), {"decision": "confirm", "receipt": "C-7"})

    assert answer.status_code == 302
    assert status(refund) == "pending"


def test_page_when_read_changes_nothing() -> None:
    refund = cash()
    staff("confirm_refund").get(page_of(refund) + "?decision=confirm&receipt=C-7")

    assert status(refund) == "pending"


def post(refund: Refund, permission: str, **form: str) -> HttpResponse:
    return staff(permission).post(page_of(refund), form)  # type: ignore[return-value]


def test_cash_when_confirmed_at_the_desk() -> None:
    refund = cash()
    answer = post(refund, "confirm_refund", decision="confirm", receipt="C-7")

    assert said(answer) == ["Done."]
    assert status(refund) == "completed"
    assert RefundEvent.objects.last().actor.startswith("staff:")  # type: ignore[union-attr]


def test_cash_when_confirmed_without_receipt_at_the_desk() -> None:
    refund = cash()
    answer = post(refund, "confirm_refund", decision="confirm")

    assert said(answer) == ["Enter the receipt number."]
    assert status(refund) == "pending"


@pytest.mark.parametrize("decision", ["confirm", "give_up", "returned"])
def test_confirming_when_only_retrying_is_allowed(decision: str) -> None:
    refund = cash()

    assert post(refund, "retry_refund", decision=decision, receipt="C-7", reason="x").status_code == 403
    assert status(refund) == "pending"


@pytest.mark.parametrize("decision", ["retry", "another_way", "resolve"])
def test_retrying_when_only_confirming_is_allowed(declined: Refund, decision: str) -> None:
    assert post(declined, "confirm_refund", decision=decision, way="cash", reason="x").status_code == 403
    assert status(declined) == "failed"


def test_decision_when_unknown() -> None:
    refund = cash()

    assert post(refund, "confirm_refund", decision="complete").status_code == 404
    assert status(refund) == "pending"


def test_give_up_when_reasoned() -> None:
    refund = cash()
    post(refund, "confirm_refund", decision="give_up", reason="Never came.")

    assert (status(refund), Refund.objects.get().reason_text) == ("failed", "Never came.")


def test_give_up_when_without_reason() -> None:
    refund = cash()

    assert said(post(refund, "confirm_refund", decision="give_up", reason=" ")) == ["Enter a reason."]
    assert status(refund) == "pending"


def test_return_when_recorded() -> None:
    refund = cash()
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=builders.NOW)
    post(refund, "confirm_refund", decision="returned", reason="Account closed.")

    assert status(refund) == "failed"


def test_retry_when_pressed(declined: Refund) -> None:
    post(declined, "retry_refund", decision="retry")

    assert status(declined) == "processing"


@pytest.mark.parametrize(
    ("way", "after", "words"),
    [
        ("cash", "processing", "Done."),
        ("gold", "failed", "This payment cannot be refunded that way."),
        ("credit", "failed", "This payment cannot be refunded that way."),
    ],
)
def test_another_way_when_chosen(declined: Refund, way: str, after: str, words: str) -> None:
    assert said(post(declined, "retry_refund", decision="another_way", way=way)) == [words]
    assert status(declined) == after


def test_unknown_when_resolved_at_the_desk(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    builders.give_up(refund, gateway)
    text = staff("retry_refund").get(page_of(refund)).content.decode()
    assert 'value="resolve"' in text

    gateway.found = (fact("succeeded"),)
    get_user_model().objects.all().delete()
    post(refund, "retry_refund", decision="resolve", reason="Asked by phone.")
    assert status(refund) == "completed"


def test_desk_when_out_of_scope(scoped: None) -> None:
    refund = cash()
    browser = staff("confirm_refund", *VIEWS)
    answer = browser.post(page_of(refund), {"decision": "confirm", "receipt": "C-7"})

    assert answer.status_code == 404
    assert status(refund) == "pending"
    for model in ("refund", "payment", "ledgerentry"):
        assert "chain:1" not in browser.get(f"/admin/refunds/{model}/").content.decode()
    assert browser.get(f"/admin/refunds/refund/{refund.pk}/change/").status_code == 302
