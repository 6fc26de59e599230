"""Recent changes of how patients are reached, and what they mean for money on its way. Read-only.

Whoever can read a patient's mail is asked where a refund goes. So details that come soon after a change of address wait for somebody who had
no hand in it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from appointments.models import ContactChange, Patient, User
from appointments.payouts import appointment_of, event_of
from refunds.bank.payees import Hold
from refunds.models import HoldReason, Refund

#: Where a mail goes, and who signs in: the values by which somebody can be named twice.
_ADDRESSES = ("email", "phone", "login_email", "login_phone")


def recent_changes(*, patient: Patient, now: datetime) -> QuerySet[ContactChange]:
    """Return the changes after which bank details are taken with care, newest first."""
    since = now - timedelta(days=settings.CONTACT_CHANGE_RECENT_DAYS)
    return ContactChange.objects.filter(patient=patient, at__gt=since)


def hold_for(*, refund: Refund, now: datetime) -> Hold | None:
    """Return the hold for bank details given now, or None where the patient's address has long been the same."""
    patient = patient_of(refund)
    if patient is None or not recent_changes(patient=patient, now=now).exists():
        return None
    return Hold(until=now + timedelta(days=settings.CONTACT_CHANGE_HOLD_DAYS), reason=HoldReason.CONTACT)


def earlier_addresses(*, refund: Refund, now: datetime) -> set[str]:
    """Return the e-mail addresses that the patient had until a short while ago and no longer has."""
    patient = patient_of(refund)
    if patient is None:
        return set()
    known = {change.before.get("email", "") for change in recent_changes(patient=patient, now=now)}
    return known - {"", patient.email}


def patient_of(refund: Refund) -> Patient | None:
    """Return whose refund it is."""
    appointment = appointment_of(refund)
    return appointment.chain.patient if appointment else None


def concerned_staff(refund: Refund) -> frozenset[str]:
    """Return who may not release a hold of this refund: who asked for it, who changed the patient's contact details, and whose own
    address the patient was given.
    """
    patient, event = patient_of(refund), event_of(refund)
    accounts = {event.actor_user_id} if event else set()
    if patient is not None:
        for change in ContactChange.objects.filter(patient=patient):
            accounts.add(change.actor_user_id)
            accounts |= _accounts_named_in(change)
    return frozenset(f"staff:{account}" for account in accounts if account is not None)


def _accounts_named_in(change: ContactChange) -> set[int | None]:
    given = [change.after[name] for name in _ADDRESSES if change.after.get(name)]
    named = Q(phone__in=given)
    for value in given:
        named |= Q(email__iexact=value)
    accounts: set[int | None] = set(User.objects.filter(named).values_list("pk", flat=True)) if given else set()
    if change.after.get("account", "").isdecimal():
        accounts.add(int(change.after["account"]))
    return accounts
