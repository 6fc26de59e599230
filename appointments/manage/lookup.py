"""Find a booking by its reference and what only the patient knows. It locates; a security code opens."""

from datetime import date

from django.utils.crypto import salted_hmac

from appointments.models import Appointment
from appointments.queries import with_everything
from appointments.references import read_reference

#: Looked for where what was typed cannot be a reference, so that it costs what any other miss costs.
_NO_REFERENCE = "----"


def find_booking(*, reference: str, birth_date: date | None, id_number: str) -> Appointment | None:
    """Return the appointment whose reference and birth date (or, where one is given, ID number) match, else None.

    Every miss is the same one query, whichever part of the pair is wrong.
    """
    appointments = with_everything(Appointment.objects.filter(reference=read_reference(reference) or _NO_REFERENCE))
    if id_number:
        return appointments.filter(chain__patient__id_number_digest=digest_of_id_number(id_number)).first()
    return appointments.filter(chain__patient__birth_date=birth_date).first() if birth_date else None


def digest_of_id_number(number: str) -> str:
    """Return what is kept of a patient's ID number to compare with: without the site's key it tells nothing."""
    return salted_hmac("fairslot.id-number", plain_id_number(number), algorithm="sha256").hexdigest()


def plain_id_number(number: str) -> str:
    """Return an ID number without what people write between its characters, in capitals."""
    return "".join(character for character in number.upper() if character.isalnum())


def mask_id_number(number: str) -> str:
    """Return its last characters, enough to tell two papers apart: four at most, and never more than a third of it."""
    plain = plain_id_number(number)
    return "•••• " + plain[-min(4, len(plain) // 3) :] if len(plain) > 2 else "••••"
