"""The refund tracker."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import payouts
from appointments.portal.access import PatientRequest, patient_page, seen_refund
from appointments.portal.presenters.tracking import tracker_page


@patient_page
@require_safe
def refund(request: PatientRequest, refund_id: UUID) -> HttpResponse:
    """Show how far a refund has come; 404 alike for one of somebody else and one that is not there."""
    one, appointment = seen_refund(request, refund_id)
    page = tracker_page(one, appointment, now=timezone.now()) | {"can_choose_payout": payouts.can_choose(one)}
    return render(request, "portal/refund.html", page)
