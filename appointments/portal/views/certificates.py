"""The certificate of a cancellation, for its owner, and the public page that tells whether one is genuine."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appointments.certificates.document import certificate_pdf
from appointments.certificates.numbers import read_number
from appointments.certificates.queries import certificate_numbered, certificate_of
from appointments.limits import Limit, network_of
from appointments.portal.access import PatientRequest, patient_page, seen_appointment
from appointments.portal.certificate_forms import NumberForm
from appointments.portal.presenters.verifying import verified_page

#: A number cannot be guessed; this keeps a machine from trying. An insurer's whole office sits behind one address.
_CHECKS = Limit("certificate-checks-from", most=300, seconds=900)


@patient_page
@require_safe
def certificate(request: PatientRequest, reference: str) -> HttpResponse:
    """Hand out the PDF; 404 alike for somebody else's, for one that is not there, and for what was not cancelled."""
    appointment = seen_appointment(request, reference)
    issued = certificate_of(appointment)
    if issued is None:
        raise Http404
    response = HttpResponse(certificate_pdf(issued), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="cancellation-{appointment.reference}.pdf"'
    return response


@never_cache
@require_safe
def ask_number(request: HttpRequest) -> HttpResponse:
    """Ask for the number, for whoever cannot scan the code."""
    form = NumberForm(request.GET or None)
    if form.is_valid():
        return redirect("portal:verify", form.cleaned_data["number"])
    return render(request, "portal/verify.html", {"form": form})


@never_cache
@require_safe
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Tell whether a certificate is genuine, its date, its amount and where the refund stands; nobody's name."""
    stored = read_number(number)
    if stored is not None and stored != number:
        return redirect("portal:verify", stored)
    if stored and not _CHECKS.allows(network_of(request), now=timezone.now()):
        form = NumberForm({"number": stored})
        form.add_error(None, _("Too many certificates were checked from here. Wait 15 minutes, or call the clinic"))
        return render(request, "portal/verify.html", {"form": form}, status=429)
    found = certificate_numbered(stored) if stored else None
    if found is None:
        return render(request, "portal/verify_unknown.html", status=404)
    return render(request, "portal/verified.html", verified_page(found))
