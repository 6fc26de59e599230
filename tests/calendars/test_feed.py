"""The private address: what it shows, to whom it opens, and how it says that nothing has changed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.http import http_date

from appointments.calendars.feeds import issue_feed, live_feed, revoke_feed
from appointments.models import Appointment, CalendarFeed, FeedOf, Patient, User
from appointments.portal.request_log import RequestLog
from appointments.usecases.cancel import cancel_appointment
from tests.admin.desk import doctor_account
from tests.calendars.program import events_in, value
from tests.factories import (
    NOW,
    DoctorFactory,
    SlotFactory,
    UserFactory,
    booked,
    held,
    moving,
    patient_of,
    pending_approval,
)
from tests.notifications.moves import move

NAMES = ("SEQUENCE", "DTSTART", "STATUS")


def account(appointment: Appointment) -> User:
    user = appointment.chain.patient.user
    assert isinstance(user, User)
    return user


def feed_of(appointment: Appointment) -> str:
    """Return the path of a new address of the appointment's patient."""
    return f"/calendar/{issue_feed(user=account(appointment), of=FeedOf.PATIENT, now=NOW)}.ics"


def doctors_feed(appointment: Appointment) -> str:
    """Return the path of a new address of the appointment's doctor."""
    return f"/calendar/{issue_feed(user=doctor_account(appointment), of=FeedOf.DOCTOR, now=NOW)}.ics"


def shown(path: str) -> list[list[object]]:
    """Return number, start and status of each event, as somebody reads them who never signed in."""
    answer = Client().get(path)
    assert answer.status_code == 200
    return [[value(event, name) for name in NAMES] for event in events_in(answer.content)]


def test_feed_when_nothing_is_booked(db: None) -> None:
    token = issue_feed(user=UserFactory.create(), of=FeedOf.PATIENT, now=NOW)

    assert shown(f"/calendar/{token}.ics") == []


def test_feed_when_booked_moved_and_cancelled(appointment: Appointment) -> None:
    path = feed_of(appointment)
    seen = [shown(path)]
    new = move(appointment, moving(appointment), now=NOW)
    seen.append(shown(path))
    cancel_appointment(appointment_id=new.pk, actor=patient_of(new), now=NOW)
    seen.append(shown(path))

    assert seen == [
        [["0", appointment.slot.starts_at, "CONFIRMED"]],
        [["1", new.slot.starts_at, "CONFIRMED"]],
        [["2", new.slot.starts_at, "CANCELLED"]],
    ]


def test_feed_when_cancelled_long_ago(appointment: Appointment, clock: time_machine.Traveller) -> None:
    path = feed_of(appointment)
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)

    clock.move_to(NOW + timedelta(days=30))
    assert [event[2] for event in shown(path)] == ["CANCELLED"]
    clock.shift(timedelta(seconds=1))
    assert shown(path) == []


def test_feed_when_past(appointment: Appointment, clock: time_machine.Traveller) -> None:
    path, end = feed_of(appointment), appointment.slot.ends_at

    clock.move_to(end + timedelta(days=30))
    assert [event[2] for event in shown(path)] == ["CONFIRMED"]
    clock.shift(timedelta(seconds=1))
    assert shown(path) == []


def test_feed_when_others_book(appointment: Appointment) -> None:
    booked(slot=moving(appointment))
    held(slot=moving(appointment, starts_at=NOW + timedelta(days=9)), patient=appointment.chain.patient)
    pending_approval(slot=SlotFactory.create(starts_at=NOW + timedelta(days=8)), patient=appointment.chain.patient)

    assert [event[2] for event in shown(feed_of(appointment))] == ["CONFIRMED", "TENTATIVE"]


def test_answer_when_read(appointment: Appointment) -> None:
    answer = Client().get(feed_of(appointment))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Last-Modified"] == http_date(appointment.events.get(kind="confirmed").at.timestamp() + 1)
    assert "Set-Cookie" not in answer
    assert b"BEGIN:VALARM" not in answer.content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT30M" in answer.content


def test_answer_when_nothing_has_changed(appointment: Appointment, clock: time_machine.Traveller) -> None:
    path = feed_of(appointment)
    first = Client().get(path)
    clock.shift(timedelta(hours=1))

    by_tag = Client().get(path, headers={"if-none-match": first["ETag"]})
    by_date = Client().get(path, headers={"if-modified-since": first["Last-Modified"]})

    assert (by_tag.status_code, by_tag.content, by_tag["ETag"]) == (304, b"", first["ETag"])
    assert (by_date.status_code, by_date.content) == (304, b"")


def test_answer_when_something_has_changed(appointment: Appointment, clock: time_machine.Traveller) -> None:
    path = feed_of(appointment)
    first = Client().get(path)
    clock.shift(timedelta(milliseconds=1))
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)

    by_tag = Client().get(path, headers={"if-none-match": first["ETag"]})
    by_date = Client().get(path, headers={"if-modified-since": first["Last-Modified"]})

    assert (by_tag.status_code, by_date.status_code) == (200, 200)
    assert by_tag["ETag"] != first["ETag"]


def test_feed_when_read_costs_few_queries(appointment: Appointment, django_assert_num_queries: object) -> None:
    path = feed_of(appointment)
    for number in range(3):
        slot = moving(appointment, starts_at=NOW + timedelta(days=10 + number))
        booked(slot=slot, patient=appointment.chain.patient)

    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(shown(path)) == 4


def test_address_when_wrong_or_ended(appointment: Appointment) -> None:
    path = feed_of(appointment)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert revoke_feed(user=account(appointment), of=FeedOf.PATIENT, now=NOW) is True
    wrong = f"/calendar/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}.ics"

    answers = [Client().get(one) for one in (path, wrong, "/calendar/x.ics")]

    assert [(answer.status_code, answer.content) for answer in answers] == [(404, b"Not found\n")] * 3


def test_address_when_made_anew(appointment: Appointment) -> None:
    old, new = feed_of(appointment), feed_of(appointment)

    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)
    assert CalendarFeed.objects.filter(revoked_at__isnull=True).count() == 1


def test_address_when_stored(appointment: Appointment) -> None:
    token = issue_feed(user=account(appointment), of=FeedOf.PATIENT, now=NOW)

    assert len(token) == 43  # 256 bits
    assert token not in str(list(CalendarFeed.objects.values()))


def test_address_when_two_would_open(appointment: Appointment) -> None:
    feed_of(appointment)

    with pytest.raises(IntegrityError, match=r"calendar_feed_one_opens|calendarfeed\.user_id"), transaction.atomic():
        CalendarFeed.objects.create(user=account(appointment), of=FeedOf.PATIENT, digest="x", created_at=NOW)


def test_address_when_account_is_switched_off(appointment: Appointment) -> None:
    path = feed_of(appointment)
    User.objects.update(is_active=False)

    assert Client().get(path).status_code == 404


def test_address_when_posted_to(appointment: Appointment) -> None:
    assert Client().post(feed_of(appointment)).status_code == 405


def test_address_when_logged(appointment: Appointment, rf: object) -> None:
    path = feed_of(appointment)

    request = rf.get(path)  # type: ignore[attr-defined]

    assert RequestLog.format_request(request) == "GET /calendar/…"


def test_page_when_address_is_made_and_ended(appointment: Appointment, client: Client) -> None:
    client.force_login(account(appointment))
    page = client.post("/calendar/", {"deed": "make"})
    match = re.search(r"http://testserver(/calendar/[\w-]{43}\.ics)", page.content.decode())
    assert match is not None
    assert "no-store" in page["Cache-Control"]
    assert f'href="webcal://testserver{match[1]}"' in page.content.decode()
    assert Client().get(match[1]).status_code == 200

    later = client.get("/calendar/")
    assert match[1] not in later.content.decode()
    assert "2 November 2026" in later.content.decode() or "Nov. 2, 2026" in later.content.decode()
    client.post("/calendar/", {"deed": "end"})

    assert Client().get(match[1]).status_code == 404


def test_page_when_opened(appointment: Appointment, client: Client) -> None:
    client.force_login(account(appointment))

    client.get("/calendar/")
    client.post("/calendar/", {"deed": "nothing"})

    assert CalendarFeed.objects.count() == 0


def test_doctors_feed_when_booked(appointment: Appointment) -> None:
    Patient.objects.update(name="Rosa Adeyemi")
    answer = Client().get(doctors_feed(appointment))
    [event] = events_in(answer.content)

    assert value(event, "SUMMARY") == f"Appointment {appointment.reference}"
    assert value(event, "URL") == f"http://testserver/admin/appointments/appointment/{appointment.pk}/change/"
    assert b"Adeyemi" not in answer.content
    assert b"example.org" not in answer.content


def test_doctors_feed_when_moved_to_a_colleague(appointment: Appointment) -> None:
    path = doctors_feed(appointment)
    colleague = DoctorFactory.create(centre=appointment.centre)
    new = move(appointment, moving(appointment, doctor=colleague), now=NOW)

    assert shown(path) == [["1", appointment.slot.starts_at, "CANCELLED"]]
    assert shown(doctors_feed(new)) == [["1", new.slot.starts_at, "CONFIRMED"]]


def test_doctors_feed_when_moved_within(appointment: Appointment) -> None:
    new = move(appointment, moving(appointment), now=NOW)

    assert shown(doctors_feed(appointment)) == [["1", new.slot.starts_at, "CONFIRMED"]]


def test_doctors_feed_when_right_is_taken(appointment: Appointment) -> None:
    path = doctors_feed(appointment)
    for user in User.objects.filter(doctor__isnull=False):
        user.groups.clear()

    assert Client().get(path).status_code == 404


def test_doctors_feed_when_another_account_takes_over(appointment: Appointment) -> None:
    path = doctors_feed(appointment)
    doctor_account(appointment)

    assert Client().get(path).status_code == 404


def test_address_when_made_twice_at_once(appointment: Appointment, monkeypatch: pytest.MonkeyPatch) -> None:
    user, digests = account(appointment), iter(["taken", "taken", "free"])
    monkeypatch.setattr("appointments.calendars.feeds._digest", lambda _token: next(digests))
    issue_feed(user=UserFactory.create(), of=FeedOf.PATIENT, now=NOW)

    issue_feed(user=user, of=FeedOf.PATIENT, now=NOW)

    live = live_feed(user=user, of=FeedOf.PATIENT)
    assert live is not None
    assert live.digest == "free"
