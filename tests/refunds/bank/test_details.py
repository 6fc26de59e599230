"""Bank details that can be right, and what is said about the others."""

import pytest

from refunds.bank.details import BankDetails, checked_details, kind_for
from refunds.bank.errors import BadDetails
from refunds.models import AccountKind
from tests.refunds.bank.accounts import IBAN, INDIA

INDIAN = {"name": "Meera Shah", "account": "004501536819", "account_again": "004501536819", "branch": "HDFC0001234"}
BRITISH = {"name": "Rosa Adeyemi", "account": "55779911", "account_again": "55779911", "branch": "20-00-00"}


def problems(kind: AccountKind, given: dict[str, str]) -> dict[str, str]:
    with pytest.raises(BadDetails) as refused:
        checked_details(kind=kind, given=given)
    return {field: str(sentence) for field, sentence in refused.value.problems.items()}


def test_iban_when_right() -> None:
    given = {"name": "  Rosa   Adeyemi ", "account": "de89 3704 0044 0532 0130 00"}

    assert checked_details(kind=AccountKind.IBAN, given=given) == IBAN


@pytest.mark.parametrize(
    "account", ["DE88370400440532013000", "DE8937040044053201300", "XX89370400440532013000", "1234"]
)
def test_iban_when_wrong(account: str) -> None:
    assert problems(AccountKind.IBAN, {"name": "Rosa", "account": account}) == {
        "account": "This IBAN is not right. Check every character"
    }


def test_iban_when_nothing_was_typed() -> None:
    assert problems(AccountKind.IBAN, {}) == {
        "name": "Enter the name on the account",
        "account": "Enter your IBAN",
    }


def test_indian_account_when_right() -> None:
    assert checked_details(kind=AccountKind.INDIA, given=INDIAN | {"branch": "hdfc 0001234"}) == INDIA


@pytest.mark.parametrize("branch", ["", "HDFC1001234", "HDFC000123", "HDF00001234", "HDFC00012345", "=DFC0001234"])
def test_ifsc_when_wrong(branch: str) -> None:
    assert problems(AccountKind.INDIA, INDIAN | {"branch": branch}) == {
        "branch": "Enter the IFSC: 11 characters, the fifth is a zero, such as HDFC0001234"
    }


@pytest.mark.parametrize("account", ["12345678", "1" * 19, "12345678A", "१२३४५६७८९"])
def test_indian_account_when_wrong(account: str) -> None:
    assert problems(AccountKind.INDIA, INDIAN | {"account": account, "account_again": account}) == {
        "account": "Enter the account number: 9 to 18 digits"
    }


@pytest.mark.parametrize(("kind", "given"), [(AccountKind.INDIA, INDIAN), (AccountKind.UK, BRITISH)])
def test_account_when_typed_differently_the_second_time(kind: AccountKind, given: dict[str, str]) -> None:
    assert problems(kind, given | {"account_again": "99999999"}) == {
        "account_again": "The account numbers are not the same. Check both"
    }


def test_british_account_when_right() -> None:
    assert checked_details(kind=AccountKind.UK, given=BRITISH) == BankDetails(
        kind=AccountKind.UK, name="Rosa Adeyemi", account="55779911", branch="200000"
    )


def test_british_account_when_wrong() -> None:
    assert problems(AccountKind.UK, BRITISH | {"account": "5577991", "branch": "20000"}) == {
        "branch": "Enter the sort code: 6 digits, such as 20-00-00",
        "account": "Enter the account number: 8 digits; put a zero in front if yours has 7",
    }


def test_name_when_too_long() -> None:
    given = {"name": "R" * 71, "account": IBAN.account}

    assert problems(AccountKind.IBAN, given) == {"name": "The name on the account must be 70 characters or less"}


def test_name_when_it_hides_characters() -> None:
    given = {"name": "Rosa\x00\u202e\r\nAdeyemi", "account": IBAN.account}

    assert checked_details(kind=AccountKind.IBAN, given=given).name == "Rosa Adeyemi"


def test_details_when_printed() -> None:
    assert repr(INDIA) == "<BankDetails •••• 6819>"
    assert f"{INDIA}" == "<BankDetails •••• 6819>"


@pytest.mark.parametrize(
    ("currency", "kind"),
    [
        ("INR", AccountKind.INDIA),
        ("GBP", AccountKind.UK),
        ("EUR", AccountKind.IBAN),
        ("KWD", AccountKind.IBAN),
        ("JPY", None),
    ],
)
def test_kind_when_currency(currency: str, kind: AccountKind | None) -> None:
    assert kind_for(currency=currency) == kind
