"""Where money belongs: the booking and the centre behind the sources of payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from appointments.models import Appointment

_PREFIX = "chain:"


@dataclass(frozen=True, slots=True)
class Place:
    """The newest appointment of a chain, and its centre with its clock."""

    reference: str
    centre: str
    zone: ZoneInfo


def places_of(*, sources: Iterable[str]) -> dict[str, Place]:
    """Return where the money of these sources belongs, by source. One query; what is no chain's is left out."""
    chains = {source: UUID(source.removeprefix(_PREFIX)) for source in set(sources) if source.startswith(_PREFIX)}
    found = {
        chain: Place(reference, centre, ZoneInfo(zone))
        for chain, reference, centre, zone in Appointment.objects.filter(chain_id__in=chains.values())
        .order_by("created_at", "pk")
        .values_list("chain_id", "reference", "slot__doctor__centre__name", "slot__doctor__centre__time_zone")
    }
    return {source: found[chain] for source, chain in chains.items() if chain in found}
