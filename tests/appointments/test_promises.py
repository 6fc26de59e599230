"""The day by which money is promised: counted once, stored, shown the same everywhere, and told of when it is missed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from appointments import payouts
from appointments.certificates.queries import certificate_of
from appointments.models import Appointment, ClosedDay, MessageKind, OutboxMessage
from appointments.notifications.messages import word_message
from appointments.promises import promises_of, working_day_after
from appointments.tasks import announce_refund_news
from appointments.usecases.announce import announce_late_refund
from appointments.usecases.cancel import cancel_appointment
from refunds import operations, queries
from refunds.models import Refund
from tests import factories as make
from tests.admin.desk import browser, member

FRIDAY = date(2026, 10, 30)


@pytest.mark.parametrize(
    ("country", "region", "days", "expected"),
    [
        ("", "", 1, date(2026, 11, 2)),
        ("", "", 10, date(2026, 11, 13)),
        ("IL", "", 1, date(2026, 11, 1)),  # Friday and Saturday are the weekend there
        ("GB", "ENG", 40, date(2026, 12, 29)),  # Christmas, and Boxing Day on the Monday after
        ("GB", "SCT", 21, date(2026, 12, 1)),  # Saint Andrew
        ("GB", "ENG", 21, date(2026, 11, 30)),
    ],
)
def test_working_day_when_counted(country: str, region: str, days: int, expected: date) -> None:
    assert working_day_after(FRIDAY, days=days, country=country, region=region, closed=()) == expected


def test_working_day_when_the_centre_is_closed() -> None:
    closed = {date(2026, 11, 2), date(2026, 11, 4)}

    assert working_day_after(FRIDAY, days=2, country="", region="", closed=closed) == date(2026, 11, 5)


def cancelled(**centre: object) -> tuple[Appointment, Refund]:
    """A cancellation at NOW, a Monday, at a centre with these settings, closed on the Tuesday."""
    place = make.CentreFactory.create(**centre)
    ClosedDay.objects.create(centre=place, on=date(2026, 11, 3), name="Festival")
    appointment = make.booked(slot=make.SlotFactory.create(doctor=make.DoctorFactory.create(centre=place)))
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)
    return make.fresh(appointment), Refund.objects.get()


def test_promise_when_stored(db: None) -> None:
    appointment, refund = cancelled(card_refund_days=3)

    certificate = certificate_of(appointment)
    assert certificate is not None
    assert refund.promised_on == date(2026, 11, 6)
    assert certificate.facts["promised"] == {"original": "2026-11-06"}
    assert list(promises_of(certificate.event).values()) == [date(2026, 11, 6)]


def test_promise_when_the_calendar_changes_later(db: None) -> None:
    appointment, refund = cancelled(card_refund_days=3)
    appointment.centre.closed_days.all().delete()
    type(appointment.centre).objects.update(card_refund_days=30)

    mail = word_message(OutboxMessage.objects.get(kind=MessageKind.CANCELLED)).text

    assert "By Friday 6 November 2026 at the latest." in mail
    assert queries.late(today=date(2026, 11, 6)).count() == 0
    assert list(queries.late(today=date(2026, 11, 7))) == [refund]


def test_late_when_the_day_has_passed(db: None) -> None:
    _, refund = cancelled(card_refund_days=3)
    after = make.NOW + timedelta(days=5, hours=3)

    assert list(payouts.late_refunds(now=make.NOW + timedelta(days=5, hours=2, minutes=59), limit=9)) == []
    [late] = payouts.late_refunds(now=after, limit=9)
    announce_late_refund(refund=late, now=after)
    announce_late_refund(refund=late, now=after)

    assert list(payouts.late_refunds(now=after, limit=9)) == []
    message = OutboxMessage.objects.get(kind=MessageKind.REFUND_LATE)
    text = word_message(message).text
    assert message.refund == refund.pk
    assert "should have been back by Friday 6 November 2026. It is late. The money is still yours." in text
    assert "What we do: the clinic’s finance desk has been told" in text


def test_late_when_it_is_back(db: None) -> None:
    place = make.CentreFactory.create()
    appointment = make.booked(
        slot=make.SlotFactory.create(doctor=make.DoctorFactory.create(centre=place)), method="bank_transfer"
    )
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)
    operations.confirm_by_hand(refund_id=Refund.objects.get().pk, evidence="B-1", now=make.NOW, actor="finance")

    assert queries.late(today=date(2027, 1, 1)).count() == 0


def test_late_when_the_task_runs(db: None) -> None:
    cancelled(card_refund_days=3)

    with time_machine.travel(make.NOW + timedelta(days=9), tick=False):
        announce_refund_news()
        announce_refund_news()

    assert OutboxMessage.objects.filter(kind=MessageKind.REFUND_LATE).count() == 1


def test_desk_when_one_is_late(db: None) -> None:
    appointment, refund = cancelled(card_refund_days=3)
    address = reverse("admin:refunds_refund_changelist")

    shown = []
    for days in (1, 9):
        with time_machine.travel(make.NOW + timedelta(days=days), tick=False):
            page = browser(member(appointment.centre, "finance")).get(address, {"promise": "late"})
            shown.append(str(refund.pk) in page.content.decode())

    assert shown == [False, True]


@pytest.mark.parametrize(
    ("country", "region", "field"), [("XX", "", "country"), ("GB", "Atlantis", "region"), ("", "MH", "region")]
)
def test_centre_when_its_holidays_are_not_known(db: None, country: str, region: str, field: str) -> None:
    centre = make.CentreFactory.create(country=country, region=region)

    with pytest.raises(ValidationError) as refused:
        centre.clean()

    assert list(refused.value.message_dict) == [field]
