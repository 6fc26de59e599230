"""A centre's own words at the end of its mails."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.scope import CentreScoped
from appointments.models import MessageAddition
from appointments.wording.additions import filled_in, problem_with


@admin.register(MessageAddition)
class AdditionAdmin(CentreScoped):
    """Additions to mails. They cannot change or leave out anything of the mail itself."""

    centre_path = "centre"
    list_display = ("kind", "language", "centre", "example")
    list_filter = (("centre", RelatedOnlyFieldListFilter), "kind", "language")
    list_select_related = ("centre",)
    search_fields = ("text",)
    fields = ("centre", "kind", "language", "text", "example")
    readonly_fields = ("example",)

    @admin.display(description=gettext_lazy("for example"))
    def example(self, addition: MessageAddition) -> str:
        """Show the words as a patient would read them."""
        if not addition.text or problem_with(addition.text):
            return "–"
        values = {
            "patient": _("Meera Nair"),
            "when": _("Thursday 5 November 2026 at 2:30pm"),
            "reference": "K7QP-3MHC",
            "phone": addition.centre.phone,
        }
        return filled_in(addition.text, values)

    def get_fields(self, request: HttpRequest, obj: MessageAddition | None = None) -> list[Any]:
        """Show the example once there is something to show."""
        return list(self.fields) if obj else [name for name in self.fields if name != "example"]
