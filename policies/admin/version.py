"""Versions: a draft is edited with its tiers, previewed and published; a published one is only looked at."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from policies.admin.base import TiersOfVersion, VersionForm, VersionModelAdmin, label_of, may_publish
from policies.admin.forms import DraftForm, PublishForm, TierFormSet
from policies.admin.preview import PublishOutcome, fingerprint, preview_of, publish_as_seen
from policies.lint import lint_terms
from policies.locks import lock_version
from policies.models import PolicyVersion, Tier
from policies.phrases import money
from policies.queries import terms_of


class TierInline(TiersOfVersion):
    """The tiers of a draft. Who may change the draft may change them."""

    model = Tier
    formset = TierFormSet
    fields = ("hours", "inclusive", "percent")
    extra = 0
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """Tell whether a tier may be added to this version."""
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """Tell whether the version may be changed."""
        return may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """Tell whether a tier may be taken out of this version."""
        return self.has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """Show tiers to whoever sees the version."""
        return True


def may_edit(request: HttpRequest, version: PolicyVersion | None) -> bool:
    """Tell whether this account may change this version: a published one nobody may."""
    is_frozen = version is not None and version.is_published
    return not is_frozen and request.user.has_perm("policies.change_policyversion")


@admin.register(PolicyVersion)
class PolicyVersionAdmin(VersionModelAdmin):
    """Versions of policies."""

    form = DraftForm
    inlines = (TierInline,)
    actions = None
    list_display = ("__str__", "status", "effective_from", "published_by")
    list_filter = ("status",)
    list_select_related = ("policy",)
    search_fields = ("policy__name", "note")
    change_form_outer_after_template = "admin/policies/policyversion/preview_link.html"
    _about = ("policy", "status", "drafted_at", "drafted_by", "published_at", "published_by", "effective_from")
    readonly_fields = (*_about, "fee_shown")

    def get_fieldsets(self, request: HttpRequest, obj: PolicyVersion | None = None) -> Any:
        """Show the fee as a field to whoever may change it, as words to others."""
        fee = "reschedule_fee" if may_edit(request, obj) else "fee_shown"
        cancelling = [
            *("cooling_off_hours", "window_hours"),
            *("reason_from_patient", "reason_from_staff", "reason_from_doctor"),
            *("slot_release_minutes", "approval_timeout_hours", "draft_hold_minutes"),
        ]
        moving = [
            *("max_reschedules", "reschedule_window_hours", "same_doctor_required", "free_reschedules"),
            *(fee, "price_difference", "keep_tier_after_reschedule"),
        ]
        return (
            (None, {"fields": (*self._about, "note")}),
            (_("Cancelling"), {"fields": cancelling}),
            (_("Moving"), {"fields": moving}),
        )

    @admin.display(description=_("fee for each further move"))
    def fee_shown(self, version: PolicyVersion) -> str:
        """Say the fee in words."""
        return money(version.reschedule_fee, version.policy.currency)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: drafts are made on the policy's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """Tell whether this version may be changed."""
        return may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """Tell whether this version may be deleted: only a draft."""
        is_frozen = obj is not None and obj.is_published
        return not is_frozen and super().has_delete_permission(request, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Edit under the version's lock, so that nothing is published half edited."""
        with transaction.atomic():
            self._lock_for_post(request, object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Delete under the version's lock."""
        with transaction.atomic():
            self._lock_for_post(request, object_id)
            return super().delete_view(request, object_id, extra_context)

    def _lock_for_post(self, request: HttpRequest, object_id: str | None) -> None:
        version = self.get_object(request, unquote(object_id)) if object_id and request.method == "POST" else None
        if version:
            lock_version(version_id=version.pk)

    def save_related(self, request: HttpRequest, form: VersionForm, formsets: Any, change: Any) -> None:
        """Save the tiers, then say what is doubtful about the whole."""
        super().save_related(request, form, formsets, change)
        version = PolicyVersion.objects.get(pk=form.instance.pk)
        for problem in lint_terms(terms_of(version)):
            messages.warning(request, problem.message)

    def get_urls(self) -> list[URLPattern]:
        """Add the preview, and publishing from it."""
        preview = self.admin_site.admin_view(require_GET(self.preview_view))
        publish = self.admin_site.admin_view(require_POST(self.publish_view))
        return [
            path("<int:version_id>/preview/", preview, name="policies_policyversion_preview"),
            path("<int:version_id>/publish/", publish, name="policies_policyversion_publish"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Show what a version does: a picture, sentences, and what is wrong with it."""
        version = self._visible(request, version_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Preview"),
            "subtitle": str(version),
            "opts": self.opts,
            "original": version,
            "preview": preview_of(version),
            "may_publish": may_publish(request) and not version.is_published,
            "form": PublishForm(initial={"seen": fingerprint(version)}),
        }
        return TemplateResponse(request, "admin/policies/policyversion/preview.html", context)

    def publish_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Publish the draft as it was seen on the preview; anything else leads back there with the reason."""
        version = self._visible(request, version_id)
        if not may_publish(request):
            raise PermissionDenied
        form = PublishForm(request.POST)
        if form.is_valid():
            outcome = publish_as_seen(
                version_id=version.pk,
                seen=form.cleaned_data["seen"],
                actor=label_of(request.user),
                now=timezone.now(),
                effective_from=form.chosen_start(),
            )
        else:
            outcome = PublishOutcome(None, tuple(str(error) for errors in form.errors.values() for error in errors))
        for reason in outcome.reasons:
            messages.error(request, reason)
        if outcome.published:
            messages.success(request, gettext("Published: %(version)s.") % {"version": outcome.published})
        return HttpResponseRedirect(reverse("admin:policies_policyversion_preview", args=[version.pk]))

    def _visible(self, request: HttpRequest, version_id: int) -> PolicyVersion:
        """Return a version this account may see. Raises Http404 or PermissionDenied."""
        version = self.get_object(request, str(version_id))
        if version is None:
            raise Http404
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return version
