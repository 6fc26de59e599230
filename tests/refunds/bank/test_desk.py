"""Bank files at the desk: POST only, with the permission only, and never an account in full."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import Settings

from refunds.admin import scope
from refunds.models import BankBatch, BankBatchRow, Refund, RefundPayee
from tests.refunds import builders
from tests.refunds.bank.accounts import INDIA, OTHER, give, payable, transfer
from tests.refunds.bank.files import execute, make, released, row_states, status

pytestmark = pytest.mark.usefixtures("promises")
MAKE = "/admin/refunds/bankbatch/make/"
SIGHT = ("view_bankbatch", "view_refund", "view_refundpayee", "confirm_refund", "retry_refund")


@pytest.fixture(autouse=True)
def _everybody_sees_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of other apps are for their own tests."""
    monkeypatch.setattr(scope, "_rules", [])


def staff(*permissions: str) -> Client:
    """A browser in which staff with these permissions are signed in."""
    number = get_user_model().objects.count()
    user = get_user_model().objects.create_user(email=f"desk{number}@example.org", full_name="Desk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="refunds"))
    browser = Client()
    browser.force_login(user)
    return browser


def finance() -> Client:
    return staff("make_bank_batch", *SIGHT)


def page_of(batch: BankBatch) -> str:
    return f"/admin/refunds/bankbatch/{batch.pk}/decide/"


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def test_make_page_when_read() -> None:
    payable(cause="cancel:1")
    transfer(cause="cancel:2")
    text = finance().get(MAKE).content.decode()

    assert 'value="INR:neft"' in text
    assert "One refund is ready." in text
    assert "One refund by bank transfer waits for the patient’s details." in text
    assert BankBatch.objects.count() == 0


def test_batch_when_made_at_the_desk() -> None:
    payable()
    answer = finance().post(MAKE, {"kind": "INR:neft"})

    batch = BankBatch.objects.get()
    assert answer["Location"] == page_of(batch)
    assert batch.made_by.startswith("staff:")


def test_batch_when_made_twice_at_the_desk() -> None:
    payable()
    browser = finance()
    first, second = (browser.post(MAKE, {"kind": "INR:neft"})["Location"] for _ in range(2))

    assert first == second
    assert f'href="{first}"' in browser.get(MAKE).content.decode()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("INR:neft", "No refund with bank details is ready for this kind of file."),
        ("INR:x", "This kind of file is not set up for this currency."),
        ("", "This kind of file is not set up for this currency."),
    ],
)
def test_batch_when_it_cannot_be_made(kind: str, words: str) -> None:
    assert said(finance().post(MAKE, {"kind": kind})) == [words]
    assert BankBatch.objects.count() == 0


def test_batch_when_permission_is_missing() -> None:
    payable()
    browser = staff(*SIGHT)

    assert browser.get(MAKE).status_code == 403
    assert browser.post(MAKE, {"kind": "INR:neft"}).status_code == 403
    assert BankBatch.objects.count() == 0


@pytest.mark.parametrize("deed", ["release", "execute", "void", "return", "download"])
def test_deed_when_permission_is_missing(deed: str) -> None:
    payable()
    batch = released()
    form = {"deed": deed, "statement": "S-7", "reason": "x", "row": BankBatchRow.objects.get().end_to_end_id}

    assert staff(*SIGHT).post(page_of(batch), form).status_code == 403
    assert (BankBatch.objects.get().state, row_states()) == ("released", ["listed"])


def test_batch_when_worked_off_at_the_desk() -> None:
    refund = payable()
    browser, batch = finance(), make()
    browser.post(page_of(batch), {"deed": "release"})
    assert browser.get(page_of(batch)).status_code == 200
    file = browser.post(page_of(batch), {"deed": "download"})
    assert file["Content-Disposition"] == f'attachment; filename="refunds-{batch.pk}.csv"'
    assert "no-store" in file["Cache-Control"]
    assert INDIA.account in file.content.decode()
    assert browser.get(page_of(batch)).status_code == 200

    browser.post(page_of(batch), {"deed": "execute", "statement": "S-7"})
    assert status(refund) == "completed"
    assert browser.post(page_of(batch), {"deed": "download"}).content == file.content
    browser.post(
        page_of(batch),
        {"deed": "return", "row": BankBatchRow.objects.get().end_to_end_id, "reason": "Account closed"},
    )
    assert status(refund) == "failed"


def test_file_when_it_is_not_released() -> None:
    payable()
    answer = finance().post(page_of(make()), {"deed": "download"})

    assert said(answer) == ["This cannot be done with the file as it stands."]
    assert answer.status_code == 302


def test_batch_when_void_at_the_desk() -> None:
    payable()
    batch = make()
    finance().post(page_of(batch), {"deed": "void", "reason": "Wrong day"})

    assert (BankBatch.objects.get().state, row_states()) == ("void", ["void"])


def test_release_when_by_who_made_it_at_the_desk(settings: Settings) -> None:
    settings.BANK_FOUR_EYES = True
    payable()
    browser = finance()
    page = browser.post(MAKE, {"kind": "INR:neft"})["Location"]

    assert said(browser.post(page, {"deed": "release"})) == ["Somebody else than who made this file has to release it."]
    assert BankBatch.objects.get().state == "made"


@pytest.mark.parametrize("form", [{"deed": "burn"}, {"deed": "return", "row": "x", "reason": "y"}, {}])
def test_deed_when_there_is_none(form: dict[str, str]) -> None:
    payable()
    batch = released()

    assert finance().post(page_of(batch), form).status_code == 404
    assert row_states() == ["listed"]


def test_page_when_there_is_no_file() -> None:
    assert finance().get("/admin/refunds/bankbatch/0b6f3f5e-58f4-4a0c-9a51-7a9c1d2e3f40/decide/").status_code == 404


def test_pages_when_read_show_no_account() -> None:
    refund = payable()
    batch = execute(released())
    browser = finance()
    pages = [
        page_of(batch),
        "/admin/refunds/bankbatch/",
        f"/admin/refunds/bankbatch/{batch.pk}/change/",
        f"/admin/refunds/refund/{refund.pk}/change/",
        f"/admin/refunds/refund/{refund.pk}/decide/",
    ]
    texts = [browser.get(page).content.decode() for page in pages]

    assert [INDIA.masked in text for text in texts] == [True, False, True, True, False]
    assert [secret for secret in (INDIA.account, INDIA.branch, "gAAAA") for text in texts if secret in text] == []


def test_details_when_staff_try_to_set_them() -> None:
    refund = payable()
    root = get_user_model().objects.create_superuser(email="root@example.org", full_name="Root")
    browser = Client()
    browser.force_login(root)
    typed = {"account": OTHER.account, "account_again": OTHER.account, "branch": OTHER.branch, "name": "Me"}
    for page in (
        f"refund/{refund.pk}/change/",
        f"refund/{refund.pk}/decide/",
        "refundpayee/add/",
        "refundpayee/1/change/",
    ):
        browser.post(f"/admin/refunds/{page}", typed | {"decision": "details", "sealed": "x", "masked": "x"})
    browser.post("/payout/bank/", typed)

    assert list(RefundPayee.objects.values_list("masked", "number")) == [(INDIA.masked, 1)]


def test_desk_when_it_confirms_what_is_at_the_bank() -> None:
    refund = payable()
    released()
    answer = finance().post(f"/admin/refunds/refund/{refund.pk}/decide/", {"decision": "confirm", "receipt": "T-1"})

    assert said(answer) == ["This refund is in a bank file. Say there what the bank did with it."]
    assert status(refund) == "pending"


def test_desk_when_it_confirms_on_hold() -> None:
    refund = payable()
    RefundPayee.objects.update(replaced_at=builders.NOW)
    RefundPayee.objects.create(
        refund=refund,
        number=2,
        kind="india",
        sealed="x",
        masked="•••• 3333",
        given_by="patient:1",
        given_at=builders.NOW,
        holds_until="2999-01-01T00:00Z",
        hold_reason="details_changed",
    )
    answer = finance().post(f"/admin/refunds/refund/{refund.pk}/decide/", {"decision": "confirm", "receipt": "T-1"})

    assert said(answer) == [
        "This refund is on hold for the patient’s safety. It can be released, or paid when the hold is over."
    ]
    assert Refund.objects.get().status == "pending"
    assert give(refund, INDIA).number == 3
