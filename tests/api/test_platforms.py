"""Three platforms with 24, 48 and 72 hours and fees of 5, 10 and 30 cancel on either side of their deadlines."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from appointments.models import Appointment
from refunds.models import Refund
from tests.api.conftest import PartnerClient, client_of, partner_of
from tests.factories import NOW, CentreFactory, ChannelFactory, DoctorFactory, SlotFactory, booked, fresh

STARTS_AT = NOW + timedelta(days=5)
SECOND = timedelta(seconds=1)


@dataclass
class Platform:
    client: PartnerClient
    booking: Appointment

    def at(self, before_start: timedelta) -> Any:
        """Quote and, where it may be done, cancel so long before the start."""
        path = f"appointments/{self.booking.reference}/cancellation/"
        with time_machine.travel(STARTS_AT - before_start, tick=False):
            quote = self.client.read(path)
            return self.client.write(path, {"quote": quote.json()["quote"]}) if quote.status_code == 200 else quote


@pytest.fixture
def platforms(db: None) -> dict[int, Platform]:
    centre = CentreFactory.create()
    found = {}
    for hours, fee in ((24, 500), (48, 1000), (72, 3000)):
        channel = ChannelFactory.create(
            centre=centre, self_service=False, entrance_text="in its app", deadline_hours=hours, handling_fee=fee
        )
        slot = SlotFactory.create(doctor=DoctorFactory.create(centre=centre), starts_at=STARTS_AT)
        found[hours] = Platform(client_of(partner_of(channel)), booked(slot=slot, channel=channel))
    return found


@pytest.mark.parametrize(
    ("hours", "refund", "fee"), [(24, "745.00", "5.00"), (48, "990.00", "10.00"), (72, "970.00", "30.00")]
)
def test_cancel_when_exactly_at_the_deadline(platforms: dict[int, Platform], hours: int, refund: str, fee: str) -> None:
    """At exactly 24 hours the tier of more than 24 is gone: 75 % of 1,000, less the fee."""
    answer = platforms[hours].at(timedelta(hours=hours))

    body = answer.json()
    assert (answer.status_code, body["refund"], body["fee"]) == (201, refund, fee)
    assert [row["amount"] for row in body["refunds"]] == [refund]
    assert fresh(platforms[hours].booking).status == "cancelled"


@pytest.mark.parametrize("hours", [24, 48, 72])
def test_cancel_when_a_second_after_the_deadline(platforms: dict[int, Platform], hours: int) -> None:
    answer = platforms[hours].at(timedelta(hours=hours) - SECOND)

    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")
    assert fresh(platforms[hours].booking).status == "confirmed"
    assert Refund.objects.count() == 0


@pytest.mark.parametrize("path", ["", "cancellation/", "reschedule/?slot=1"])
def test_read_when_another_platforms_booking(platforms: dict[int, Platform], path: str) -> None:
    theirs = platforms[48].booking.reference

    found = platforms[24].client.read(f"appointments/{theirs}/{path}")
    missing = platforms[24].client.read(f"appointments/3333-3333/{path}")

    assert (found.status_code, found.content) == (404, missing.content)


def test_cancel_when_another_platforms_booking(platforms: dict[int, Platform]) -> None:
    theirs = platforms[48].booking
    answer = platforms[24].client.write(f"appointments/{theirs.reference}/cancellation/", {"quote": "x"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert fresh(theirs).status == "confirmed"


def test_list_when_three_platforms(platforms: dict[int, Platform]) -> None:
    listed = platforms[72].client.read("appointments/").json()["results"]

    assert [row["reference"] for row in listed] == [platforms[72].booking.reference]
