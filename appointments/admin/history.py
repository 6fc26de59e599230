"""A version of a policy beside the one in force, and what it would have done to the last 90 days."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from appointments.admin.base import AnyModelAdmin, NothingToChange, account_of
from appointments.admin.what_if import what_if_url
from appointments.models import HistoryCheck, User
from appointments.usecases.what_if import ask_history
from appointments.what_if import NOTICES, newest_check, version_to_compare
from policies.admin.base import label_of
from policies.admin.preview import fingerprint
from policies.errors import NoPolicyInForce
from policies.models import PolicyVersion
from policies.phrases import money
from policies.queries import terms_of, version_in_force
from policies.words import describe_terms

_SEE = "policies.view_policyversion"
_ASK = ("policies.change_policyversion", "policies.publish_policyversion")
_HEIGHT, _BAR, _STEP, _TOP = 150, 40, 110, 24


@dataclass(frozen=True, slots=True)
class Pair:
    """What really came back and what the version would have given, for one span of notice; in units of a viewBox."""

    label: str
    count: int
    real: str
    draft: str
    x: int
    real_y: int
    real_height: int
    draft_y: int
    draft_height: int

    @property
    def draft_x(self) -> int:
        """Where the second bar stands."""
        return self.x + _BAR + 4

    @property
    def middle(self) -> int:
        """Where the words stand."""
        return self.x + _BAR + 2


@admin.register(HistoryCheck)
class HistoryCheckAdmin(NothingToChange, AnyModelAdmin):
    """Comparisons of versions with the past; each version has a page."""

    list_display = ("version", "asked_at", "asked_by", "finished_at")
    list_select_related = ("version__policy",)
    list_display_links = None
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: HistoryCheck | None = None) -> bool:
        """Tell whether the account may look at versions."""
        return isinstance(request.user, User) and request.user.has_perm(_SEE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Keep it off the list of models: versions lead here."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a version."""
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.version_view))
        own = path("version/<int:version_id>/", view, name="appointments_historycheck_version")
        return [own, what_if_url(self.admin_site), *super().get_urls()]

    def version_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Show a version beside the one in force and the newest comparison; POST asks for a new one."""
        user = account_of(request)
        if not user.has_perm(_SEE):
            raise PermissionDenied
        version = version_to_compare(version_id)
        if version is None:
            raise Http404
        may_ask = any(user.has_perm(right) for right in _ASK)
        if request.method == "POST":
            if not may_ask:
                raise PermissionDenied
            ask_history(version=version, fingerprint=fingerprint(version), actor=label_of(user), now=timezone.now())
            return HttpResponseRedirect(reverse("admin:appointments_historycheck_version", args=[version.pk]))
        return self._page(request, version, may_ask=may_ask)

    def _page(self, request: HttpRequest, version: PolicyVersion, *, may_ask: bool) -> HttpResponse:
        check = newest_check(version)
        is_working = check is not None and check.finished_at is None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare"),
            "subtitle": str(version),
            "opts": self.opts,
            "version": version,
            "sides": _sides(version),
            "check": check,
            "is_working": is_working,
            "is_stale": check is not None and check.fingerprint != fingerprint(version),
            "may_ask": may_ask and not is_working,
            **(_figures(check, version.policy.currency) if check and check.result else {}),
        }
        response = TemplateResponse(request, "admin/appointments/history.html", context)
        if is_working:
            response["Refresh"] = "2"  # seconds; works without a script
        return response


def _sides(version: PolicyVersion) -> list[tuple[str, bool, bool]]:
    """Return the sentences of both versions: each with whether the one in force and this one say it."""
    currency = version.policy.currency
    ours = describe_terms(terms_of(version), currency=currency)
    try:
        standing = version_in_force(policy_id=version.policy_id, now=timezone.now())
    except NoPolicyInForce:
        return [(sentence, False, True) for sentence in ours]
    theirs = describe_terms(terms_of(standing), currency=currency)
    rows: list[tuple[str, bool, bool]] = []
    for kind, first, last, start, end in SequenceMatcher(a=theirs, b=ours, autojunk=False).get_opcodes():
        if kind == "equal":
            rows += [(sentence, True, True) for sentence in ours[start:end]]
        else:
            rows += [(sentence, True, False) for sentence in theirs[first:last]]
            rows += [(sentence, False, True) for sentence in ours[start:end]]
    return rows


def _figures(check: HistoryCheck, currency: str) -> dict[str, Any]:
    """Return the result in words and as bars."""
    result = check.result or {}
    about = {
        "draft": money(result["draft"], currency),
        "real": money(result["real"], currency),
    }
    less, more, refused = result["less"], result["more"], result["refused"]
    return {
        "count": result["count"],
        "sentence": _("The last 90 days would have refunded %(draft)s instead of %(real)s.") % about,
        "effects": [
            ngettext("%(n)d patient would have got less.", "%(n)d patients would have got less.", less) % {"n": less},
            ngettext("%(n)d patient would have got more.", "%(n)d patients would have got more.", more) % {"n": more},
            ngettext(
                "%(n)d of them could not have cancelled online at that time.",
                "%(n)d of them could not have cancelled online at that time.",
                refused,
            )
            % {"n": refused},
        ],
        "pairs": _pairs(result["bars"], currency),
        "chart": {
            "width": _STEP * len(result["bars"]),
            "base": _TOP + _HEIGHT,
            "height": _TOP + _HEIGHT + 28,
        },
    }


def _pairs(bars: list[list[int]], currency: str) -> list[Pair]:
    highest = max((max(real, draft) for _count, real, draft in bars), default=0) or 1

    def height(amount: int) -> int:
        return amount * _HEIGHT // highest

    return [
        Pair(
            label=_span(number),
            count=count,
            real=money(real, currency),
            draft=money(draft, currency),
            x=number * _STEP + 8,
            real_y=_TOP + _HEIGHT - height(real),
            real_height=height(real),
            draft_y=_TOP + _HEIGHT - height(draft),
            draft_height=height(draft),
        )
        for number, (count, real, draft) in enumerate(bars)
    ]


def _span(number: int) -> str:
    """Name a span of notice."""
    if number == 0:
        return _("under %(hours)d h") % {"hours": NOTICES[0]}
    if number == len(NOTICES):
        return _("from %(hours)d h") % {"hours": NOTICES[-1]}
    return _("%(first)d to %(last)d h") % {"first": NOTICES[number - 1], "last": NOTICES[number]}
