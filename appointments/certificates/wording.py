"""What a certificate says, from what was stored at the deed."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from appointments.certificates.issue import centre_then
from appointments.models import AppointmentEvent, Centre, Certificate
from appointments.wording.explain import explain_lines, explain_ways, way_back_words
from appointments.wording.formats import format_moment, zone_name
from appointments.wording.promises import decided_promise
from policies.rules.facts import ActorKind
from policies.rules.money import Allocation, RefundWay
from policies.rules.records import lines_from_record

_JOINERS = frozenset("\u200c\u200d")  # Hindi and Persian words need them


def verification_url(number: str) -> str:
    """Return the public address that tells whether the certificate is genuine."""
    return f"{settings.SITE_URL}{reverse('portal:verify', args=[number])}"


def words_of(certificate: Certificate) -> dict[str, Any]:
    """Return everything the document shows, in the current language, as values that JSON can hold."""
    event, facts, centre = certificate.event, certificate.facts, centre_then(certificate)
    at = format_moment(event.at, centre=centre)
    local = event.at.astimezone(centre.zone)
    return {
        "language": certificate.language.partition("-")[0],
        "right_to_left": get_language_bidi(),
        "date": [local.year, local.month, local.day],
        "title": _("Certificate of cancellation"),
        "centre": plain(centre.name),
        "address": plain(centre.address),
        "lead": _("The appointment below was cancelled %(by_whom)s on %(at)s.")
        % {"by_whom": _by_whom(event), "at": at},
        "facts": _facts(facts, centre),
        "money_title": _("The money"),
        "number": certificate.number,
        "verify": {
            "title": _("Is this certificate genuine?"),
            "label": _("Certificate number"),
            "text": _(
                "Scan the code above, or open this address. It shows that the certificate is genuine, its date, the amount and where "
                "the refund stands today."
            ),
            "url": verification_url(certificate.number),
        },
        "foot": _("Questions about the money? Call %(phone)s.")
        % {"phone": plain(centre.finance_phone or centre.phone)},
        **_money(event, facts["currency"], centre),
    }


def plain(text: object) -> str:
    """Return a text on one line without characters that control or turn what stands around them."""
    kept = (
        character
        for character in " ".join(str(text).split())
        if character in _JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return "".join(kept)


def _by_whom(event: AppointmentEvent) -> str:
    if event.actor_partner:
        return _("by %(partner)s for the patient") % {"partner": plain(event.actor_partner.name)}
    return {
        ActorKind.PATIENT: _("by the patient"),
        ActorKind.STAFF: _("by the clinic") if event.for_hospital else _("by the clinic’s staff for the patient"),
        ActorKind.DOCTOR: _("by the doctor"),
        ActorKind.SYSTEM: _("by the clinic"),
    }[ActorKind(event.actor_kind)]


def _facts(facts: dict[str, Any], centre: Centre) -> list[tuple[str, str]]:
    starts_at = datetime.fromisoformat(facts["starts_at"])
    about = {"when": format_moment(starts_at, centre=centre), "zone": zone_name(starts_at, centre=centre)}
    return [
        (_("Reference"), facts["reference"]),
        (_("Patient"), plain(facts["patient"])),
        (_("Doctor"), plain(facts["doctor"])),
        (_("Appointment"), _("%(when)s (%(zone)s)") % about),
        (_("Terms"), plain(facts["terms"])),
    ]


def _money(event: AppointmentEvent, currency: str, centre: Centre) -> dict[str, Any]:
    quote = event.quote or {"lines": [], "allocations": []}
    parts = [Allocation(part["payment"], part["amount"], RefundWay(part["way"])) for part in quote["allocations"]]
    rows = explain_lines(lines_from_record(quote), currency=currency, centre=centre)
    return {
        "rows": [{"label": row.label, "amount": row.amount, "why": row.why, "total": row.is_total} for row in rows],
        "ways": list(_ways(parts, event, currency, centre)),
    }


def _ways(
    parts: Iterable[Allocation], event: AppointmentEvent, currency: str, centre: Centre
) -> Iterable[dict[str, str]]:
    promised = {RefundWay(way): date.fromisoformat(day) for way, day in event.certificate.facts["promised"].items()}
    for row in explain_ways(parts, currency=currency, centre=centre):
        words = _("%(amount)s %(way)s") % {"amount": row.amount, "way": way_back_words(row.kind)}
        promise = decided_promise(row.kind, promised=promised, at=event.at, centre=centre)
        yield {"words": capfirst(words) + ".", "promise": promise + "."}
