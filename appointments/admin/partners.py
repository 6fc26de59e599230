"""Partners of the API: who they are, their keys (each shown once), and the handling fees to settle with them."""

import csv
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from oauth2_provider import models as oauth

from appointments import queries
from appointments.admin.base import account_of
from appointments.admin.scope import CentreScoped
from appointments.models import Centre, Partner, User
from appointments.partners.fees import MonthOfFees, handling_fees
from appointments.partners.keys import TooManyKeysError, issue_key, revoke_key
from appointments.partners.queries import channels_of_centres, key_of_partner
from appointments.partners.tokens import issue_client
from appointments.wording.formats import format_money
from policies.cases.values import write_amount
from policies.rules.currencies import PLACES
from refunds.spreadsheets import harmless

ISSUE = "appointments.issue_apikey"
_YEAR = timedelta(days=366)

# Clients and tokens belong to partners and are made here; a list of them would only be a second way in.
for _model in (oauth.Application, oauth.AccessToken, oauth.RefreshToken, oauth.IDToken, oauth.Grant):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


def may_issue_for(user: User, partner: Partner) -> bool:
    """Tell whether the account may make keys, and every channel that they open is of its own centres."""
    ours = queries.centres_of(user)
    return user.has_perm(ISSUE) and not partner.channels.exclude(centre__in=ours).exists()


@admin.register(Partner)
class PartnerAdmin(CentreScoped):
    """Partners with a channel of the account's centres. Only a superuser makes and changes them: a channel opens bookings."""

    centre_path = "channels__centre"
    list_display = ("name", "is_active", "requests_per_minute")
    search_fields = ("name",)
    fields = ("name", "channels", "is_active", "requests_per_minute", "oauth_client_id")
    readonly_fields = ("oauth_client_id",)
    filter_horizontal = ("channels",)
    change_form_outer_after_template = "admin/appointments/partner_keys.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave it to superusers."""
        return account_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Partner | None = None) -> bool:
        """Leave it to superusers."""
        return account_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Partner | None = None) -> bool:
        """Say no: history names them. They can be switched off."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of keys and fees."""
        site, name = self.admin_site.admin_view, "appointments_partner"
        return [
            path("<int:pk>/keys/", site(require_POST(self.key_view)), name=f"{name}_key"),
            path("<int:pk>/keys/<int:key_id>/revoke/", site(require_POST(self.revoke_view)), name=f"{name}_revoke"),
            path("<int:pk>/client/", site(require_POST(self.client_view)), name=f"{name}_client"),
            path("fees/", site(self.fees_view), name=f"{name}_fees"),
            path("fees.csv", site(self.fees_file_view), name=f"{name}_fees_file"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the keys below the partner."""
        partner = self.get_object(request, object_id)
        more = {"keys": partner.keys.select_related("channel"), "now": timezone.now()} if partner else {}
        may_issue = partner is not None and self._may_issue(request, partner)
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **more, "may_issue": may_issue}
        )

    def key_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a key and show it, this once."""
        partner = self._partner(request, pk)
        try:
            made = issue_key(partner_id=partner.pk, now=timezone.now(), may_write="may_write" in request.POST)
        except TooManyKeysError:
            messages.error(request, _("Two keys live already. Revoke one before you make another."))
            return self._back(partner)
        self.log_change(request, partner, f"Key {made.row.prefix} made")
        return self._show(request, partner, {_("API key"): made.secret})

    def revoke_view(self, request: HttpRequest, pk: int, key_id: int) -> HttpResponse:
        """End a key at once."""
        partner = self._partner(request, pk)
        key = key_of_partner(partner, key_id=key_id)
        if key is None:
            raise Http404
        if revoke_key(key_id=key.pk, now=timezone.now()):
            self.log_change(request, partner, f"Key {key.prefix} revoked")
        messages.success(request, _("Key %(prefix)s opens nothing any more.") % {"prefix": key.prefix})
        return self._back(partner)

    def client_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the OAuth client anew and show its secret, this once."""
        partner = self._partner(request, pk)
        made = issue_client(partner_id=partner.pk)
        self.log_change(request, partner, f"OAuth client {made.client_id[:8]} made")
        return self._show(request, partner, {_("Client ID"): made.client_id, _("Client secret"): made.secret})

    def fees_view(self, request: HttpRequest) -> HttpResponse:
        """Show what each partner's channels kept in the last twelve months."""
        rows = [(row, _money(row.amount, row.channel.centre)) for row in self._fees(request)]
        context = {**self.admin_site.each_context(request), "title": _("Handling fees"), "rows": rows}
        return TemplateResponse(request, "admin/appointments/partner_fees.html", context)

    def fees_file_view(self, request: HttpRequest) -> HttpResponse:
        """Give the same as a file for the books: amounts in whole units, without signs."""
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="handling-fees.csv"'
        writer = csv.writer(response)
        writer.writerow(["month", "partner", "channel", "centre", "cancellations", "fees", "currency"])
        for row in self._fees(request):
            centre = row.channel.centre
            amount = write_amount(row.amount, PLACES[centre.currency])
            names = (harmless(row.partners), harmless(row.channel.name), harmless(centre.name))
            writer.writerow([row.month, *names, row.count, amount, centre.currency])
        return response

    def _fees(self, request: HttpRequest) -> list[MonthOfFees]:
        """Return the fees of the account's centres in the last twelve months. Raises PermissionDenied."""
        if not request.user.has_perm("appointments.view_partner"):
            raise PermissionDenied
        channels = channels_of_centres(queries.centres_of(account_of(request)))
        return handling_fees(channels=channels, since=timezone.now() - _YEAR)

    def _partner(self, request: HttpRequest, pk: int) -> Partner:
        """Return the partner whose keys this account may make. Raises PermissionDenied, or Http404 out of scope."""
        if not request.user.has_perm(ISSUE):
            raise PermissionDenied
        partner = self.get_object(request, str(pk))
        if not isinstance(partner, Partner):
            raise Http404
        if not self._may_issue(request, partner):
            raise PermissionDenied
        return partner

    def _may_issue(self, request: HttpRequest, partner: Partner) -> bool:
        """Tell whether the account may make keys, and every channel they open is of its own centres."""
        return may_issue_for(account_of(request), partner)

    def _show(self, request: HttpRequest, partner: Partner, secrets: dict[str, str]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": partner.name,
            "secrets": secrets,
            "back": self._address(partner),
        }
        # The admin's pages are kept out of every cache as they are.
        return TemplateResponse(request, "admin/appointments/partner_secret.html", context)

    def _back(self, partner: Partner) -> HttpResponse:
        return HttpResponseRedirect(self._address(partner))

    def _address(self, partner: Partner) -> str:
        return reverse("admin:appointments_partner_change", args=[partner.pk])


def _money(minor: int, centre: Centre) -> str:
    return format_money(minor, currency=centre.currency, centre=centre)
