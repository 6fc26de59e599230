"""Entering somebody who was never here: a record and a hold, or neither."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.audit import PROMISES
from appointments.errors import SlotTakenError, TermsChangedError
from appointments.models import Appointment, Channel, ContactChange, OutboxMessage, Patient, Slot
from appointments.newcomers import Newcomer
from appointments.usecases.enter_patient import Entered, KnownAlreadyError, enter_and_hold
from appointments.usecases.hold import Shown, terms_for
from refunds.audit import check
from tests import factories as make

pytestmark = pytest.mark.django_db
BORN = date(1990, 5, 17)
RAVI = Newcomer(name="Ravi Patil", birth_date=BORN, phone="+919822011223", email="ravi@example.org", language="hi")
CLERK = Actor.system("test clerk")


def entered(slot: Slot, who: Newcomer = RAVI, **other: Any) -> Entered:
    centre = slot.doctor.centre
    channel = Channel.objects.filter(centre=centre).first() or make.ChannelFactory.create(centre=centre)
    asked = {
        "others": [],
        "channel_id": channel.pk,
        "centre_ids": [centre.pk],
        "actor": CLERK,
        "now": make.NOW,
        "shown": Shown(slot.price, terms_for(slot, channel, now=make.NOW).pk),
        **other,
    }
    return enter_and_hold(newcomer=who, slot_id=slot.pk, **asked)


def counted() -> tuple[int, int, int]:
    return Patient.objects.count(), Appointment.objects.count(), ContactChange.objects.count()


def test_entering_holds_the_time() -> None:
    draft = entered(make.SlotFactory.create()).appointment

    patient = draft.chain.patient
    assert (draft.status, patient.name, patient.birth_date) == ("draft", "Ravi Patil", BORN)
    assert (patient.phone, patient.email, patient.language) == ("+919822011223", "ravi@example.org", "hi")
    assert draft.events.get().actor_label == CLERK.label


def test_entering_says_who_did_it() -> None:
    slot = make.SlotFactory.create()
    clerk = make.staff_member(slot.doctor.centre)

    patient = entered(slot, actor=Actor.staff(clerk)).appointment.chain.patient

    noted = patient.contact_changes.get()
    assert (noted.actor_user, noted.at) == (clerk, make.NOW)
    assert noted.before == {"name": "", "email": "", "phone": ""}
    assert noted.after == {"name": "Ravi Patil", "email": "ravi@example.org", "phone": "+919822011223"}


def test_entering_when_nothing_is_to_pay_books() -> None:
    slot = make.SlotFactory.create(price=0)

    booking = entered(slot).appointment
    again = entered(slot)

    assert make.fresh(booking).status == "confirmed"
    assert (again.appointment, again.repeated) == (booking, True)
    assert OutboxMessage.objects.get(kind="booked").patient == booking.chain.patient


def test_entering_when_sent_twice() -> None:
    slot = make.SlotFactory.create()
    first = entered(slot)
    before = counted()

    second = entered(slot, replace(RAVI, name="ravi  patil"))

    assert (second.appointment, second.repeated) == (first.appointment, True)
    assert counted() == before


@pytest.mark.parametrize(
    "who",
    [
        replace(RAVI, name="R Patil", email=""),
        replace(RAVI, name="R Patil", phone="", email="RAVI@example.org"),
        replace(RAVI, phone="", email="other@example.org"),
    ],
    ids=["phone", "e-mail", "name"],
)
def test_entering_when_known_here(who: Newcomer) -> None:
    first = entered(make.SlotFactory.create()).appointment
    before = counted()

    with pytest.raises(KnownAlreadyError) as refused:
        entered(make.moving(first), who)

    assert refused.value.patients == [first.chain.patient]
    assert counted() == before


def test_entering_when_the_number_was_kept_without_its_code() -> None:
    known = make.booked(patient=make.PatientFactory.create(birth_date=BORN, phone="098220 11223"))

    with pytest.raises(KnownAlreadyError) as refused:
        entered(make.moving(known))

    assert refused.value.patients == [known.chain.patient]


def test_entering_when_a_record_has_no_date_of_birth() -> None:
    known = make.booked(patient=make.PatientFactory.create(birth_date=None, phone=RAVI.phone))
    make.booked(slot=make.moving(known), patient=make.PatientFactory.create(birth_date=None, phone=""))
    day_after = make.moving(known, starts_at=known.slot.starts_at + timedelta(days=2))

    with pytest.raises(KnownAlreadyError) as refused:
        entered(day_after)

    assert refused.value.patients == [known.chain.patient]


def test_audit_when_somebody_was_entered() -> None:
    entered(make.SlotFactory.create(), replace(RAVI, email=""))

    assert list(check(PROMISES, now=make.NOW)) == []


def test_entering_when_those_known_are_others() -> None:
    """Twins have one birth date and their mother's phone."""
    first = entered(make.SlotFactory.create()).appointment
    twin = replace(RAVI, name="Rohan Patil")

    second = entered(make.moving(first), twin, others=[first.chain.patient_id]).appointment

    assert second.chain.patient.name == "Rohan Patil"
    assert second.chain.patient != first.chain.patient


def test_entering_when_known_at_another_centre() -> None:
    """Nobody learns of it."""
    entered(make.SlotFactory.create())

    elsewhere = entered(make.SlotFactory.create()).appointment

    assert Patient.objects.filter(name="Ravi Patil").count() == 2
    assert elsewhere.status == "draft"


def test_entering_when_the_time_is_taken() -> None:
    taken = make.held()
    before = counted()

    with pytest.raises(SlotTakenError):
        entered(taken.slot)

    assert counted() == before


def test_entering_when_the_price_is_another() -> None:
    slot = make.SlotFactory.create()
    channel = make.ChannelFactory.create(centre=slot.doctor.centre)
    shown = Shown(slot.price - 1, terms_for(slot, channel, now=make.NOW).pk)
    before = counted()

    with pytest.raises(TermsChangedError):
        entered(slot, shown=shown)

    assert counted() == before
