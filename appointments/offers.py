"""Offers: quotes for real appointments, with the token that holds them."""

from dataclasses import dataclass
from datetime import datetime

from appointments.models import Appointment, Slot
from policies.rules.quote import CancellationQuote, RescheduleQuote


@dataclass(frozen=True, slots=True)
class CancellationOffer:
    """A quote for cancelling, held until `valid_until` for whoever brings the token."""

    appointment: Appointment
    quote: CancellationQuote
    quoted_at: datetime
    valid_until: datetime
    token: str


@dataclass(frozen=True, slots=True)
class RescheduleOffer:
    """A quote for moving to `slot`, held until `valid_until` for whoever brings the token."""

    appointment: Appointment
    slot: Slot
    quote: RescheduleQuote
    quoted_at: datetime
    valid_until: datetime
    token: str
