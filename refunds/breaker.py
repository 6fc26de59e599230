"""The breaker of each provider: after several refused keys or unclear answers in a row it is left alone for a while.

A row a provider, by the database's clock, so that all workers agree. Refunds keep their place and their time meanwhile. When the pause is over
one call goes out as a probe; a clear answer closes the breaker, anything else makes the next pause longer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from refunds import record
from refunds.gateways.base import Gateway, NotRun, RefundFact, RefundRequest, Rejected
from refunds.models import Breaker, IncidentKind

MOST_REFUSALS = 3
"""Times our key is refused (401, 403), in a row."""
MOST_UNKNOWNS = 5
"""Calls without a clear answer, in a row."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)

_Answer = TypeVar("_Answer")


def paused() -> set[str]:
    """The providers that are not to be called now. One small query; no row while all is well."""
    return set(Breaker.objects.filter(paused_until__gt=Now()).values_list("gateway", flat=True))


def may_call(*, gateway: str) -> bool:
    """Whether this call may go out. After a pause the first caller alone hears yes, until its probe has an answer or its lease is over."""
    if not Breaker.objects.filter(gateway=gateway, paused_until__isnull=False).exists():
        return True
    probe = Breaker.objects.filter(gateway=gateway, paused_until__lte=Now())
    return probe.update(paused_until=Now() + timedelta(seconds=settings.REFUND_LEASE_SECONDS)) == 1


def note_answer(*, gateway: str) -> None:
    """A clear answer, whatever it said: all is well again."""
    troubled = Q(refusals__gt=0) | Q(unknowns__gt=0) | Q(paused_until__isnull=False)
    Breaker.objects.filter(troubled, gateway=gateway).update(
        refusals=0, unknowns=0, pauses=0, opened_at=None, paused_until=None
    )


def note_refusal(*, gateway: str, now: datetime) -> None:
    """Our key was refused."""
    _note(gateway=gateway, counter="refusals", now=now)


def note_unknown(*, gateway: str, now: datetime) -> None:
    """No clear answer."""
    _note(gateway=gateway, counter="unknowns", now=now)


def _note(*, gateway: str, counter: str, now: datetime) -> None:
    """Count it and, where it is one too many, pause the provider and tell a person, once until it is well again."""
    with transaction.atomic():
        Breaker.objects.get_or_create(gateway=gateway)
        Breaker.objects.filter(gateway=gateway).update(**{counter: F(counter) + 1})
        row = Breaker.objects.get(gateway=gateway)  # our own update holds the row until the commit
        if row.refusals < MOST_REFUSALS and row.unknowns < MOST_UNKNOWNS:
            return
        pause = min(FIRST_PAUSE * 2 ** min(row.pauses, 10), LONGEST_PAUSE)
        Breaker.objects.filter(gateway=gateway).update(
            opened_at=Coalesce("opened_at", Now()), paused_until=Now() + pause, pauses=F("pauses") + 1
        )
        row.refresh_from_db()
        record.note_incident(
            key=f"{IncidentKind.GATEWAY_PAUSED}:{gateway}:{row.opened_at:%Y%m%d%H%M%S%f}",
            kind=IncidentKind.GATEWAY_PAUSED,
            gateway=gateway,
            at=now,
            details={"refusals": row.refusals, "unknowns": row.unknowns},
        )


@dataclass(frozen=True)
class Watched:
    """A provider whose answers its breaker sees. It raises what the provider raises."""

    gateway: Gateway
    now: datetime

    @property
    def name(self) -> str:
        """The provider's own."""
        return self.gateway.name

    @property
    def key_lifetime(self) -> timedelta:
        """The provider's own."""
        return self.gateway.key_lifetime

    def create_refund(self, request: RefundRequest) -> RefundFact:
        """As the provider's."""
        return self._called(lambda: self.gateway.create_refund(request))

    def find_refunds(self, request: RefundRequest) -> tuple[RefundFact, ...]:
        """As the provider's."""
        return self._called(lambda: self.gateway.find_refunds(request))

    def fetch_refund(self, provider_id: str) -> RefundFact:
        """As the provider's."""
        return self._called(lambda: self.gateway.fetch_refund(provider_id))

    def _called(self, call: Callable[[], _Answer]) -> _Answer:
        """Call, and note how it went."""
        try:
            answer = call()
        except Rejected:
            note_answer(gateway=self.name)
            raise
        except NotRun as not_run:
            if not_run.alert:
                note_refusal(gateway=self.name, now=self.now)
            else:
                note_answer(gateway=self.name)
            raise
        except Exception:
            note_unknown(gateway=self.name, now=self.now)
            raise
        note_answer(gateway=self.name)
        return answer
