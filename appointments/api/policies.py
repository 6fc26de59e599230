"""The policies in force on a channel, in figures and in sentences."""

from datetime import datetime

from django.utils.translation import gettext as _

from appointments import queries
from appointments.api.documents import Document, amount, centre_document, doctor_document, moment
from appointments.models import Channel, Doctor
from appointments.wording.formats import format_money
from policies.errors import NoPolicyInForce
from policies.models import PolicyVersion
from policies.phrases import hours_left, to_hours
from policies.queries import hours_to_length, terms_of, version_in_force
from policies.rules.money import percent_text
from policies.words import describe_terms


def channel_policies(channel: Channel, *, now: datetime) -> Document:
    """Return what a booking on this channel would be made under now.

    A doctor's own policy wins over the channel's, that over the centre's; doctors with one of their own follow the first.
    """
    centre = channel.centre
    own = [doctor for doctor in queries.doctors_of_centre(centre.pk) if doctor.policy_id is not None]
    policies: list[tuple[Doctor | None, int]] = [(None, channel.policy_id or centre.policy_id)]
    policies += [(doctor, doctor.policy_id) for doctor in own if doctor.policy_id is not None]
    found = [(doctor, _in_force(policy_id, now)) for doctor, policy_id in policies]
    return {
        "channel": channel.pk,
        "name": channel.name,
        "centre": centre_document(centre),
        "currency": centre.currency,
        "deadline_hours": None if channel.deadline_hours is None else percent_text(channel.deadline_hours),
        "handling_fee": amount(channel.handling_fee, centre.currency),
        "sentences": _channel_sentences(channel),
        "policies": [_version(doctor, version, channel) for doctor, version in found if version],
    }


def _in_force(policy_id: int, now: datetime) -> PolicyVersion | None:
    try:
        return version_in_force(policy_id=policy_id, now=now)
    except NoPolicyInForce:
        return None


def _channel_sentences(channel: Channel) -> list[str]:
    sentences = []
    if channel.deadline_hours is not None:
        notice = hours_left(hours_to_length(channel.deadline_hours), locale=channel.centre.locale)
        sentences.append(_("Booked here, you can cancel until %(hours)s before the start.") % {"hours": notice})
    if channel.handling_fee:
        fee = format_money(channel.handling_fee, currency=channel.centre.currency, centre=channel.centre)
        sentences.append(_("Booked here, a handling fee of %(fee)s is kept when you cancel.") % {"fee": fee})
    return sentences


def _version(doctor: Doctor | None, version: PolicyVersion, channel: Channel) -> Document:
    terms = terms_of(version)
    rules = terms.cancellation
    return {
        "doctor": doctor_document(doctor) if doctor else None,
        "name": version.policy.name,
        "number": version.number,
        "effective_from": moment(version.effective_from),
        "tiers": [
            {
                "hours": percent_text(to_hours(tier.notice)),
                "inclusive": tier.inclusive,
                "percent": percent_text(tier.percent),
            }
            for tier in rules.tiers
        ],
        "cooling_off_hours": percent_text(to_hours(rules.cooling_off)),
        "window_hours": percent_text(to_hours(rules.window)),
        "sentences": describe_terms(terms, currency=channel.centre.currency, locale=channel.centre.locale),
    }
