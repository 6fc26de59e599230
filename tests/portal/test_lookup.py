"""T6: a booking found by its reference. The pair locates it; a security code opens it."""

import time
from datetime import date

import pytest
from django.test import Client

from appointments.manage.lookup import digest_of_id_number, find_booking, mask_id_number
from appointments.models import Appointment, SecondStep, SecurityCode
from tests.factories import booked
from tests.portal.mail_box import deliver, newest_code
from tests.portal.walk import everything, path, title, words

BORN = date(1984, 3, 27)
NO_MATCH = "Booking reference and date of birth do not match. Check both"


@pytest.fixture
def appointment() -> Appointment:
    one = booked()
    one.chain.patient.birth_date = BORN
    one.chain.patient.save()
    deliver()
    return one


def look_up(client: Client, reference: str, born: str = BORN.isoformat(), id_number: str = "") -> object:
    return client.post("/find/", {"reference": reference, "birth_date": born, "id_number": id_number})


def test_look_up_when_the_pair_matches(client: Client, appointment: Appointment) -> None:
    assert look_up(client, appointment.reference.lower().replace("-", " "))["Location"] == "/manage/"  # type: ignore[index]
    assert client.get(path("appointment", appointment))["Location"].startswith("/login/")
    client.post("/manage/")

    answer = client.post("/manage/code/", {"code": newest_code()})

    assert answer["Location"] == path("appointment", appointment)
    assert client.get(answer["Location"]).status_code == 200


def test_look_up_when_the_clinic_asks_for_birth_dates(client: Client, appointment: Appointment) -> None:
    appointment.centre.second_step = SecondStep.BIRTH_DATE
    appointment.centre.save()
    look_up(client, appointment.reference)

    assert client.post("/manage/birth-date/", {"birth_date": BORN.isoformat()})["Location"] == "/manage/"
    assert client.get("/manage/").status_code == 200


def test_t6_look_up_when_it_does_not_match(client: Client, appointment: Appointment) -> None:
    before = everything()
    tries = [
        (appointment.reference, "1984-03-28"),
        ("3467-9CD3", BORN.isoformat()),
        ("nonsense", BORN.isoformat()),
        (appointment.reference + "\x00"[:0] + "9", BORN.isoformat()),
    ]
    pages = [look_up(client, *pair) for pair in tries]

    assert [page.status_code for page in pages] == [200] * 4  # type: ignore[attr-defined]
    assert [words(page).count(NO_MATCH) for page in pages] == [2] * 4
    assert {title(page) for page in pages} == {"Error: Find your booking – Fairslot"}
    assert everything() == before
    assert SecurityCode.objects.count() == 0


def test_look_up_when_no_birth_date_is_on_record(client: Client) -> None:
    assert NO_MATCH in words(look_up(client, booked().reference))


def test_look_up_when_something_is_missing(client: Client) -> None:
    page = look_up(client, "", "")

    assert words(page).count("Enter your booking reference") == 2
    assert words(page).count("Enter the date of birth or the ID number") == 2


def test_look_up_when_by_id_number(client: Client, appointment: Appointment) -> None:
    patient = appointment.chain.patient
    patient.id_number_digest = digest_of_id_number("XK-204 881 930")
    patient.save()

    assert look_up(client, appointment.reference, "", "xk204881930")["Location"] == "/manage/"  # type: ignore[index]
    wrong = look_up(client, appointment.reference, BORN.isoformat(), "XK204881931")
    assert "Booking reference and ID number do not match. Check both" in words(wrong)


@pytest.mark.parametrize(
    ("number", "masked"),
    [("XK-204 881 930", "•••• 930"), ("XK-2048 8193 0177", "•••• 0177"), ("AB12", "•••• 2"), ("12", "••••")],
)
def test_id_number_when_masked(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


def test_t6_look_up_when_tried_too_often(client: Client, appointment: Appointment) -> None:
    for reference in (appointment.reference, "3467-9CD3"):
        for _ in range(10):
            look_up(client, reference, "1984-03-28")
        page = look_up(client, reference)

        assert page.status_code == 429  # type: ignore[attr-defined]
        assert "There were too many tries. Wait 15 minutes, or call the clinic" in words(page)
    assert SecurityCode.objects.count() == 0


def test_t6_look_up_when_timed(appointment: Appointment) -> None:
    def seconds(reference: str, born: date) -> float:
        begun = time.perf_counter()
        find_booking(reference=reference, birth_date=born, id_number="")
        return time.perf_counter() - begun

    find_booking(reference="3467-9CD3", birth_date=BORN, id_number="")
    # In turns, and the shortest of each: a busy machine makes some tries longer, none shorter.
    tries = [(seconds("3467-9CD3", BORN), seconds(appointment.reference, date(1984, 3, 28))) for _ in range(60)]
    unknown, wrong_date = map(min, zip(*tries, strict=True))

    assert 0.5 < unknown / wrong_date < 2
