"""Handling fees to settle: what each channel kept, a month on the centre's clock."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from appointments.models import AppointmentEvent, Channel, EventKind


@dataclass(frozen=True, slots=True)
class MonthOfFees:
    """The fees of one channel in one month ("2026-11"); `amount` in minor units, of `count` cancellations."""

    month: str
    channel: Channel
    partners: str
    count: int
    amount: int


def handling_fees(*, channels: Iterable[Channel], since: datetime) -> list[MonthOfFees]:
    """Return the handling fees that cancellations since then kept, newest month first, then by partner and channel.

    `channels` come with their centre and partners. The fee is the one of the quote that each cancellation was decided by.
    """
    by_key = {channel.pk: channel for channel in channels}
    events = AppointmentEvent.objects.filter(
        kind=EventKind.CANCELLED, at__gte=since, appointment__chain__channel__in=by_key, quote__fee__gt=0
    ).values_list("at", "appointment__chain__channel_id", "quote__fee")
    sums: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, channel_id, fee in events:
        month = at.astimezone(by_key[channel_id].centre.zone).strftime("%Y-%m")
        sums[month, channel_id].append(int(fee))
    rows = [_row(month, by_key[channel_id], fees) for (month, channel_id), fees in sums.items()]
    rows.sort(key=lambda row: (row.partners, row.channel.name))
    return sorted(rows, key=lambda row: row.month, reverse=True)


def _row(month: str, channel: Channel, fees: list[int]) -> MonthOfFees:
    partners = ", ".join(sorted(partner.name for partner in channel.partners.all()))
    return MonthOfFees(month, channel, partners, len(fees), sum(fees))
