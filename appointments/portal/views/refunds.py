"""The refund tracker."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from appointments import payouts, queries
from appointments.portal.access import PatientRequest, patient_page
from appointments.portal.presenters.tracking import tracker_page


@patient_page
@require_safe
def refund(request: PatientRequest, refund_id: UUID) -> HttpResponse:
    """Show how far a refund has come; 404 alike for one of somebody else and one that is not there."""
    found = queries.refund_of_patient(request.user, refund_id=refund_id)
    if found is None:
        raise Http404
    page = tracker_page(*found) | {"can_choose_payout": payouts.can_choose(found[0])}
    return render(request, "portal/refund.html", page)
