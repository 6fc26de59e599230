"""A clinic whose times are all taken, people who wait, and a time that is given back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from appointments.actor import Actor
from appointments.models import Appointment, Doctor, Patient, Slot, SlotOffer, WaitingEntry
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.offer_slot import offer_slot
from appointments.usecases.wait import Waiting, join_list, join_to_move
from tests import factories as make

DAY = make.STARTS_AT.date()
MINUTE = timedelta(minutes=1)
UNTIL = make.NOW + 60 * MINUTE


def actor_of(patient: Patient) -> Actor:
    assert patient.user is not None
    return Actor.patient(patient.user)


@dataclass
class House:
    """One doctor of a centre that is booked on its own pages."""

    doctor: Doctor = field(default_factory=make.DoctorFactory.create)

    def __post_init__(self) -> None:
        self.channel = make.ChannelFactory.create(centre=self.doctor.centre, is_website=True)

    def slot(self, *, hours: int = 0, **parts: Any) -> Slot:
        """One more time of the doctor, so many hours after STARTS_AT."""
        values = {"doctor": self.doctor, "starts_at": make.STARTS_AT + timedelta(hours=hours), **parts}
        return make.SlotFactory.create(**values)

    def booked(self, *, hours: int = 0, **parts: Any) -> Appointment:
        """One more appointment, paid in cash."""
        return make.booked(slot=self.slot(hours=hours), channel=self.channel, method="cash", **parts)

    def waits(
        self, *, patient: Patient | None = None, now: datetime = make.NOW, doctor: bool = True, **wish: Any
    ) -> WaitingEntry:
        """Somebody who waits for a first booking on the day of STARTS_AT."""
        who = patient or make.PatientFactory.create()
        asked = Waiting(
            doctor_id=self.doctor.pk if doctor else None,
            specialty="" if doctor else self.doctor.specialty,
            **{"first_day": DAY, "last_day": DAY, **wish},
        )
        return join_list(patient_id=who.pk, centre=self.doctor.centre, wish=asked, actor=actor_of(who), now=now)

    def waits_to_move(self, appointment: Appointment, *, now: datetime = make.NOW, **wish: Any) -> WaitingEntry:
        """Somebody who waits for an earlier time of the same doctor than they have."""
        days = {"first_day": now.date(), "last_day": appointment.slot.starts_at.date()}
        asked = Waiting(doctor_id=self.doctor.pk, **{**days, **wish})
        return join_to_move(appointment_id=appointment.pk, wish=asked, actor=make.patient_of(appointment), now=now)


def give_back(appointment: Appointment, *, now: datetime = make.NOW) -> Slot:
    """Cancel it, and return its time."""
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=now)
    return Slot.objects.select_related("doctor__centre").get(pk=appointment.slot_id)


def offered(slot: Slot, *, now: datetime = make.NOW) -> SlotOffer:
    """Offer the time to whoever is first in line."""
    offer = offer_slot(slot_id=slot.pk, now=now)
    assert offer is not None
    return offer


def fresh_offer(offer: SlotOffer) -> SlotOffer:
    return SlotOffer.objects.select_related("entry", "draft").get(pk=offer.pk)


def fresh_entry(entry: WaitingEntry) -> WaitingEntry:
    return WaitingEntry.objects.get(pk=entry.pk)
