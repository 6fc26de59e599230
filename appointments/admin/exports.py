"""Handing a list out as a file: a page that says what will be in it, and the log of what was taken."""

from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from appointments import queries
from appointments.admin.base import AnyModelAdmin, NothingToChange, account_of
from appointments.errors import TooManyRowsError
from appointments.exports.columns import ListToExport
from appointments.exports.files import CONTENT_TYPES
from appointments.exports.filters import filters_as_text, filters_in_words, filters_of
from appointments.exports.lists import EXPORTS
from appointments.models import FileFormat, ListExport
from appointments.usecases.export_list import MOST_ROWS, export_list

_IN_MEMORY = 1_000_000  # bytes; a larger file waits on the disk, under no name


class ExportForm(forms.Form):
    """Which kind of file, and what for."""

    file_format = forms.ChoiceField(
        label=_("File"),
        choices=FileFormat.choices,
        initial=FileFormat.XLSX,
        widget=forms.RadioSelect(attrs={"class": "h-4 w-4"}),
    )
    purpose = forms.CharField(
        label=_("What do you need it for?"),
        max_length=200,
        help_text=_("Written down with your name, the filters and the number of rows."),
        widget=UnfoldAdminTextInputWidget(attrs={"maxlength": 200}),
        error_messages={"required": _("Enter what you need the file for")},
    )


@admin.register(ListExport)
class ExportAdmin(NothingToChange, AnyModelAdmin):
    """What was handed out, for the auditor: by accounts of the same centres, or of the whole house."""

    list_display = ("at", "user", "kind", "file_format", "rows", "purpose", "narrowed")
    list_filter = ("kind", "file_format")
    list_select_related = ("user",)
    search_fields = ("user__full_name", "purpose", "sha256")
    search_help_text = _("Who, what for, or the SHA-256 fingerprint of a file")
    ordering = ("-at", "-pk")
    fields = ("at", "user", "kind", "file_format", "rows", "purpose", "narrowed", "sha256")
    readonly_fields = fields
    actions = None

    @admin.display(description=_("filters"))
    def narrowed(self, export: ListExport) -> str:
        """Say what narrowed the list."""
        return filters_as_text(export.filters)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListExport]:
        """Return what accounts of the same centres took, and superusers."""
        rows: QuerySet[ListExport] = super().get_queryset(request)
        user = account_of(request)
        if user.is_superuser:
            return rows
        by_colleagues = rows.order_by().filter(user__centres__in=queries.centres_of(user))
        return rows.filter(Q(pk__in=by_colleagues.values("pk")) | Q(user__is_superuser=True))

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a list."""
        own = path("of/<slug:kind>/", self.admin_site.admin_view(self.list_view), name="appointments_listexport_of")
        return [own, *super().get_urls()]

    def list_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """Show what a file of the list would hold; POST hands it out. The query is that of the list on the screen."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        what = EXPORTS.get(kind)
        if what is None:
            raise Http404
        other = self.admin_site._registry[what.model]  # noqa: SLF001 (no public way in)
        if not request.user.has_perm(what.permission) or not other.has_view_permission(request):
            raise PermissionDenied
        back = reverse(f"admin:{what.model._meta.label_lower.replace('.', '_')}_changelist")  # noqa: SLF001 (the same)
        try:
            changelist = other.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{back}?e=1")
        form = ExportForm(request.POST or None)
        too_many = changelist.result_count > MOST_ROWS
        if not too_many and form.is_valid():
            try:
                return _file(request, what, changelist.queryset, form)
            except TooManyRowsError:
                too_many = True
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Export: %(list)s") % {"list": what.kind.label},
            "opts": self.opts,
            "form": form,
            "count": changelist.result_count,
            "most": MOST_ROWS,
            "too_many": too_many,
            "filters": filters_in_words(changelist=changelist, query=request.GET),
            "columns": [column.title for column in what.columns],
            "back": f"{back}{changelist.get_query_string()}",
        }
        status = 400 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/appointments/export.html", context, status=status)


def _file(request: HttpRequest, what: ListToExport, rows: QuerySet[Any], form: ExportForm) -> FileResponse:
    """Return the whole file, which was written before a byte of it is sent: what breaks off is never taken for all."""
    now = timezone.now()
    file_format = FileFormat(form.cleaned_data["file_format"])
    with_room = cast("IO[bytes]", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 (the response closes it)
    try:
        export_list(
            what=what,
            rows=rows,
            file_format=file_format,
            filters=filters_of(query=request.GET),
            purpose=form.cleaned_data["purpose"],
            user=account_of(request),
            now=now,
            to=with_room,
        )
    except BaseException:
        with_room.close()
        raise
    return FileResponse(
        with_room,
        as_attachment=True,
        filename=f"{what.kind.value}-{now:%Y%m%d-%H%M%S}.{file_format.value}",
        content_type=CONTENT_TYPES[file_format],
        headers={"Cache-Control": "no-store"},
    )
