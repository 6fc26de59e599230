"""Find a booking by its reference and date of birth or ID number. It only locates: the security code opens."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments.limits import Limit, network_of
from appointments.manage import links
from appointments.manage.lookup import find_booking
from appointments.models import Appointment
from appointments.portal.manage_forms import LookUpForm
from appointments.portal.manage_visit import come_by_look_up

_A_NETWORK = Limit("look-up-from", most=200, seconds=900)
_A_REFERENCE = Limit("look-up-of", most=10, seconds=900)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the pair; a good one leads to the page that sends a security code to the contact on record."""
    form = LookUpForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        now = timezone.now()
        if not _may_try(request, form.cleaned_data["reference"], now=now):
            form.add_error(None, _("There were too many tries. Wait 15 minutes, or call the clinic"))
            return render(request, "portal/lookup.html", {"form": form}, status=429)
        found = find_booking(**form.cleaned_data)
        current = _where_it_stands(found, now=now)
        if current:
            come_by_look_up(request, current)
            return redirect("portal:manage")
        form.refuse()
    return render(request, "portal/lookup.html", {"form": form})


def _may_try(request: HttpRequest, reference: str, *, now: datetime) -> bool:
    """Count by network, generously, and by what was typed as the reference, whether it exists or not."""
    plain = "".join(character for character in reference.upper() if character.isalnum())
    from_here = _A_NETWORK.allows(network_of(request), now=now)
    return _A_REFERENCE.allows(plain, now=now) and from_here


def _where_it_stands(found: Appointment | None, *, now: datetime) -> Appointment | None:
    return links.open_booking(chain_id=found.chain_id, now=now) if found else None
