"""One transaction a deed, tried again where that is right."""

import pytest
from django.db import OperationalError, connection, transaction

from appointments.errors import ChangedMeanwhileError, DomainError, WrongStatusError
from appointments.models import ReasonCode
from appointments.transactions import in_one_transaction
from tests import factories as make


class Refusal(Exception):
    """What the database driver raises, with its code."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def database_says(sqlstate: str) -> OperationalError:
    error = OperationalError("try again")
    error.__cause__ = Refusal(sqlstate)
    return error


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr("appointments.transactions.time.sleep", slept.append)
    return slept


def failing(*errors: Exception) -> tuple[list[int], object]:
    tries: list[int] = []
    left = list(errors)

    @in_one_transaction
    def deed(*, code: str) -> str:
        tries.append(1)
        make.ReasonCodeFactory.create(code=code)
        assert connection.in_atomic_block
        if left:
            raise left.pop(0)
        return code

    return tries, deed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [database_says("40001"), database_says("40P01"), ChangedMeanwhileError()])
def test_deed_when_it_may_be_tried_again(error: Exception, naps: list[float]) -> None:
    tries, deed = failing(error, error)

    assert deed(code="late") == "late"  # type: ignore[operator]

    assert len(tries) == 3
    assert ReasonCode.objects.count() == 1
    assert len(naps) == 2
    assert 0 <= naps[0] <= 0.04
    assert 0 <= naps[1] <= 0.08


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [database_says("40P01"), ChangedMeanwhileError()])
def test_deed_when_it_never_works(error: Exception) -> None:
    tries, deed = failing(*[error] * 9)

    with pytest.raises(type(error)):
        deed(code="never")  # type: ignore[operator]

    assert len(tries) == 5
    assert ReasonCode.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [database_says("57014"), OperationalError("gone"), WrongStatusError(), ValueError()])
def test_deed_when_trying_again_is_wrong(error: Exception) -> None:
    tries, deed = failing(error)

    with pytest.raises(type(error)):
        deed(code="once")  # type: ignore[operator]

    assert len(tries) == 1
    assert ReasonCode.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_deed_when_inside_another_transaction() -> None:
    tries, deed = failing(ChangedMeanwhileError())

    with pytest.raises(DomainError), transaction.atomic():
        deed(code="inner")  # type: ignore[operator]

    assert len(tries) == 1
