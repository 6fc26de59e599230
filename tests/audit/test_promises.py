"""Every promise, broken by SQL: refused by each guard it has and, past the guards, found by the audit."""

from collections import Counter

import pytest

from appointments.audit import PROMISES
from refunds.audit import check
from tests.audit.cases_appointments import MONEY, STATES
from tests.audit.cases_bank import BANK
from tests.audit.cases_history import HISTORY
from tests.audit.cases_leaves import LEAVES
from tests.audit.cases_money import BOOKS, WORK
from tests.audit.cases_waiting import WAITING
from tests.audit.tampering import Tampering, unguarded
from tests.factories import NOW

TAMPERINGS = STATES + MONEY + LEAVES + WAITING + BOOKS + BANK + HISTORY + WORK


@pytest.mark.django_db
@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.name)
def test_promise_when_broken_by_sql(tampering: Tampering) -> None:
    keys, now = tampering.scene(), NOW + tampering.after
    assert list(check(PROMISES, now=now)) == []

    with unguarded(tampering, keys):
        found = {finding.promise.code: finding.offenders for finding in check(PROMISES, now=now)}
    assert [offender.replace("-", "") for offender in found[tampering.code]] == [
        offender.format(**keys).replace("-", "") for offender in tampering.offenders
    ]
    assert list(check(PROMISES, now=now)) == []


def test_tampering_when_a_promise_is_added() -> None:
    assert {tampering.code for tampering in TAMPERINGS} == {promise.code for promise in PROMISES}


def test_codes_when_put_together() -> None:
    assert [code for code, times in Counter(promise.code for promise in PROMISES).items() if times > 1] == []
