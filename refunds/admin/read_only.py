"""Admin pages that show and never change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from refunds.admin.scope import visible_to
from refunds.money import formatted


class NothingToChange:
    """No adding, changing or deleting for anybody, superusers included."""

    def has_add_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Rows come from operations."""
        return False

    def has_change_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Rows change by operations."""
        return False

    def has_delete_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Money is never deleted."""
        return False


class ReadOnlyAdmin(NothingToChange, ModelAdmin):  # type: ignore[misc]
    """A list and a page to read, within the user's scope. `payment_path` leads from the row to its payment."""

    payment_path = "payment__"
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only what the user's scope allows."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(visible_to(request.user, through=self.payment_path))

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, row: Any) -> str:
        """The amount as people read it."""
        return formatted(amount=row.amount, currency=row.currency)


class ReadOnlyInline(NothingToChange, TabularInline):  # type: ignore[misc]
    """Rows to read below another row."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Who may see the row above may see these."""
        return True
