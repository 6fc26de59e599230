"""Partners, their keys and the fees to settle, in the admin."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from appointments.models import ApiKey, Channel, Partner, User
from appointments.partners.fees import handling_fees
from appointments.partners.keys import issue_key
from appointments.partners.queries import channels_of_centres
from appointments.queries import centres_of
from tests.admin.desk import browser, member
from tests.api.conftest import PartnerClient
from tests.factories import NOW, STARTS_AT, ChannelFactory, DoctorFactory, SlotFactory, UserFactory, booked


@pytest.fixture(autouse=True)
def _at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def superuser(db: None) -> Client:
    return browser(UserFactory.create(is_staff=True, is_superuser=True))


def issuer(channel: Channel) -> User:
    """Somebody at the channel's centre who may make keys."""
    user = member(channel.centre)
    user.user_permissions.set(Permission.objects.filter(codename__in=["issue_apikey", "view_partner"]))
    return user


def address(name: str, *parts: object) -> str:
    return reverse(f"admin:appointments_partner_{name}", args=parts)


@pytest.fixture
def booking_cancelled(client_api: PartnerClient, channel: Channel) -> None:
    slot = SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre))
    path = f"appointments/{booked(slot=slot, channel=channel).reference}/cancellation/"
    assert client_api.write(path, {"quote": client_api.read(path).json()["quote"]}).status_code == 201


def test_key_when_made(partner: Partner, superuser: Client) -> None:
    page = superuser.post(address("key", partner.pk), {"may_write": "on"})

    key = ApiKey.objects.get()
    secret = next(iter(page.context["secrets"].values()))
    assert (secret in page.content.decode(), "no-store" in page["Cache-Control"]) == (True, True)
    assert PartnerClient(secret).read("appointments/").status_code == 200
    again = superuser.get(address("change", partner.pk)).content.decode()
    assert (key.prefix in again, secret in again) == (True, False)


def test_key_when_it_only_reads(partner: Partner, superuser: Client) -> None:
    superuser.post(address("key", partner.pk), {})

    assert not ApiKey.objects.get().may_write


def test_key_when_two_live(partner: Partner, superuser: Client) -> None:
    for _ in range(3):
        superuser.post(address("key", partner.pk), {})

    assert ApiKey.objects.count() == 2


def test_key_when_revoked(partner: Partner, superuser: Client) -> None:
    key = issue_key(partner_id=partner.pk, now=NOW)

    superuser.post(address("revoke", partner.pk, key.row.pk))

    assert PartnerClient(key.secret).read("appointments/").status_code == 401


def test_key_when_of_another_partner(partner: Partner, superuser: Client) -> None:
    other = issue_key(partner_id=Partner.objects.create(name="Other").pk, now=NOW).row

    assert superuser.post(address("revoke", partner.pk, other.pk)).status_code == 404
    assert ApiKey.objects.get(pk=other.pk).revoked_at is None


def test_client_when_made(partner: Partner, superuser: Client) -> None:
    page = superuser.post(address("client", partner.pk))

    partner.refresh_from_db()
    assert partner.oauth_client_id in page.context["secrets"].values()


@pytest.mark.parametrize("deed", ["key", "client"])
def test_key_when_without_the_right(partner: Partner, channel: Channel, deed: str) -> None:
    manager = browser(member(channel.centre, "centre manager"))

    assert manager.post(address(deed, partner.pk)).status_code == 403
    partner.refresh_from_db()
    assert (ApiKey.objects.count(), partner.oauth_client_id) == (0, None)


def test_key_when_with_the_right(partner: Partner, channel: Channel) -> None:
    assert browser(issuer(channel)).post(address("key", partner.pk)).status_code == 200
    assert ApiKey.objects.count() == 1


def test_key_when_a_channel_is_of_another_centre(partner: Partner, channel: Channel) -> None:
    """Whoever makes a key can use it: it must open nothing that this account could not see."""
    partner.channels.add(ChannelFactory.create())

    assert browser(issuer(channel)).post(address("key", partner.pk)).status_code == 403
    assert ApiKey.objects.count() == 0


def test_partner_when_of_another_centre(partner: Partner) -> None:
    stranger = browser(issuer(ChannelFactory.create()))

    assert stranger.post(address("key", partner.pk)).status_code == 404
    assert ApiKey.objects.count() == 0


def test_key_when_asked_for_by_a_link(partner: Partner, superuser: Client) -> None:
    assert superuser.get(address("key", partner.pk)).status_code == 405


def test_clients_when_looked_for_in_the_admin(superuser: Client) -> None:
    assert superuser.get("/admin/oauth2_provider/application/").status_code == 404


def test_fees_when_kept(client_api: PartnerClient, partner: Partner, channel: Channel, superuser: Client) -> None:
    """Two in November on the centre's clock: the last evening of October in UTC is the first of November in Pune."""
    doctor = DoctorFactory.create(centre=channel.centre)
    moments = [NOW - timedelta(days=1, hours=14), NOW, NOW - timedelta(days=2)]
    for number, moment in enumerate(moments):
        slot = SlotFactory.create(doctor=doctor, starts_at=STARTS_AT + timedelta(hours=number))
        path = f"appointments/{booked(slot=slot, channel=channel).reference}/cancellation/"
        with time_machine.travel(moment, tick=False):
            client_api.write(path, {"quote": client_api.read(path).json()["quote"]})

    channels = channels_of_centres(centres_of(User(is_superuser=True)))
    rows = handling_fees(channels=channels, since=NOW - timedelta(days=60))
    page = superuser.get(address("fees")).content.decode()

    assert [(row.month, row.partners, row.count, row.amount) for row in rows] == [
        ("2026-11", "HealthGate", 2, 2000),
        ("2026-10", "HealthGate", 1, 1000),
    ]
    assert "₹20.00" in page


def test_fees_when_saved_as_a_file(
    booking_cancelled: None, partner: Partner, channel: Channel, superuser: Client
) -> None:
    """Plain figures; a name cannot become a formula."""
    Partner.objects.filter(pk=partner.pk).update(name="=HealthGate")

    answer = superuser.get(address("fees_file"))

    assert answer["Content-Disposition"] == 'attachment; filename="handling-fees.csv"'
    assert answer.content.decode().splitlines() == [
        "month,partner,channel,centre,cancellations,fees,currency",
        f"2026-11,'=HealthGate,HealthGate,{channel.centre.name},1,10.00,INR",
    ]


def test_fees_file_when_of_another_centre(channel: Channel, booking_cancelled: None) -> None:
    stranger = browser(issuer(ChannelFactory.create()))

    assert len(stranger.get(address("fees_file")).content.splitlines()) == 1
    assert browser(member(channel.centre, "front desk")).get(address("fees_file")).status_code == 403


def test_fees_when_of_another_centre(channel: Channel) -> None:
    stranger = browser(issuer(ChannelFactory.create()))

    assert "No handling fees were kept." in stranger.get(address("fees")).content.decode()
    assert browser(member(channel.centre, "front desk")).get(address("fees")).status_code == 403
