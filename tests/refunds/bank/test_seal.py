"""Sealed details open with our keys, for their own row, and for nobody else."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config import payouts
from refunds.bank import seal
from refunds.bank.errors import NoBankKeys, UnreadableDetails
from tests.refunds.bank.accounts import INDIA
from tests.refunds.bank.conftest import KEY


def test_details_when_sealed() -> None:
    sealed = seal.seal_details(INDIA, owner="refund:1")

    assert INDIA.account not in sealed
    assert seal.unseal_details(sealed, owner="refund:1") == INDIA


def test_details_when_copied_to_another_refund() -> None:
    sealed = seal.seal_details(INDIA, owner="refund:1")

    with pytest.raises(UnreadableDetails):
        seal.unseal_details(sealed, owner="refund:2")


def test_details_when_altered() -> None:
    sealed = seal.seal_details(INDIA, owner="refund:1")

    with pytest.raises(UnreadableDetails):
        seal.unseal_details(f"{sealed[:-3]}AA=", owner="refund:1")


def test_details_when_the_key_was_renewed(settings: Settings) -> None:
    sealed = seal.seal_details(INDIA, owner="refund:1")
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode(), KEY]

    assert seal.unseal_details(sealed, owner="refund:1") == INDIA


def test_details_when_the_key_is_gone(settings: Settings) -> None:
    sealed = seal.seal_details(INDIA, owner="refund:1")
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(UnreadableDetails):
        seal.unseal_details(sealed, owner="refund:1")


def test_details_when_there_is_no_key(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = []

    assert not seal.can_seal()
    with pytest.raises(NoBankKeys):
        seal.seal_details(INDIA, owner="refund:1")


@pytest.mark.parametrize(("may_derive", "count"), [(True, 1), (False, 0)])
def test_keys_when_none_are_given(may_derive: bool, count: int, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    monkeypatch.delenv("BANK_DETAILS_KEYS", raising=False)
    keys = payouts.bank_details_keys(secret_key="s" * 60, may_derive=may_derive)

    assert len([Fernet(key) for key in keys]) == count


def test_keys_when_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANK_DETAILS_KEYS", f"{KEY},{KEY}")

    assert payouts.bank_details_keys(secret_key="s" * 60, may_derive=True) == [KEY, KEY]


def test_keys_when_one_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANK_DETAILS_KEYS", "hunter2")

    with pytest.raises(ImproperlyConfigured):
        payouts.bank_details_keys(secret_key="s" * 60, may_derive=True)
