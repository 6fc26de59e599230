"""Whether money is where it belongs after everything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from tests.fake_provider.client import FakeProvider

_REFUNDS = """
SELECT r.id::text, p.provider_id, r.amount, r.status, r.reason_code, COUNT(a.id) AS tries
FROM refunds_refund r JOIN refunds_payment p ON p.id = r.payment_id LEFT JOIN refunds_refundattempt a ON a.refund_id = r.id
GROUP BY r.id, p.provider_id, r.amount, r.status, r.reason_code
"""
_HURRY = (
    "UPDATE refunds_refund SET next_at = now() WHERE next_at > now() AND status IN ('pending', 'processing')",
    "UPDATE refunds_breaker SET paused_until = now() WHERE paused_until > now()",
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One refund, and the provider's name for the payment it came from."""

    refund: str
    payment: str
    amount: int
    status: str
    reason: str
    tries: int


def read_refunds(database_url: str) -> list[Row]:
    """Every refund."""
    with psycopg.connect(database_url, connect_timeout=2) as connection:
        rows = connection.execute(_REFUNDS).fetchall()
    return [Row(refund=r, payment=p, amount=a, status=s, reason=why, tries=n) for r, p, a, s, why, n in rows]


def hurry(database_url: str) -> None:
    """What waits for its time has waited long enough: hours of backoff in seconds. Leases stay as they are."""
    with psycopg.connect(database_url, connect_timeout=2) as connection:
        for statement in _HURRY:
            connection.execute(statement)


def closed_cards(fake: FakeProvider) -> set[str]:
    """Payments whose refunds cannot arrive."""
    return {payment["id"] for payment in fake.ask("payments") if payment["closed_card"]}


def problems(
    rows: Sequence[Row], *, executed: Mapping[str, tuple[int, int]], closed: set[str], expected: int
) -> list[str]:
    """Everything that is not as it must be: `executed` says for each payment how many refunds stand at the provider, and their sum."""
    found = [] if len(rows) == expected else [f"{len(rows)} refunds, not {expected}"]
    found += [
        f"{payment}: refunded twice" for payment, many in Counter(row.payment for row in rows).items() if many > 1
    ]
    for row in rows:
        wanted = (0, 0) if row.payment in closed else (1, row.amount)
        status = "failed" if row.payment in closed else "completed"
        stands = executed.get(row.payment, (0, 0))
        if row.status != status:
            found.append(f"{row.refund}: {row.status} ({row.reason}), not {status}; at the provider {stands}")
        elif stands != wanted:
            found.append(f"{row.refund}: {row.status}, but the provider made {stands}, not {wanted}")
    known = {row.payment for row in rows}
    found += [f"{payment}: refunded, and nobody asked for it" for payment in executed if payment not in known]
    return found
