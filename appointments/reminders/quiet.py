"""Quiet hours: when a patient wants no reminders, by the clock of the centre."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appointments.models import Patient


def quiet_end(*, patient: Patient, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the quiet hours end that it is now, or None outside them. From and until the same: there are none."""
    local = now.astimezone(zone)
    clock, begin, end = local.time(), patient.quiet_from, patient.quiet_until
    runs_over_midnight = begin > end
    is_quiet = (clock >= begin or clock < end) if runs_over_midnight else begin <= clock < end
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=int(runs_over_midnight and clock >= begin))
    return datetime.combine(day, end, tzinfo=zone)
