"""Policies: name, currency, and the list of their versions. A new draft is made by a POST."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from policies.admin.base import PolicyModelAdmin, VersionsOfPolicy, label_of
from policies.errors import NoPolicyInForce
from policies.models import Policy, PolicyVersion
from policies.publish import create_draft
from policies.queries import version_in_force


class VersionInline(VersionsOfPolicy):
    """The versions, newest first, to look at."""

    model = PolicyVersion
    fields = readonly_fields = ("shown", "status", "effective_from", "published_by", "note")
    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        """Say no: drafts are made by the button."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: a draft has a page of its own."""
        return False

    @admin.display(description=_("version"))
    def shown(self, version: PolicyVersion) -> str:
        """Link to the version."""
        address = reverse("admin:policies_policyversion_change", args=[version.pk])
        name = gettext("Draft") if version.number is None else version.number
        return format_html('<a class="underline" href="{}">{}</a>', address, name)


@admin.register(Policy)
class PolicyAdmin(PolicyModelAdmin):
    """Policies."""

    list_display = ("name", "currency", "version_in_force")
    search_fields = ("name",)
    fields = ("name", "currency", "description")
    inlines = (VersionInline,)
    actions = None
    change_form_outer_after_template = "admin/policies/policy/new_draft.html"

    @admin.display(description=_("in force"))
    def version_in_force(self, policy: Policy) -> str:
        """Say which version is in force now."""
        try:
            version = version_in_force(policy_id=policy.pk, now=timezone.now())
        except NoPolicyInForce:
            return gettext("none yet")
        return gettext("version %(number)d") % {"number": version.number}

    def get_readonly_fields(self, request: HttpRequest, obj: Policy | None = None) -> tuple[str, ...]:
        """Freeze the currency once a version is published; the database would refuse."""
        has_published = obj is not None and obj.versions.filter(number__isnull=False).exists()
        return ("currency",) if has_published else ()

    def get_inlines(self, request: HttpRequest, obj: Policy | None) -> tuple[type[VersionInline], ...]:
        """Show versions where there can be some."""
        return (VersionInline,) if obj else ()

    def get_urls(self) -> list[URLPattern]:
        """Add the address that makes a draft."""
        view = self.admin_site.admin_view(require_POST(self.draft_view))
        return [path("<int:policy_id>/draft/", view, name="policies_policy_draft"), *super().get_urls()]

    def draft_view(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """Make the policy's draft, or find the one it has, and open it."""
        if not request.user.has_perm("policies.add_policyversion"):
            raise PermissionDenied
        policy = get_object_or_404(self.get_queryset(request), pk=policy_id)
        draft = create_draft(policy_id=policy.pk, actor=label_of(request.user), now=timezone.now())
        messages.info(request, gettext("This is the draft. Nothing changes for anybody until it is published."))
        return HttpResponseRedirect(reverse("admin:policies_policyversion_change", args=[draft.pk]))
