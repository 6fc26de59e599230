"""What the tests of mails share: a clinic in London, fixed references, and the newest message of a kind."""

import pytest

from appointments.models import Appointment, MessageKind, OutboxMessage, Slot
from appointments.notifications.messages import Mail, word_message
from tests.factories import CentreFactory, DoctorFactory, PatientFactory, SlotFactory, UserFactory, booked

REFERENCES = ("K7QP-3MHC", "D4GH-7XWT", "M9RC-4KYF", "T6NJ-9PQD")

FACTS = """\
Reference: K7QP-3MHC
Patient: Rosa Adeyemi
Doctor: Dr Hugh Lindqvist
When: Thursday 5 November 2026 at 9:00am (Greenwich Mean Time)
Where: Kirkwood Clinic, London, 3 Kirkwood Mews
"""

TERMS = """\
- Up to 24 hours after the first booking: 100% back, however near the start.
- More than 24 hours before the start: 100% back.
- Later, until 12 hours before the start: 75% back.
- Later, until 2 hours before the start: 50% back.
- Less than 2 hours before the start: 0% back.
- For example, of £80.00 paid, £60.00 comes back if you cancel 12 hours before the start.
- You can move the appointment up to 2 times, until 2 hours before the start.
- The first move is free, each further one costs £100.00.
- If the new time costs more, you pay the difference; if it costs less, you get it as credit.
"""

END = """\
Questions? Call +44 20 7946 0100. Monday to Friday, 8am to 6pm.
Kirkwood Clinic, London
"""


@pytest.fixture(autouse=True)
def _known_references(monkeypatch: pytest.MonkeyPatch) -> None:
    references = iter(REFERENCES)
    monkeypatch.setattr("appointments.record.new_reference", lambda: next(references))
    monkeypatch.setattr("appointments.certificates.issue.new_number", lambda: "K7QP-3MHC-D4GHX")


@pytest.fixture
def slot(db: None) -> Slot:
    """Half an hour in London, on Thursday 5 November at 9am, for £80."""
    centre = CentreFactory.create(
        name="Kirkwood Clinic, London",
        address="3 Kirkwood Mews",
        time_zone="Europe/London",
        locale="en_GB",
        currency="GBP",
        phone="+44 20 7946 0100",
        phone_hours="Monday to Friday, 8am to 6pm",
        finance_phone="+44 20 7946 0109",
    )
    centre.policy.name = "London standard"
    centre.policy.save()
    doctor = DoctorFactory.create(centre=centre, name="Dr Hugh Lindqvist", specialty="Oncology")
    return SlotFactory.create(doctor=doctor, price=80_00)


@pytest.fixture
def appointment(slot: Slot) -> Appointment:
    """Booked ten days ago by Rosa Adeyemi and paid by card."""
    user = UserFactory.create(email="rosa@example.org", full_name="Rosa Adeyemi")
    return booked(slot=slot, patient=PatientFactory.create(user=user, name="Rosa Adeyemi"))


def message(kind: MessageKind) -> OutboxMessage:
    """Return the only message of that kind."""
    return OutboxMessage.objects.get(kind=kind)


def mail(kind: MessageKind) -> Mail:
    """Word the only message of that kind."""
    return word_message(message(kind))
