"""Who may call, and what they reach."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments.models import ApiKey, Appointment, Channel, Partner
from appointments.partners.keys import ChannelNotOfPartnerError, TooManyKeysError, issue_key, revoke_key
from appointments.partners.tokens import issue_client, revoke_client
from refunds.models import Refund
from tests.api.conftest import PartnerClient, client_of, partner_of
from tests.factories import NOW, ChannelFactory, DoctorFactory, SlotFactory, booked, fresh

LIST = "/api/v1/appointments/"


@pytest.fixture(autouse=True)
def _at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booking(channel: Channel) -> Appointment:
    return booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre)), channel=channel)


def status(**headers: str) -> int:
    return Client().get(LIST, headers=headers).status_code


@pytest.mark.parametrize("value", ["", "Api-Key", "Api-Key fs_no_such", "Bearer nothing", "Basic YTpi", "Api-Key a b"])
def test_call_when_nobody(db: None, value: str) -> None:
    answer = Client().get(LIST, headers={"authorization": value} if value else {})

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_key_when_in_the_address(client_api: PartnerClient) -> None:
    assert Client().get(LIST, {"key": client_api.secret, "access_token": client_api.secret}).status_code == 401


def test_key_when_stored(client_api: PartnerClient) -> None:
    row = ApiKey.objects.get()

    assert client_api.secret.startswith(row.prefix)
    assert client_api.secret not in str(ApiKey.objects.values().get())


def test_key_when_used(client_api: PartnerClient) -> None:
    client_api.read("appointments/")

    assert ApiKey.objects.values_list("last_used_at", "last_origin").get() == (NOW, "127.0.0.1")


def test_key_when_revoked(client_api: PartnerClient) -> None:
    assert client_api.read("appointments/").status_code == 200

    revoke_key(key_id=ApiKey.objects.get().pk, now=NOW)

    assert client_api.read("appointments/").status_code == 401


def test_key_when_it_ended(partner: Partner) -> None:
    client = client_of(partner, expires_at=NOW + timedelta(hours=1))
    assert client.read("appointments/").status_code == 200

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert client.read("appointments/").status_code == 401


def test_key_when_partner_is_switched_off(client_api: PartnerClient, partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(is_active=False)

    assert client_api.read("appointments/").status_code == 401


def test_keys_when_two_live(partner: Partner) -> None:
    clients = [client_of(partner), client_of(partner)]

    with pytest.raises(TooManyKeysError):
        issue_key(partner_id=partner.pk, now=NOW)

    assert [client.read("appointments/").status_code for client in clients] == [200, 200]


def test_key_when_narrowed_to_a_channel(partner: Partner, booking: Appointment) -> None:
    second = ChannelFactory.create(centre=booking.centre)
    partner.channels.add(second)

    listed = client_of(partner, channel_id=second.pk).read("appointments/").json()["results"]

    assert listed == []
    with pytest.raises(ChannelNotOfPartnerError):
        issue_key(partner_id=partner.pk, now=NOW, channel_id=ChannelFactory.create().pk)


def test_key_when_it_only_reads(partner: Partner, booking: Appointment) -> None:
    client = client_of(partner, may_write=False)
    path = f"appointments/{booking.reference}/cancellation/"
    quote = client.read(path).json()["quote"]

    answer = client.write(path, {"quote": quote})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert fresh(booking).status == "confirmed"


def token_of(partner: Partner, **asked: str) -> Any:
    client = issue_client(partner_id=partner.pk)
    basic = base64.b64encode(f"{client.client_id}:{client.secret}".encode()).decode()
    form = {"grant_type": "client_credentials", **asked}
    return Client().post("/oauth/token/", form, headers={"authorization": f"Basic {basic}"})


def bearer(answer: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def test_token_when_asked_for(partner: Partner, booking: Appointment) -> None:
    answer = token_of(partner)

    listed = Client().get(LIST, headers=bearer(answer)).json()["results"]
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 3600)
    assert [row["reference"] for row in listed] == [booking.reference]


def test_token_when_scope_is_narrow(partner: Partner, booking: Appointment) -> None:
    second = ChannelFactory.create(centre=booking.centre)
    partner.channels.add(second)
    reads = bearer(token_of(partner, scope=f"read channel:{second.pk}"))
    path = f"/api/v1/appointments/{booking.reference}/cancellation/"

    assert Client().get(LIST, headers=reads).json()["results"] == []
    assert Client().get(path, headers=reads).status_code == 404
    assert Client().post(path, {}, content_type="application/json", headers=reads).status_code == 403


def test_token_when_scope_is_another_partners(partner: Partner) -> None:
    foreign = ChannelFactory.create()

    answer = token_of(partner, scope=f"read channel:{foreign.pk}")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_token_when_client_is_taken_away(partner: Partner) -> None:
    headers = bearer(token_of(partner))
    assert Client().get(LIST, headers=headers).status_code == 200

    revoke_client(partner_id=partner.pk)

    assert Client().get(LIST, headers=headers).status_code == 401


def test_token_when_it_ended(partner: Partner) -> None:
    headers = bearer(token_of(partner))

    with time_machine.travel(NOW + timedelta(seconds=3601), tick=False):
        assert Client().get(LIST, headers=headers).status_code == 401


def test_token_when_in_the_address(partner: Partner) -> None:
    token = token_of(partner).json()["access_token"]

    assert Client().get(LIST, {"access_token": token}).status_code == 401
    assert Client().post(f"/oauth/token/?client_secret={token}").status_code == 400


def test_token_when_tried_too_often(db: None) -> None:
    answers = [Client().post("/oauth/token/", {"grant_type": "client_credentials"}).status_code for _ in range(31)]

    assert (answers[:30].count(429), answers[30]) == (0, 429)


def test_limit_when_used_up(channel: Channel) -> None:
    client = client_of(partner_of(channel, requests_per_minute=2))

    answers = [client.read("appointments/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert (answers[2]["Retry-After"], answers[2].json()["code"]) == ("60", "throttled")


def test_refund_when_another_partners(client_api: PartnerClient, booking: Appointment) -> None:
    path = f"appointments/{booking.reference}/cancellation/"
    client_api.write(path, {"quote": client_api.read(path).json()["quote"]})
    refund = Refund.objects.get()
    other = client_of(partner_of(ChannelFactory.create(centre=booking.centre)))

    found, missing = (other.read(f"refunds/{key}/") for key in (refund.pk, refund.payment_id))

    assert client_api.read(f"refunds/{refund.pk}/").json()["amount"] == "990.00"
    assert (found.status_code, found.content) == (404, missing.content)
