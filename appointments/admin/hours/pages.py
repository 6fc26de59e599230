"""The page that makes a doctor's slots out of the weekly hours: what would be done, then one press."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.admin.base import account_of
from appointments.admin.hours import shown
from appointments.hours import queries
from appointments.hours.plan import SlotPlan
from appointments.models import Doctor, WeeklyHours
from appointments.usecases.make_slots import make_slots, preview_slots

SEE, DO = "appointments.view_weeklyhours", "appointments.change_weeklyhours"


def address_of(doctor_id: int) -> str:
    """Return the address of a doctor's page."""
    return reverse("admin:appointments_weeklyhours_slots", args=[doctor_id])


def slots_page(site: AdminSite, request: HttpRequest, doctor_id: int) -> HttpResponse:
    """Show what would be made and withdrawn, and which bookings lie outside the hours; POST does it."""
    user = account_of(request)
    if not user.has_perm(SEE):
        raise PermissionDenied
    doctor = queries.doctors_of_centres(user).filter(pk=doctor_id).first()
    if doctor is None:
        raise Http404
    if request.method == "POST":
        return _make(request, doctor)
    preview = preview_slots(doctor_id=doctor.pk, now=timezone.now())
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Slots of %(doctor)s") % {"doctor": doctor},
        "opts": WeeklyHours._meta,  # noqa: SLF001 (Django's own word for it)
        "doctor": doctor,
        "centre": doctor.centre,
        "until": shown.day_words(shown.last_day(preview), centre=doctor.centre),
        "hours": shown.hours_rows(doctor),
        "figures": shown.figures_of(preview.plan),
        "left_out": shown.left_out_words(preview),
        "withdrawn": shown.withdrawn_words(preview),
        "in_the_way": shown.in_the_way_words(preview),
        "outside": shown.outside_rows(preview),
        "outside_count": shown.outside_count(preview),
        "more_outside": max(0, shown.outside_count(preview) - shown.MOST_NAMED),
        "kept": shown.kept_without_booking(preview),
        "is_done": not preview.plan.make and not preview.plan.touched,
        "may_make": user.has_perm(DO),
        "may_add": user.has_perm("appointments.add_weeklyhours"),
    }
    return TemplateResponse(request, "admin/hours/slots.html", context)


def _make(request: HttpRequest, doctor: Doctor) -> HttpResponse:
    """Do it, say what was done, and show how things stand now."""
    if not account_of(request).has_perm(DO):
        raise PermissionDenied
    done = make_slots(doctor_id=doctor.pk, now=timezone.now())
    messages.success(request, done_words(done))
    return HttpResponseRedirect(address_of(doctor.pk))


def done_words(done: SlotPlan) -> str:
    """Return what was done in a sentence."""
    made, back, gone = len(done.make), len(done.put_back), len(done.withdraw)
    parts = [
        ngettext("%(n)d slot made", "%(n)d slots made", made) % {"n": made} if made else "",
        ngettext("%(n)d put back on offer", "%(n)d put back on offer", back) % {"n": back} if back else "",
        ngettext("%(n)d withdrawn", "%(n)d withdrawn", gone) % {"n": gone} if gone else "",
    ]
    return ", ".join(filter(None, parts)) or _("Nothing had to be done")
