"""A policy in plain sentences, and as the steps of a picture. For patients and for the people who write it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext, ngettext

from policies.phrases import hours_left, money, percentage
from policies.rules.currencies import PLACES
from policies.rules.money import percent_of
from policies.rules.terms import CancellationTerms, PriceDifference, RescheduleTerms, Terms, Tier

_NONE = timedelta(0)
_EXAMPLE = 1000  # whole units of the currency


@dataclass(frozen=True, slots=True)
class RefundPoint:
    """One step of refund against time: from `begins` before the start (None: any earlier) until `ends` before it."""

    begins: timedelta | None
    ends: timedelta
    percent: Decimal


def refund_points(terms: Terms) -> list[RefundPoint]:
    """Return what comes back by tiers as steps in the order of time, the last one ending at the start.

    Neighbours that give the same are one step; time that no tier speaks of gives nothing.
    """
    tiers = [tier for tier in terms.cancellation.tiers if tier.notice >= _NONE]
    edges = [(tier.notice, tier.percent) for tier in tiers]
    if not tiers or tiers[-1].notice > _NONE:
        edges.append((_NONE, Decimal(0)))
    points: list[RefundPoint] = []
    begins: timedelta | None = None
    for ends, percent in edges:
        if points and points[-1].percent == percent:
            points[-1] = RefundPoint(points[-1].begins, ends, percent)
        else:
            points.append(RefundPoint(begins, ends, percent))
        begins = ends
    return points


def describe_terms(terms: Terms, *, currency: str, example: int | None = None, locale: str | None = None) -> list[str]:
    """Return the terms as sentences: cancelling, one example with money, then moving.

    `example` is the amount paid in the example, in minor units (None: a thousand whole units); `locale` a Babel locale
    for numbers (None: that of the active language).
    """
    paid = _EXAMPLE * 10 ** PLACES[currency] if example is None else example
    return [
        *_describe_cancelling(terms.cancellation, locale),
        *_give_example(terms.cancellation, paid, currency, locale),
        *_describe_moving(terms.reschedule, currency, locale),
    ]


def _describe_cancelling(rules: CancellationTerms, locale: str | None) -> list[str]:
    sentences = []
    if rules.cooling_off > _NONE:
        text = gettext("Up to %(hours)s after the first booking: %(percent)s back, however near the start.")
        about = {
            "hours": hours_left(rules.cooling_off, locale=locale),
            "percent": percentage(Decimal(100), locale=locale),
        }
        sentences.append(text % about)
    sentences += _describe_tiers(rules.tiers, locale)
    if rules.window > _NONE:
        text = gettext(
            "Online you can cancel until %(hours)s before the start. After that you can ask for an exception."
        )
        sentences.append(text % {"hours": hours_left(rules.window, locale=locale)})
    return sentences


def _describe_tiers(tiers: tuple[Tier, ...], locale: str | None) -> list[str]:
    """Say one sentence a tier, highest notice first, and one for the time below the lowest."""
    if not tiers:
        return [gettext("Nothing comes back.")]
    highest, lowest = tiers[0], tiers[-1]
    if highest.notice <= _NONE:
        return [gettext("Until the start: %(percent)s back.") % _about(_NONE, highest.percent, locale)]
    beyond = (
        gettext("%(hours)s or more before the start: %(percent)s back.")
        if highest.inclusive
        else gettext("More than %(hours)s before the start: %(percent)s back.")
    )
    sentences = [beyond % _about(highest.notice, highest.percent, locale)]
    for higher, lower in pairwise(tiers):
        if lower.notice > _NONE:
            text = (
                gettext("Later, until %(hours)s before the start: %(percent)s back.")
                if lower.inclusive
                else gettext("Later, while more than %(hours)s are left: %(percent)s back.")
            )
            sentences.append(text % _about(lower.notice, lower.percent, locale))
        else:
            sentences.append(_below(higher) % _about(higher.notice, lower.percent, locale))
    if lowest.notice > _NONE:
        sentences.append(_below(lowest) % _about(lowest.notice, Decimal(0), locale))
    return sentences


def _below(tier: Tier) -> str:
    if tier.inclusive:
        return gettext("Less than %(hours)s before the start: %(percent)s back.")
    return gettext("%(hours)s or less before the start: %(percent)s back.")


def _give_example(rules: CancellationTerms, paid: int, currency: str, locale: str | None) -> list[str]:
    """Work one tier out in money: the highest that keeps something and gives something."""
    tier = next((tier for tier in rules.tiers if 0 < tier.percent < 100 and tier.inclusive), None)
    if tier is None:
        return []
    text = gettext("For example, of %(paid)s paid, %(back)s comes back if you cancel %(hours)s before the start.")
    about = {
        "paid": money(paid, currency, locale=locale),
        "back": money(percent_of(paid, tier.percent), currency, locale=locale),
        "hours": hours_left(tier.notice, locale=locale),
    }
    return [text % about]


def _describe_moving(rules: RescheduleTerms, currency: str, locale: str | None) -> list[str]:
    most = rules.max_reschedules
    if most == 0:
        return [gettext("The appointment cannot be moved. Cancel it and book again.")]
    text = ngettext(
        "You can move the appointment once, until %(hours)s before the start.",
        "You can move the appointment up to %(most)d times, until %(hours)s before the start.",
        most,
    )
    sentences = [text % {"most": most, "hours": hours_left(rules.window, locale=locale)}]
    if rules.same_doctor_required:
        sentences.append(gettext("It stays with the same doctor."))
    sentences.append(_describe_fee(rules, currency, locale))
    sentences.append(_describe_difference(rules.price_difference))
    if rules.keep_tier:
        sentences.append(gettext("Moving late does not raise what cancelling gives back."))
    return sentences


def _describe_fee(rules: RescheduleTerms, currency: str, locale: str | None) -> str:
    free = rules.free_reschedules
    if not rules.fee or free >= rules.max_reschedules:
        return gettext("Moving is free.")
    about = {"free": free, "fee": money(rules.fee, currency, locale=locale)}
    if free == 0:
        return gettext("Each move costs %(fee)s.") % about
    text = ngettext(
        "The first move is free, each further one costs %(fee)s.",
        "The first %(free)d moves are free, each further one costs %(fee)s.",
        free,
    )
    return text % about


def _describe_difference(strategy: PriceDifference) -> str:
    if strategy is PriceDifference.CHARGE:
        return gettext("If the new time costs more, you pay the difference; if it costs less, you get it as credit.")
    if strategy is PriceDifference.CREDIT:
        return gettext(
            "If the new time costs more, you pay nothing extra; if it costs less, the difference is refunded."
        )
    return gettext("If the new time costs more or less, nothing is paid and nothing comes back for that.")


def _about(notice: timedelta, percent: Decimal, locale: str | None) -> dict[str, str]:
    return {"hours": hours_left(notice, locale=locale), "percent": percentage(percent, locale=locale)}
