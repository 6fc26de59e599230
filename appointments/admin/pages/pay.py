"""Take a payment at the desk for a draft: a first booking, or what is owed for a move."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from appointments.admin.deeds import PAY
from appointments.admin.desk import Desk
from appointments.admin.forms import DeskPaymentForm
from appointments.errors import WrongAmountError, WrongStatusError
from appointments.models import Appointment
from appointments.usecases.pay import amount_due, record_desk_payment
from policies.rules.facts import PaymentMethod
from refunds.errors import PaymentMismatch


def pay_page(desk: Desk) -> HttpResponse:
    """Ask for method, amount and receipt number; on POST record it."""
    if not PAY.fits(desk.appointment, now=desk.now):
        return desk.back(refused=desk.as_it_stands())
    due = amount_due(desk.appointment)
    is_post = desk.request.method == "POST"
    form = DeskPaymentForm(desk.request.POST if is_post else None, draft=desk.appointment, due=due)
    if is_post and form.is_valid():
        try:
            return _record(desk, form)
        except WrongAmountError as error:
            form.add_error("amount", _("%(due)s is owed, not more and not less") % {"due": desk.money(error.due)})
        except PaymentMismatch:
            form.add_error("receipt", _("This receipt number was already used with another amount"))
    held_until = desk.appointment.hold_expires_at
    return desk.page(
        "pay.html",
        title=_("Take payment"),
        form=form,
        due=desk.money(due),
        is_move=desk.appointment.holds_a_move,
        held_until=desk.moment(held_until) if held_until else "",
    )


def _record(desk: Desk, form: DeskPaymentForm) -> HttpResponse:
    """Make the one call. Raises WrongAmountError or PaymentMismatch."""
    try:
        payment = record_desk_payment(
            appointment_id=desk.appointment.pk,
            method=PaymentMethod(form.cleaned_data["method"]),
            amount=form.cleaned_data["amount"],
            reference=form.cleaned_data["receipt"],
            actor=desk.actor,
            now=desk.now,
        )
    except WrongStatusError:
        return desk.back(refused=desk.as_it_stands())
    amount = desk.money(payment.amount)
    draft = desk.as_read_now()
    if draft.status == Appointment.Status.DRAFT:
        rest = desk.money(amount_due(draft))
        return desk.back(
            done=_("%(amount)s recorded. %(rest)s is still to be paid.") % {"amount": amount, "rest": rest}
        )
    return desk.back(done=_("%(amount)s recorded. The appointment is booked.") % {"amount": amount})
