"""The certificate: issued with the deed, the same bytes for ever, and safe from what people type."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from appointments.certificates.document import certificate_pdf
from appointments.certificates.issue import issue_certificate
from appointments.certificates.numbers import new_number, read_number
from appointments.certificates.queries import certificate_of
from appointments.certificates.wording import plain, words_of
from appointments.models import Appointment, Centre, Certificate, Patient
from appointments.references import ALPHABET
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft
from tests import factories as make

HOSTILE = '<script>alert(1)</script> #image("/etc/passwd") $x$ @ref =HYPERLINK()\r\nBcc: \x07\u202eevil\u2066 😀 தமிழ்'


def issued(**patient: str) -> Certificate:
    """Return the certificate of a booking cancelled 20 hours before the start, for 75 %."""
    appointment = make.booked(patient=make.PatientFactory.create(**patient))
    cancel_appointment(
        appointment_id=appointment.pk,
        actor=make.patient_of(appointment),
        now=make.STARTS_AT - timedelta(hours=20),
    )
    found = certificate_of(appointment)
    assert found is not None
    return found


def test_number_when_a_character_is_wrong() -> None:
    number = new_number()
    wrong = [
        number[:place] + other + number[place + 1 :]
        for place in range(len(number))
        if number[place] != "-"
        for other in ALPHABET
        if other != number[place]
    ]

    assert read_number(f" {number.lower().replace('-', ' ')} ") == number
    assert {read_number(text) for text in wrong} == {None}


@pytest.mark.parametrize("text", ["", "K7QP-3MHC", "K7QP-3MHC-D4GHXX", "0OIL-0OIL-0OIL0", "\x00" * 13])
def test_number_when_it_cannot_be_one(text: str) -> None:
    assert read_number(text) is None


def test_certificate_when_cancelled(db: None) -> None:
    certificate = issued(name="Meera Shah")
    words = words_of(certificate)

    assert certificate.issued_at == certificate.event.at
    assert words["lead"] == (
        "The appointment below was cancelled by the patient on Wednesday 4 November 2026 at 6:30pm."
    )
    assert ("Patient", "Meera Shah") in words["facts"]
    assert [(row["label"], row["amount"]) for row in words["rows"]] == [
        ("You paid", "₹1,000.00"),
        ("The clinic keeps", "-₹250.00"),
        ("You get back", "₹750.00"),
    ]
    assert words["verify"]["url"].endswith(f"/verify/{certificate.number}/")


def test_certificate_when_only_a_hold_ran_out(db: None) -> None:
    draft = make.held()

    assert expire_draft(appointment_id=draft.pk, now=make.NOW + timedelta(hours=1))
    assert Certificate.objects.count() == 0


def test_document_when_everything_is_renamed_later(db: None) -> None:
    certificate = issued(name="Meera Shah")
    before = certificate_pdf(certificate)

    Patient.objects.update(name="Somebody Else", language="hi")
    Centre.objects.update(name="Renamed", time_zone="Europe/London", locale="en_GB", finance_phone="1")

    again = Certificate.objects.get()
    assert certificate_pdf(again) == before
    assert before.startswith(b"%PDF-")


def test_document_when_it_is_for_keeping(db: None) -> None:
    pdf = certificate_pdf(issued(name="मीरा शाह 张伟"))

    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf


def test_document_when_names_are_hostile(db: None) -> None:
    certificate = issued(name=HOSTILE[:150])

    pdf = certificate_pdf(certificate)

    patient = dict(words_of(certificate)["facts"])["Patient"]
    assert patient == '<script>alert(1)</script> #image("/etc/passwd") $x$ @ref =HYPERLINK() Bcc: evil 😀 தமிழ்'
    assert pdf.startswith(b"%PDF-")
    assert b"/URI" not in pdf
    assert b"/JavaScript" not in pdf


def test_plain_when_words_need_joiners() -> None:
    assert plain("क्\u200dष\u202e\x07") == "क्\u200dष"


def test_certificate_when_issued_twice(db: None) -> None:
    certificate = issued()

    with pytest.raises(IntegrityError), transaction.atomic():
        issue_certificate(event=certificate.event, now=make.NOW)

    assert Certificate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET number = 'x'", "DELETE FROM {table}"])
def test_certificate_when_raw_sql_changes_it(statement: str) -> None:
    certificate = issued()

    with pytest.raises(IntegrityError, match="certificate_is_never_"), connection.cursor() as cursor:
        cursor.execute(statement.format(table=Certificate._meta.db_table))

    assert Certificate.objects.get().number == certificate.number


def test_certificate_when_nothing_was_cancelled(db: None) -> None:
    assert certificate_of(make.booked()) is None
    assert Appointment.objects.get().status == Appointment.Status.CONFIRMED
