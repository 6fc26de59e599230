"""Minor units as a provider writes them. Ours follow ISO 4217; a provider has its own places for a few currencies."""

from collections.abc import Mapping

from refunds.currencies import places_of
from refunds.gateways.base import Rejected

STRIPE_PLACES = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe differs from ISO 4217: ISK and UGX are written with two places, MGA with none."""


def to_provider(*, amount: int, currency: str, places: Mapping[str, int]) -> int:
    """Our minor units in the provider's. `places` holds its exceptions.

    Raises `Rejected` for an amount that it cannot move: with three places the last digit has to be 0.
    """
    ours = places_of(currency)
    theirs = places.get(currency, ours)
    moved, rest = divmod(amount * _power(theirs), _power(ours))
    if rest or (theirs == 3 and moved % 10):
        raise Rejected("amount_not_possible")
    return moved


def from_provider(*, amount: int, currency: str, places: Mapping[str, int]) -> int:
    """The provider's minor units in ours. Raises `ValueError` for an amount that ours cannot hold."""
    ours = places_of(currency)
    moved, rest = divmod(amount * _power(ours), _power(places.get(currency, ours)))
    if rest:
        raise ValueError(f"{amount} {currency} is no whole number of our minor units")
    return moved


def _power(places: int) -> int:
    """Ten to the power of so many places."""
    return int(10**places)
