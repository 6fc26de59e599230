"""The question why, the same for cancelling and for moving."""

from django.utils.translation import gettext as _

from appointments import queries
from appointments.models import Appointment
from appointments.portal.access import PatientRequest
from appointments.portal.answers import CancelAnswers, ChangeAnswers
from appointments.portal.forms import ReasonForm, ReasonWords
from policies.queries import terms_of
from policies.rules.facts import ActorKind


def is_required(appointment: Appointment) -> bool:
    """Tell whether the clinic's terms want a reason from patients."""
    return ActorKind.PATIENT in terms_of(appointment.chain.terms).cancellation.reason_required


def reason_form(appointment: Appointment, answers: CancelAnswers | ChangeAnswers) -> ReasonForm:
    """Return the question with what was answered before, and what is wrong with it."""
    given = {"code": answers.choice or "", "text": answers.text}
    form = _form(appointment, answers, data=given if answers.has_problem else None, initial=given)
    form.is_valid()
    return form


def take_reason(request: PatientRequest, appointment: Appointment, answers: CancelAnswers | ChangeAnswers) -> bool:
    """Keep what was sent and return whether it will do."""
    choice, text = request.POST.get("code", ""), request.POST.get("text", "")
    form = _form(appointment, answers, data={"code": choice, "text": text.replace("\x00", "")}, initial=None)
    answers.give_reason(choice=choice[:40], text=text, has_problem=not form.is_valid())
    answers.save(request, appointment)
    return not answers.has_problem


def _form(
    appointment: Appointment,
    answers: CancelAnswers | ChangeAnswers,
    *,
    data: dict[str, str] | None,
    initial: dict[str, str] | None,
) -> ReasonForm:
    words = _cancel_words() if isinstance(answers, CancelAnswers) else _change_words()
    reasons = queries.reasons_for(ActorKind.PATIENT)
    return ReasonForm(data, initial=initial, reasons=reasons, is_required=is_required(appointment), words=words)


def _cancel_words() -> ReasonWords:
    return ReasonWords(
        question=_("Why are you cancelling?"),
        hint=_("Your answer does not change your refund."),
        choose=_("Select why you are cancelling"),
        write=_("Enter why you are cancelling"),
    )


def _change_words() -> ReasonWords:
    return ReasonWords(
        question=_("Why are you changing this appointment?"),
        hint=_("Your answer does not change what you pay."),
        choose=_("Select why you are changing this appointment"),
        write=_("Enter why you are changing this appointment"),
    )
