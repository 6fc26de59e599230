"""The page on which a superuser ends somebody's second step at sign-in."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextareaWidget

from appointments.accounts.lost_factor import end_second_step, has_second_step
from appointments.admin.base import account_of
from appointments.models import User


class ProofForm(forms.Form):
    """How it was made sure that the person is who they say."""

    proof = forms.CharField(
        label=gettext_lazy("How did you make sure who it is?"),
        help_text=gettext_lazy("For example: came to the desk with the passport. It is kept in the account’s history."),
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end_second_step_page(request: HttpRequest, account: User | None, model_admin: Any) -> HttpResponse:
    """Ask how the person was made sure of; POST ends the second step. For superusers, and never for themselves."""
    user = account_of(request)
    if not user.is_superuser:
        raise PermissionDenied
    if account is None or account == user or not has_second_step(account):
        raise Http404
    form = ProofForm(request.POST or None)
    back = reverse("admin:appointments_user_change", args=[account.pk])
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():  # no end without its proof
            if end_second_step(user_id=account.pk, request=request):
                model_admin.log_change(request, account, f"Second step ended: {form.cleaned_data['proof']}")
        messages.success(
            request, _("The second step was ended. %(name)s was signed out everywhere.") % {"name": account}
        )
        return redirect(back)
    context = {
        **admin.site.each_context(request),
        "title": _("End the second step of %(name)s") % {"name": account},
        "form": form,
        "back": back,
    }
    return TemplateResponse(request, "admin/appointments/second_step.html", context)
