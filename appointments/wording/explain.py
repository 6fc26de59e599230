"""A quote's lines → rows that a person understands. Pages, mails and the admin all show these."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import Centre
from appointments.wording.formats import format_moment, format_money
from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import CancellationRule, Line, LineCode


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an explanation: what, how much (already formatted), and why. `kind` is the line's code."""

    kind: str
    label: str
    amount: str
    why: str = ""
    is_total: bool = False


def explain_lines(lines: Iterable[Line], *, currency: str, centre: Centre) -> list[Row]:
    """Return the rows of a quote, in its order. Amounts come before percentages, percentages with their reason."""
    return [_row(line, currency, centre) for line in lines if _is_worth_a_row(line)]


def explain_ways(allocations: Iterable[Allocation], *, currency: str, centre: Centre) -> list[Row]:
    """Return one row for each way the money goes back, with the amounts of that way added up."""
    sums: dict[RefundWay, int] = {}
    for part in allocations:
        sums[part.way] = sums.get(part.way, 0) + part.amount
    return [
        Row(way.value, way_back_words(way), format_money(amount, currency=currency, centre=centre))
        for way, amount in sums.items()
    ]


def way_back_words(way: str) -> str:
    """Return where money goes back to, in words that follow "back"."""
    return {
        RefundWay.ORIGINAL: _("to the card or account you paid with"),
        RefundWay.CASH: _("in cash at the centre’s cash desk"),
        RefundWay.BANK_TRANSFER: _("by bank transfer"),
        RefundWay.CREDIT: _("as credit for your next booking"),
        RefundWay.INSURANCE_WINDOW: _("to your insurer, by the insurance window"),
    }[RefundWay(way)]


def notice_words(seconds: int) -> str:
    """Return a length before the start in whole hours or minutes, never rounded."""
    hours, rest = divmod(seconds, 3600)
    if rest:
        minutes = seconds // 60
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def _is_worth_a_row(line: Line) -> bool:
    return (
        line.amount != 0
        or line.code in (LineCode.HELD, LineCode.KEPT_BY_RULE, LineCode.REFUND, LineCode.DUE)
        or bool(line.parameters)
    )


def _row(line: Line, currency: str, centre: Centre) -> Row:
    label = {
        LineCode.HELD: _("You paid"),
        LineCode.KEPT_BY_RULE: _("The clinic keeps"),
        LineCode.HANDLING_FEE: _("Handling fee"),
        LineCode.REFUND: _("You get back"),
        LineCode.INSURED: _("Your insurer gets back"),
        LineCode.RESCHEDULE_FEE: _("Fee for moving"),
        LineCode.DIFFERENCE_CHARGED: _("Price difference"),
        LineCode.DIFFERENCE_WAIVED: _("Price difference"),
        LineCode.DIFFERENCE_RETURNED: _("Price difference"),
        LineCode.DIFFERENCE_KEPT: _("Price difference"),
        LineCode.DUE: _("To pay now"),
        LineCode.CREDIT: _("Credit for your next booking"),
    }[line.code]
    amount = format_money(line.amount, currency=currency, centre=centre)
    is_total = line.code in (LineCode.REFUND, LineCode.DUE, LineCode.CREDIT)
    return Row(line.code.value, label, amount, _why(line, currency, centre), is_total)


def _why(line: Line, currency: str, centre: Centre) -> str:
    if line.code is LineCode.KEPT_BY_RULE:
        return rule_words(line, centre=centre)
    if line.code is LineCode.HANDLING_FEE:
        return _("Taken by the service you booked with")
    if line.code is LineCode.DIFFERENCE_WAIVED:
        waived = format_money(int(line.parameters["difference"]), currency=currency, centre=centre)
        return _("The new time costs %(amount)s more. You do not pay it.") % {"amount": waived}
    if line.code is LineCode.DIFFERENCE_KEPT:
        kept = format_money(-int(line.parameters["difference"]), currency=currency, centre=centre)
        return _("The new time costs %(amount)s less. The clinic’s terms do not return it.") % {"amount": kept}
    return ""


def rule_words(line: Line, *, centre: Centre) -> str:
    """Return why a cancellation gives back what it does: percentage, rule and the clock time it hangs on."""
    facts = line.parameters
    percent = facts["percent"]
    rule = CancellationRule(facts["rule"])
    if rule is CancellationRule.COOLING_OFF:
        until = format_moment(datetime.fromisoformat(facts["until"]), centre=centre)
        return _("%(percent)s%% back: you booked not long ago and can cancel free until %(until)s") % {
            "percent": percent,
            "until": until,
        }
    if rule is CancellationRule.TIER:
        return _tier_words(facts, centre=centre)
    words = {
        CancellationRule.OVERRIDE: _("%(percent)s%% back: set by the clinic’s staff"),
        CancellationRule.HOSPITAL_INITIATED: _("%(percent)s%% back: the clinic cancels, so everything comes back"),
        CancellationRule.NOT_CONFIRMED: _("%(percent)s%% back: the appointment is not confirmed yet"),
    }
    return words[rule] % {"percent": percent}


def _tier_words(facts: dict[str, str], *, centre: Centre) -> str:
    percent = facts["percent"]
    if facts.get("percent_cap") == percent:
        return _("%(percent)s%% back: what stood when you moved this appointment") % {"percent": percent}
    if "notice_seconds" not in facts:
        return _("%(percent)s%% back: it is too late for more") % {"percent": percent}
    notice = int(facts["notice_seconds"])
    if notice == 0:
        return _("%(percent)s%% back: the start is too close for more") % {"percent": percent}
    until = format_moment(datetime.fromisoformat(facts["until"]), centre=centre)
    pattern = (
        _("%(percent)s%% back: you cancel at least %(notice)s before the start (until %(until)s)")
        if facts["inclusive"] == "true"
        else _("%(percent)s%% back: you cancel more than %(notice)s before the start (before %(until)s)")
    )
    length = notice_words(int(timedelta(seconds=notice).total_seconds()))
    return pattern % {"percent": percent, "notice": length, "until": until}
