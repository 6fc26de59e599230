"""What an entry wishes for, and when it is asked. Pure: rows in hand, no query, no clock."""

from datetime import datetime, time, timedelta

from appointments.models import Slot, WaitingEntry
from appointments.reminders.quiet import quiet_end

#: When afternoons and evenings begin, on the centre's clock.
NOON, EVENING = time(12), time(17)


def part_of_day(clock: time) -> str:
    """Return the field of an entry that wishes for this time of day."""
    if clock < NOON:
        return "mornings"
    return "afternoons" if clock < EVENING else "evenings"


def is_wished(entry: WaitingEntry, slot: Slot) -> bool:
    """Tell whether doctor, day and time of day are those the entry wishes for; for a move only an earlier time is."""
    local = slot.starts_at.astimezone(entry.centre.zone)
    by_whom = slot.doctor_id == entry.doctor_id if entry.doctor_id else slot.doctor.specialty == entry.specialty
    in_time = entry.first_day <= local.date() <= entry.last_day and bool(getattr(entry, part_of_day(local.time())))
    is_earlier = entry.appointment is None or slot.starts_at < entry.appointment.slot.starts_at
    return slot.doctor.centre_id == entry.centre_id and by_whom and in_time and is_earlier


def stands_until(slot: Slot, *, minutes: int, now: datetime) -> datetime | None:
    """Return until when an offer made now stands, None where the slot begins before that."""
    until = now + timedelta(minutes=minutes)
    return until if until < slot.starts_at else None


def asked_at(entry: WaitingEntry, slot: Slot, *, now: datetime) -> datetime | None:
    """Return when the patient can be asked: now, or after their quiet hours; None where the slot begins too soon for that."""
    awake_at = quiet_end(patient=entry.patient, zone=entry.centre.zone, now=now) or now
    fits = stands_until(slot, minutes=entry.centre.waiting_list_minutes, now=awake_at) is not None
    return awake_at if fits else None
