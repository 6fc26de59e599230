"""Where a page of django-allauth does not do for us."""

from typing import Any

from allauth.account import views
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _


class ConfirmCodeView(views.ConfirmLoginCodeView):  # type: ignore[misc]
    """The page for the code that was sent, which is the same whether or not anybody has the number."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say where the code went."""
        told: dict[str, Any] = super().get_context_data(**kwargs)
        phone = self._process.state.get("phone")
        return told | {"by_text": bool(phone), "recipient": phone or self._process.state.get("email")}

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        """Say that a new code counts, in the same words for a number that nobody has: django-allauth takes it that somebody has."""
        messages.success(self.request, _("A new code is on its way. The one before cannot be used any more."))
        if self._process.user is None and self._process.state.get("phone"):
            self._process.record_resend()
            self._process.persist()
            return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))
        answer: HttpResponse = super()._resend_form_valid(form)
        return answer
