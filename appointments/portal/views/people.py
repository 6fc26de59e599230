"""People: for whom somebody acts, who may act for them, and how that begins and ends."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments import carers
from appointments.actor import Actor
from appointments.portal.access import AccountRequest, account_page
from appointments.portal.people_choice import choose_person, people_of
from appointments.portal.people_forms import InviteForm, PersonForm
from appointments.usecases.carers import CannotInviteError, accept_invitation, end_carer, invite_carer
from appointments.visitors import own_patient


@account_page
@require_safe
def people(request: AccountRequest) -> HttpResponse:
    """Show who asks this account to act for them, for whom it acts, and who acts for its own patient."""
    patient = own_patient(request.visitor)
    page = {
        "patient": patient,
        "asked": carers.invitations_for(request.user),
        "acts_for": request.visitor.carer_for,
        "carers": carers.carers_of(patient) if patient else (),
    }
    return render(request, "portal/people.html", page)


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: AccountRequest) -> HttpResponse:
    """Ask for whom somebody is here who acts for several; one person needs no question."""
    everybody = people_of(request.visitor)
    if len(everybody) < 2:
        return redirect("portal:appointments")
    form = PersonForm(request.POST if request.method == "POST" else None, people=everybody)
    if form.is_valid():
        choose_person(request, form.chosen)
        return redirect("portal:appointments")
    return render(request, "portal/people_choose.html", {"form": form})


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: AccountRequest) -> HttpResponse:
    """Let a patient ask somebody to act for them."""
    patient = own_patient(request.visitor)
    if patient is None:
        raise Http404
    now = timezone.now()
    form = InviteForm(request.POST if request.method == "POST" else None, today=timezone.localdate(now))
    if form.is_valid():
        try:
            invite_carer(patient_id=patient.pk, invitation=form.invitation, actor=Actor.patient(request.user), now=now)
        except CannotInviteError as error:
            form.refuse(error.code)
        else:
            messages.success(request, _("We have asked them by e-mail. Nothing is given until they say yes."))
            return redirect("portal:people")
    return render(request, "portal/people_invite.html", {"form": form})


@account_page
@require_POST
def say_yes(request: AccountRequest, relation_id: UUID) -> HttpResponse:
    """Say yes, once or again; 404 alike for one of somebody else, one that is over and one that is not there."""
    said_now = accept_invitation(relation_id=relation_id, user=request.user, now=timezone.now())
    if not said_now and not carers.acts_by(request.user, relation_id=relation_id):
        raise Http404
    messages.success(request, _("You can act for them now."))
    return redirect("portal:people")


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: AccountRequest, relation_id: UUID) -> HttpResponse:
    """Ask once more, then end it at once. What has ended is only said to have ended."""
    relation = carers.relation_to_end(request.user, relation_id=relation_id)
    if relation is None:
        raise Http404
    if request.method == "POST" or relation.ended_at:
        end_carer(relation_id=relation.pk, actor=Actor.patient(request.user), now=timezone.now())
        messages.success(request, _("It has ended. Both of you hear of it by e-mail."))
        return redirect("portal:people")
    is_own = relation.patient.user_id == request.user.pk
    return render(request, "portal/people_end.html", {"relation": relation, "is_own": is_own})
