"""Security codes: six digits, good for fifteen minutes, with few answers for each code, link and patient."""

import hmac
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.utils.crypto import salted_hmac

from appointments.manage import links
from appointments.models import Appointment, ManageLink, MessageKind, SecurityCode
from appointments.models.links import MOST_WRONG_FOR_A_CODE
from appointments.reach import code_address
from appointments.telling import write_message
from appointments.transactions import in_one_transaction

#: Stands in a mail for the code, which is put in when the mail is sent.
CODE_PLACE = "••••••"
LIFETIME = timedelta(minutes=15)
DIGITS = 6

_MOST_CODES_AN_HOUR = 5
_MOST_ANSWERS_A_DAY = 15
_REMEMBERED = timedelta(hours=1)  # how long an answer is told to have expired, rather than to be wrong


class Answer(Enum):
    """What became of an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    TOO_MANY = "too many"


@in_one_transaction
def ask_for_code(*, appointment: Appointment, link: ManageLink | None, now: datetime) -> bool:
    """Write the message with a new code; older codes stay good. False: too many were asked for, or nobody can be reached."""
    patient = appointment.chain.patient
    recent = SecurityCode.objects.filter(chain__patient=patient, asked_at__gt=now - timedelta(hours=1))
    event = appointment.events.order_by("-sequence").first()
    address = code_address(patient)
    if not address or event is None or recent.count() >= _MOST_CODES_AN_HOUR:
        return False
    code = SecurityCode.objects.create(chain=appointment.chain, link=link, asked_at=now, expires_at=now + LIFETIME)
    write_message(event=event, kind=MessageKind.SECURITY_CODE, now=now, once=str(code.pk), recipient=address)
    return True


def digits_to_send(*, code_id: UUID, now: datetime) -> str:
    """Return the digits for the mail that goes out now; its fifteen minutes begin now."""
    SecurityCode.objects.filter(pk=code_id, used_at__isnull=True).update(expires_at=now + LIFETIME)
    return _digits(code_id)


def judge_answer(*, chain_id: UUID, patient_id: int, link: ManageLink | None, answer: str, now: datetime) -> Answer:
    """Count the answer, then compare it with every code asked for on this visit. A right one uses all of them up.

    `answer` is six digits. Counting comes first, so that answers sent at once cannot share a place.
    """
    asked = SecurityCode.objects.filter(chain_id=chain_id, link=link, used_at__isnull=True)
    if _is_over_the_limit(patient_id, now=now) or (link and not links.spend_answer(link=link)):
        return Answer.TOO_MANY
    for code in asked.filter(expires_at__gt=now).order_by("-asked_at"):
        if _spend(code) and _is_right(code, answer) and _use_up(asked, now=now):
            if link:
                links.forgive_answers(link=link)
            return Answer.RIGHT
    late = asked.filter(expires_at__lte=now, expires_at__gt=now - _REMEMBERED, answers__lt=MOST_WRONG_FOR_A_CODE)
    if any(_spend(code) and _is_right(code, answer) for code in late):
        return Answer.EXPIRED
    has_open = asked.filter(expires_at__gt=now, answers__lt=MOST_WRONG_FOR_A_CODE).exists()
    return Answer.WRONG if has_open else Answer.EXPIRED


def _is_over_the_limit(patient_id: int, *, now: datetime) -> bool:
    codes = SecurityCode.objects.filter(
        chain__patient=patient_id, used_at__isnull=True, asked_at__gt=now - timedelta(days=1)
    )
    return (codes.aggregate(all=Sum("answers"))["all"] or 0) >= _MOST_ANSWERS_A_DAY


def _spend(code: SecurityCode) -> bool:
    left = SecurityCode.objects.filter(pk=code.pk, used_at__isnull=True, answers__lt=MOST_WRONG_FOR_A_CODE)
    return bool(left.update(answers=F("answers") + 1))


def _use_up(codes: QuerySet[SecurityCode], *, now: datetime) -> bool:
    return bool(codes.update(used_at=now))


def _is_right(code: SecurityCode, answer: str) -> bool:
    return hmac.compare_digest(_digits(code.pk).encode(), answer.encode())


def _digits(code_id: UUID) -> str:
    """Return the digits that belong to an id: nobody can tell them without the site's key, and nothing has to be kept."""
    number = int.from_bytes(salted_hmac("fairslot.code", str(code_id), algorithm="sha256").digest()[:8])
    return f"{number % 10**DIGITS:0{DIGITS}d}"
