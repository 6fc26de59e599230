"""Public holidays of a country or a part of it, from the library that promised dates go by."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def calendar_of(country: str, region: str) -> holidays.HolidayBase:
    """Return the calendar of a country (ISO 3166) that is known; years are added as they are asked about."""
    return holidays.country_holidays(country, subdiv=region or None)


def holidays_of(country: str, region: str, *, year: int) -> dict[date, str]:
    """Return the public holidays of a year with their names in English where the library has them; none without a country."""
    if not country:
        return {}
    listed = holidays.list_localized_countries().get(country, ())
    language = next((one for one in listed if one.startswith("en")), None)
    found = holidays.country_holidays(country, subdiv=region or None, years=year, language=language)
    return {day: name for day, name in sorted(found.items()) if day.year == year}
