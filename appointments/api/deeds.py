"""Writes: done once for each Idempotency-Key, refused with a code and a sentence."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api import documents
from appointments.api.problems import ProblemError, problem, respond
from appointments.api.reach import AnyCaller
from appointments.errors import (
    CarerRightEndedError,
    ChangedMeanwhileError,
    NotAllowedError,
    QuoteChangedError,
    ReasonMissingError,
    WrongAmountError,
)
from appointments.models import Appointment, Slot
from appointments.offers import CancellationOffer
from appointments.partners.answers import Answer, RefusedDeedError, answer_once, fingerprint
from appointments.quoting import booking_seen_by
from appointments.wording.refusals import refusal_words
from appointments.wording.troubles import TROUBLES, Trouble, code_of, sentence_of
from policies.rules.quote import CancellationQuote
from refunds.errors import PaymentMismatch

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def once(request: Request, caller: AnyCaller, deed: Callable[[], Answer], *, now: datetime) -> Response:
    """Do the deed once for the request's Idempotency-Key and respond with its answer.

    Raises ProblemError without a key, StillRunningError or KeyReusedError.
    """
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        sentence = _("Send an Idempotency-Key header of 1 to 255 visible characters, a new one for each deed.")
        raise ProblemError(400, "idempotency_key_missing", sentence)
    asked = fingerprint(method=str(request.method), path=request.path, body=request.data)
    return respond(answer_once(whose=caller.keeps_answers, key=key, asked=asked, deed=deed, now=now))


def told(
    deed: Callable[[], Answer], *, caller: AnyCaller, appointment: Appointment | None = None, slot: Slot | None = None
) -> Callable[[], Answer]:
    """Return the deed with every refusal put in words. One that lost to a rival is tried again, not told; who may no longer act finds nothing."""

    def run() -> Answer:
        try:
            return deed()
        except (ChangedMeanwhileError, CarerRightEndedError):
            raise
        except NotAllowedError as error:
            assert appointment is not None
            body = refused_quote(error, caller=caller, appointment=appointment, slot=slot)
        except QuoteChangedError as error:
            body = _quote_changed(error)
        except TROUBLES as error:
            body = _plain(error, appointment)
        raise RefusedDeedError(Answer(body["status"], body))

    return run


def refused_quote(
    error: NotAllowedError, *, caller: AnyCaller, appointment: Appointment, slot: Slot | None = None
) -> dict[str, Any]:
    """Return the problem of a quote that is refused: its code, the sentence for the patient, and the quote's own keys."""
    quote, currency = error.quote, appointment.chain.currency
    assert quote.refusal is not None
    booking = booking_seen_by(appointment, actor=caller.actor_on(appointment))
    sentence = refusal_words(quote.refusal, appointment=appointment, booking=booking, slot=slot)
    own = (
        documents.cancellation_quote(quote, currency)
        if isinstance(quote, CancellationQuote)
        else documents.reschedule_quote(quote, currency)
    )
    return problem(409, str(quote.refusal), sentence, **own)


def _quote_changed(error: QuoteChangedError) -> dict[str, Any]:
    offer = error.offer
    new = (
        documents.cancellation_offer(offer)
        if isinstance(offer, CancellationOffer)
        else documents.reschedule_offer(offer)
    )
    sentence = _("The figures have changed since they were shown. Look at the new ones and confirm again.")
    return problem(409, error.code, sentence, new_quote=new)


def _plain(error: Trouble, appointment: Appointment | None) -> dict[str, Any]:
    if isinstance(error, ReasonMissingError):
        more = {"errors": [{"field": f"reason.{error.field}", "message": _("Give a reason.")}]}
        return problem(422, error.code, _("A reason has to be given first."), **more)
    if isinstance(error, WrongAmountError) and appointment is not None:
        due = documents.amount(error.due, appointment.chain.currency)
        return problem(409, error.code, _("This is not what is owed."), due=due)
    if isinstance(error, PaymentMismatch):
        return problem(409, "payment_reference_reused", _("This payment reference came with another amount before."))
    status, sentence = {
        "reason_unknown": (422, _("There is no such reason. The list of reasons has those that there are.")),
        "not_permitted": (403, _("This key may not do that.")),
        "slot_unavailable": (409, _("That time has just been taken. Select another time")),
        "wrong_status": (409, _("The booking does not stand where this can be done.")),
        "nothing_due": (409, _("There is nothing to pay.")),
    }.get(code_of(error), (409, sentence_of(error)))
    return problem(status, code_of(error), sentence)
