"""Payments, refunds with every try and answer, and the books, as entries."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from appointments.timeline.entries import Entry, Fact, Topic
from policies.phrases import money
from refunds.models import (
    Checkout,
    Dispute,
    HoldRelease,
    Incident,
    LedgerEntry,
    OutsideRefund,
    Payment,
    PayoutLink,
    RefundAttempt,
    RefundEvent,
    RefundPayee,
)


def of_checkouts(checkouts: Iterable[Checkout]) -> Iterator[Entry]:
    """Yield the asks for money."""
    for checkout in checkouts:
        yield Entry(
            at=checkout.created_at,
            topic=Topic.PAYMENT,
            what=_("Payment page opened: %(amount)s") % {"amount": money(checkout.amount, checkout.currency)},
            facts=(
                (_("Gateway"), checkout.gateway),
                (_("State"), checkout.get_state_display()),
                (_("Number at the provider"), checkout.provider_id),
            ),
        )


def of_payments(payments: Iterable[Payment]) -> Iterator[Entry]:
    """Yield what came in."""
    for payment in payments:
        yield Entry(
            at=payment.captured_at,
            topic=Topic.PAYMENT,
            what=_("Payment of %(amount)s") % {"amount": money(payment.amount, payment.currency)},
            who=payment.recorded_by,
            number=1,
            facts=(
                (_("Method"), payment.get_method_display()),
                (_("Purpose"), payment.get_purpose_display()),
                (_("Gateway"), payment.gateway),
                (_("Number at the provider"), payment.provider_id),
                (_("Receipt"), payment.reference),
                (_("Counts for its cause"), "" if payment.usable else _("No, it goes back whole")),
            ),
        )


def of_refund_events(events: Iterable[RefundEvent]) -> Iterator[Entry]:
    """Yield every step of refunds."""
    for event in events:
        refund = event.refund
        yield Entry(
            at=event.at,
            topic=Topic.REFUND,
            what=_("Refund of %(amount)s: %(status)s")
            % {"amount": money(refund.amount, refund.currency), "status": event.get_to_status_display()},
            who=event.actor,
            number=event.sequence,
            facts=((_("Way"), refund.get_way_display()), (_("Note"), event.note), (_("Refund"), str(refund.pk))),
        )


def of_attempts(attempts: Iterable[RefundAttempt]) -> Iterator[Entry]:
    """Yield when a way was chosen and when a try first went to the provider, with what it answered."""
    for attempt in attempts:
        about = {"number": attempt.number, "channel": attempt.channel}
        yield Entry(
            at=attempt.created_at,
            topic=Topic.REFUND,
            what=_("Refund, try %(number)d by %(channel)s") % about,
            number=attempt.number,
            facts=_answers(attempt),
        )
        if attempt.first_sent_at:
            yield Entry(
                at=attempt.first_sent_at,
                topic=Topic.REFUND,
                what=_("Refund, try %(number)d sent to %(channel)s") % about,
                number=attempt.number,
                facts=((_("Key"), attempt.key), (_("Times sent"), str(attempt.sends))),
            )


def _answers(attempt: RefundAttempt) -> tuple[Fact, ...]:
    return (
        (_("State"), attempt.get_state_display()),
        (_("Key"), attempt.key),
        (_("Number at the provider"), attempt.provider_id or ""),
        (_("Receipt"), attempt.reference),
        *((name.replace("_", " "), _plain(value)) for name, value in attempt.evidence.items()),
    )


def _plain(value: Any) -> str:
    """Return a value out of a provider's answer in one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def of_ledger(entries: Iterable[LedgerEntry]) -> Iterator[Entry]:
    """Yield the lines of the books."""
    for entry in entries:
        yield Entry(
            at=entry.at,
            topic=Topic.LEDGER,
            what=f"{entry.get_kind_display()}: {money(entry.amount, entry.currency)}",
            number=entry.pk,
            facts=(
                (_("Debit"), entry.get_debit_display()),
                (_("Credit"), entry.get_credit_display()),
                (_("Key"), entry.key),
            ),
        )


def of_payees(payees: Iterable[RefundPayee]) -> Iterator[Entry]:
    """Yield when bank details were given, masked."""
    for payee in payees:
        yield Entry(
            at=payee.given_at,
            topic=Topic.REFUND,
            what=_("Bank details given"),
            who=payee.given_by,
            number=payee.number,
            facts=(
                (_("Account"), payee.masked),
                (_("On hold because"), payee.get_hold_reason_display() if payee.holds_until else ""),
            ),
        )


def of_releases(releases: Iterable[HoldRelease]) -> Iterator[Entry]:
    """Yield who let refunds on hold be paid."""
    for release in releases:
        yield Entry(
            at=release.released_at,
            topic=Topic.REFUND,
            what=_("Refund on hold released"),
            who=release.released_by,
            facts=((_("How it was made sure"), release.reason),),
        )


def of_payout_links(links: Iterable[PayoutLink]) -> Iterator[Entry]:
    """Yield when somebody could give bank details by a link, and until when."""
    for link in links:
        yield Entry(
            at=link.issued_at,
            topic=Topic.ACCESS,
            what=_("Link to give bank details issued"),
            who=link.issued_by,
            facts=((_("Wrong answers"), str(link.wrong_answers)),),
        )
        if link.revoked_at:
            yield Entry(
                at=link.revoked_at, topic=Topic.ACCESS, what=_("Link to give bank details taken back"), number=1
            )


def of_surprises(rows: Iterable[Incident | OutsideRefund | Dispute]) -> Iterator[Entry]:
    """Yield what providers did without us, and what must not happen."""
    for row in rows:
        if isinstance(row, Incident):
            details = tuple((name.replace("_", " "), _plain(value)) for name, value in row.details.items())
            facts = ((_("Gateway"), row.gateway), *details)
            yield Entry(at=row.at, topic=Topic.REFUND, what=row.get_kind_display(), number=row.pk, facts=facts)
        else:
            found = _("Refunded outside: %(amount)s") if isinstance(row, OutsideRefund) else _("Disputed: %(amount)s")
            yield Entry(
                at=row.found_at,
                topic=Topic.REFUND,
                what=found % {"amount": money(row.amount, row.currency)},
                number=row.pk,
                facts=((_("Gateway"), row.gateway), (_("Number at the provider"), row.provider_id)),
            )
