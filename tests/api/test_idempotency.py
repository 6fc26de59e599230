"""One deed an Idempotency-Key."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from appointments import tasks
from appointments.models import Appointment, AppointmentEvent, Channel, Partner, StoredAnswer
from appointments.partners import answers
from appointments.partners.answers import LEASE, Answer, answer_once
from refunds.models import Refund
from tests.api.conftest import PartnerClient, client_of
from tests.factories import NOW, DoctorFactory, SlotFactory, booked, fresh


@pytest.fixture
def booking(channel: Channel) -> Appointment:
    return booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre)), channel=channel)


@pytest.fixture
def path(booking: Appointment) -> str:
    return f"appointments/{booking.reference}/cancellation/"


def quote_of(client: PartnerClient, path: str) -> dict[str, Any]:
    return {"quote": client.read(path).json()["quote"]}


@pytest.fixture(autouse=True)
def _at_now() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_write_when_repeated(client_api: PartnerClient, path: str) -> None:
    body = quote_of(client_api, path)

    first = client_api.write(path, body, key="one")
    second = client_api.write(path, body, key="one")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (AppointmentEvent.objects.filter(kind="cancelled").count(), Refund.objects.count()) == (1, 1)


def test_write_when_repeated_after_the_money_moved_on(
    client_api: PartnerClient, path: str, booking: Appointment
) -> None:
    body = quote_of(client_api, path)
    first = client_api.write(path, body, key="one")
    SlotFactory.create(doctor=booking.slot.doctor, starts_at=NOW + timedelta(days=9))

    with time_machine.travel(NOW + timedelta(hours=47), tick=False):
        later = client_api.write(path, body, key="one")

    assert later.content == first.content


def test_write_when_refused_and_repeated(client_api: PartnerClient, path: str, booking: Appointment) -> None:
    first = client_api.write(path, {"quote": "made up"}, key="one")
    second = client_api.write(path, {"quote": "made up"}, key="one")

    assert (first.status_code, first.json()["code"]) == (409, "quote_changed")
    assert first.content == second.content
    assert fresh(booking).status == "confirmed"


def test_write_when_key_comes_with_another_body(client_api: PartnerClient, path: str) -> None:
    body = quote_of(client_api, path)
    client_api.write(path, body, key="one")

    answer = client_api.write(path, {**body, "reason": {"text": "other"}}, key="one")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_write_when_key_is_another_partners(client_api: PartnerClient, path: str, channel: Channel) -> None:
    other = Partner.objects.create(name="Twin")
    other.channels.add(channel)
    body = quote_of(client_api, path)
    client_api.write(path, body, key="one")

    answer = client_of(other).write(path, {"quote": "x"}, key="one")

    assert answer.json()["code"] == "not_cancellable"  # nobody's 422: the key is this partner's own
    assert (StoredAnswer.objects.count(), AppointmentEvent.objects.filter(kind="cancelled").count()) == (2, 1)


@pytest.mark.parametrize("key", ["", "two words", "ü", "k" * 256])
def test_write_when_key_is_none(client_api: PartnerClient, path: str, key: str, booking: Appointment) -> None:
    headers = {"idempotency-key": key.encode("utf-8").decode("latin-1")}
    body = quote_of(client_api, path)
    answer = client_api.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert fresh(booking).status == "confirmed"


def claimed(partner: Partner, path: str, body: dict[str, Any]) -> None:
    asked = answers.fingerprint(method="POST", path=f"/api/v1/{path}", body=body)
    StoredAnswer.objects.create(
        partner=partner, key="one", fingerprint=asked, claim=uuid.uuid4(), claimed_until=NOW + LEASE, created_at=NOW
    )


def test_write_when_the_first_is_still_running(
    client_api: PartnerClient, partner: Partner, path: str, booking: Appointment
) -> None:
    body = quote_of(client_api, path)
    claimed(partner, path, body)

    answer = client_api.write(path, body, key="one")

    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (409, "1", "still_running")
    assert fresh(booking).status == "confirmed"


def test_write_when_the_first_was_killed_before_its_commit(
    client_api: PartnerClient, partner: Partner, path: str, booking: Appointment
) -> None:
    body = quote_of(client_api, path)
    claimed(partner, path, body)

    with time_machine.travel(NOW + LEASE, tick=False):
        answer = client_api.write(path, body, key="one")

    assert answer.status_code == 201
    assert fresh(booking).status == "cancelled"


def test_answer_when_the_claim_was_lost(partner: Partner) -> None:
    """A deed that was so slow that another took over is not done a second time."""

    def slow() -> Answer:
        raise AssertionError("done twice")

    row = StoredAnswer.objects.create(
        partner=partner, key="one", fingerprint="f", claimed_until=NOW + LEASE, created_at=NOW
    )
    with pytest.raises(answers.StillRunningError):
        answers._carry_out(row.pk, uuid.uuid4(), slow)


def test_answer_when_the_deed_breaks(partner: Partner) -> None:
    def broken() -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer_once(whose={"partner_id": partner.pk}, key="one", asked="f", deed=broken, now=NOW)

    assert StoredAnswer.objects.count() == 0


def test_answer_when_kept_long_enough(partner: Partner) -> None:
    done = Answer(201, {"n": 1})
    answer_once(whose={"partner_id": partner.pk}, key="one", asked="f", deed=lambda: done, now=NOW)
    answer_once(whose={"partner_id": partner.pk}, key="two", asked="f", deed=lambda: done, now=NOW + timedelta(hours=1))

    with time_machine.travel(NOW + timedelta(hours=48), tick=False):
        tasks.forget_old_answers()

    assert list(StoredAnswer.objects.values_list("key", flat=True)) == ["two"]
