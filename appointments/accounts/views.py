"""Where a page of django-allauth does not do for us."""

from typing import Any

from allauth.account import views
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse


class ConfirmCodeView(views.ConfirmLoginCodeView):  # type: ignore[misc]
    """The page for the code that was sent, which is the same whether or not anybody has the number."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say where the code went."""
        told: dict[str, Any] = super().get_context_data(**kwargs)
        phone = self._process.state.get("phone")
        return told | {"by_text": bool(phone), "recipient": phone or self._process.state.get("email")}

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        """Count another text for a number that nobody has, like any other; django-allauth takes it that somebody has."""
        if self._process.user is None and self._process.state.get("phone"):
            self._process.record_resend()
            self._process.send(skip_enumeration_mails=True)
            self._process.persist()
            return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))
        answer: HttpResponse = super()._resend_form_valid(form)
        return answer
