"""The sandbox provider's payment page: what another company's page would be."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from refunds import queries
from refunds.gateways import sandbox
from refunds.money import formatted


@never_cache
@require_http_methods(["GET", "POST"])
def sandbox_pay(request: HttpRequest, checkout_id: UUID) -> HttpResponse:
    """Show the amount with Pay and Decline; take the choice and go back to our own page. 404 where there is no sandbox."""
    checkout = queries.checkout(checkout_id=checkout_id) if settings.SANDBOX_ENABLED else None
    if checkout is None or checkout.gateway != sandbox.SandboxGateway.name:
        raise Http404
    choice = request.POST.get("choice")
    if request.method == "POST" and choice in ("pay", "decline"):
        sandbox.pay(
            checkout_id=checkout.pk,
            amount=checkout.amount,
            currency=checkout.currency,
            method=checkout.method,
            paid=choice == "pay",
            now=timezone.now(),
        )
        return redirect(checkout.return_url or "/")
    total = formatted(amount=checkout.amount, currency=checkout.currency)
    return render(request, "refunds/sandbox_pay.html", {"checkout": checkout, "total": total})
