"""Records → what is there of what centres need. As many queries for a hundred centres as for one. Read-only."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q

from appointments.models import Centre, Channel, ClosedDay, Doctor, HolidayYear, ReasonCode, Slot, User
from appointments.setup.steps import CentreFacts, HouseFacts
from policies.queries import policies_in_force

_TO_FILES = ("filebased", "console", "dummy")


def facts_of(centres: Iterable[Centre], *, now: datetime) -> dict[int, CentreFacts]:
    """Return what the records say of these centres, by pk. Five queries."""
    places = list(centres)
    keys = [centre.pk for centre in places]
    in_force = policies_in_force(policy_ids={centre.policy_id for centre in places}, now=now)
    websites = set(Channel.objects.filter(centre__in=keys, is_website=True).values_list("centre", flat=True))
    doctors, idle = _doctors(keys, now=now)
    years = _years(keys)
    roles = _roles(keys)
    return {
        centre.pk: CentreFacts(
            has_phone=bool(centre.phone),
            has_finance_phone=bool(centre.finance_phone),
            has_terms=centre.policy_id in in_force,
            has_website=centre.pk in websites,
            doctors=doctors[centre.pk],
            doctors_without_times=tuple(idle[centre.pk]),
            missing_years=tuple(year for year in _wanted_years(centre, now=now) if year not in years[centre.pk]),
            roles=frozenset(roles[centre.pk]),
        )
        for centre in places
    }


def house_facts() -> HouseFacts:
    """Return what is the same for all centres: reasons from the records, the rest from the settings. One query.

    Nothing of a key or a secret is returned, only whether it is there.
    """
    offered = ReasonCode.objects.filter(is_active=True).aggregate(
        patients=Count("pk", filter=Q(for_patients=True)),
        staff=Count("pk", filter=Q(for_staff=True)),
        doctors=Count("pk", filter=Q(for_doctors=True)),
    )
    keys = {
        "Stripe": ((settings.STRIPE_API_KEY,), settings.STRIPE_WEBHOOK_SECRETS),
        "Razorpay": ((settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET), settings.RAZORPAY_WEBHOOK_SECRETS),
    }
    begun = {name: all(parts) and any(secrets) for name, (parts, secrets) in keys.items() if any(parts)}
    return HouseFacts(
        reasons_for=frozenset(name for name, count in offered.items() if count),
        providers=tuple(name for name, is_whole in begun.items() if is_whole),
        half_providers=tuple(name for name, is_whole in begun.items() if not is_whole),
        sends_mail=not any(word in settings.EMAIL_BACKEND for word in _TO_FILES)
        and "localhost" not in settings.DEFAULT_FROM_EMAIL,
        sends_sms=settings.SMS_SENDER == "twilio",
        second_factor=settings.ADMIN_REQUIRES_SECOND_FACTOR,
    )


def _doctors(keys: list[int], *, now: datetime) -> tuple[dict[int, int], dict[int, list[str]]]:
    """Return how many doctors each centre has, and the names of those who offer no time to come, taken or not."""
    offers = Exists(Slot.objects.filter(doctor=OuterRef("pk"), starts_at__gt=now, is_withdrawn=False))
    rows = Doctor.objects.filter(centre__in=keys).annotate(offers=offers).order_by("name", "pk")
    found: dict[int, int] = defaultdict(int)
    idle: dict[int, list[str]] = defaultdict(list)
    for centre, name, has_times in rows.values_list("centre", "name", "offers"):
        found[centre] += 1
        idle[centre] += [] if has_times else [name]
    return found, idle


def _wanted_years(centre: Centre, *, now: datetime) -> tuple[int, int]:
    year = now.astimezone(centre.zone).year
    return year, year + 1


def _years(keys: list[int]) -> dict[int, set[int]]:
    """Return the years for which each centre took over holidays or has closed days of its own."""
    found: dict[int, set[int]] = defaultdict(set)
    taken = HolidayYear.objects.filter(centre__in=keys).values_list("centre", "year")
    entered = ClosedDay.objects.filter(centre__in=keys).order_by().values_list("centre", "on__year")
    for centre, year in taken.union(entered):
        found[centre].add(year)
    return found


def _roles(keys: list[int]) -> dict[int, set[str]]:
    """Return the groups of the people who can work for each centre."""
    people = User.objects.filter(centres__in=keys, is_active=True, is_staff=True, groups__isnull=False)
    found: dict[int, set[str]] = defaultdict(set)
    for centre, group in people.values_list("centres", "groups__name").distinct():
        found[centre].add(group)
    return found
