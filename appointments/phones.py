"""Phone numbers as people at a centre write them, and as they are kept: with the country code."""

import phonenumbers

from appointments.models import Centre
from appointments.models.people import plain_phone


def region_of(centre: Centre) -> str:
    """Return the country whose numbers are written without a code at a centre, such as "IN"; "" where nothing says it.

    The centre's own phone number says it best; then its country of public holidays, then its number format.
    """
    try:
        own = phonenumbers.region_code_for_number(phonenumbers.parse(plain_phone(centre.phone)))
    except phonenumbers.NumberParseException:
        own = None
    _language, _underscore, territory = centre.locale.partition("_")
    return own or centre.country or territory[-2:]


def international(number: str, *, region: str) -> str:
    """Return a number in E.164, such as +919822011223, read as people of the region write it; "" for what is none."""
    try:
        read = phonenumbers.parse(plain_phone(number), region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(read):
        return ""
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
