"""The receipt of the cash desk, to print and to sign."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from refunds import queries
from refunds.models import AttemptState, Channel, Refund
from refunds.money import formatted


def has_receipt(*, refund: Refund) -> bool:
    """Whether the refund was paid in cash."""
    attempt = queries.current_attempt(refund=refund)
    return attempt.channel == Channel.CASH and attempt.state == AttemptState.SUCCEEDED


def receipt_page(request: HttpRequest, *, refund: Refund | None) -> HttpResponse:
    """Show the receipt. 404 for a refund out of scope or not paid in cash, 403 for who may not see refunds."""
    if not request.user.has_perm("refunds.view_refund") and not request.user.has_perm("refunds.confirm_refund"):
        raise PermissionDenied
    if refund is None or not has_receipt(refund=refund):
        raise Http404
    attempt = queries.current_attempt(refund=refund)
    context = {
        "refund": refund,
        "attempt": attempt,
        "money": formatted(amount=refund.amount, currency=refund.currency),
        "paid_by": attempt.evidence.get("confirmed_by", ""),
        "title": admin.site.site_title,
    }
    return TemplateResponse(request, "refunds/receipt.html", context)
