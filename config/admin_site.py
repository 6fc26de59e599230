"""The look of the admin (django-unfold), and its sidebar: what there is to do, for whom it is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LIST = "admin:appointments_appointment_changelist"
_REFUNDS = "admin:refunds_refund_changelist"


def _may(*permissions: str) -> Callable[[HttpRequest], bool]:
    """Return the check that an account has one of these permissions."""
    return lambda request: any(request.user.has_perm(permission) for permission in permissions)


def _is_doctor(request: HttpRequest) -> bool:
    """Tell whether a doctor works here; a superuser has the permission too, and works at the desk."""
    user = request.user
    is_superuser = getattr(user, "is_superuser", False)
    return not is_superuser and hasattr(user, "doctor") and user.has_perm("appointments.cancel_own_appointment")


def _at_the_desk(request: HttpRequest) -> bool:
    """Tell whether this account sees appointments other than as their doctor."""
    return request.user.has_perm("appointments.view_appointment") and not _is_doctor(request)


def _appointments(query: str) -> Callable[[HttpRequest], str]:
    """Return the address of the list of appointments with a query."""
    return lambda _request: reverse(_LIST) + query


def _shows(**wanted: str | None) -> Callable[[HttpRequest], bool]:
    """Return the check that the list of appointments is on show with these parameters; None: without it."""

    def check(request: HttpRequest) -> bool:
        return request.path == reverse(_LIST) and all(request.GET.get(key) == value for key, value in wanted.items())

    return check


def _item(
    title: Promise, icon: str, link: Any, permission: Callable[[HttpRequest], bool], **more: Any
) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link, "permission": permission, **more}


def _list_item(title: Promise, icon: str, model: str) -> dict[str, Any]:
    """Return the item of a model's list, for whoever may look at it."""
    app, name = model.split("_")
    return _item(title, icon, reverse_lazy(f"admin:{model}_changelist"), _may(f"{app}.view_{name}"))


def _waiting_refunds(title: Promise, icon: str, way: str) -> list[dict[str, Any]]:
    """Return the item of the refunds that people pay one way and that are not paid yet."""
    query = f"?way__exact={way}&status__in=pending,processing"
    return [
        _item(
            title,
            icon,
            lambda _request: reverse(_REFUNDS) + query,
            _may("refunds.confirm_refund"),
            active=lambda request: request.path == reverse(_REFUNDS) and request.GET.get("way__exact") == way,
        )
    ]


_APPOINTMENTS = [
    _item(_("My appointments"), "calendar_month", reverse_lazy(_LIST), _is_doctor),
    _item(
        _("Day board"),
        "view_timeline",
        reverse_lazy("admin:appointments_appointment_board"),
        _may("appointments.view_appointment"),
        active=lambda request: request.path.startswith(reverse("admin:appointments_appointment_board")),
    ),
    _item(_("Today’s appointments"), "today", _appointments("?day=today"), _at_the_desk, active=_shows(day="today")),
    _item(
        _("Waiting for approval"),
        "pending_actions",
        _appointments("?status__exact=pending_approval"),
        _may("appointments.approve_appointment"),
        active=_shows(status__exact="pending_approval"),
    ),
    _item(
        _("Late requests"),
        "contact_support",
        lambda _request: reverse("admin:appointments_laterequest_changelist") + "?state__exact=waiting",
        _may("appointments.view_laterequest"),
        active=lambda request: request.path.startswith(reverse("admin:appointments_laterequest_changelist")),
    ),
    _item(
        _("Overrides"),
        "how_to_reg",
        lambda _request: reverse("admin:appointments_overriderequest_changelist") + "?state__exact=waiting",
        _may("appointments.view_overriderequest"),
        active=lambda request: request.path.startswith(reverse("admin:appointments_overriderequest_changelist")),
    ),
    _item(
        _("All appointments"),
        "calendar_month",
        reverse_lazy(_LIST),
        _at_the_desk,
        active=_shows(day=None, status__exact=None),
    ),
    _item(
        _("Waiting list"),
        "hourglass_top",
        lambda _request: reverse("admin:appointments_waitingentry_changelist") + "?state__exact=waiting",
        _may("appointments.view_waitingentry"),
        active=lambda request: request.path.startswith(reverse("admin:appointments_waitingentry_changelist")),
    ),
    _list_item(_("Offers of times"), "event_upcoming", "appointments_slotoffer"),
    _list_item(_("Patients"), "personal_injury", "appointments_patient"),
    _list_item(_("Carers"), "diversity_3", "appointments_carerrelation"),
    _item(
        _("Agent at the desk"),
        "badge",
        reverse_lazy("admin:appointments_agentvisit_desk"),
        _may("appointments.serve_agent"),
    ),
    _item(
        _("Emergency leave"),
        "sick",
        reverse_lazy("admin:appointments_emergencyleave_changelist"),
        _may("appointments.call_leave", "appointments.call_own_leave", "appointments.view_emergencyleave"),
    ),
]
_REFUND_DESK = [
    _item(
        _("Refunds"),
        "currency_exchange",
        reverse_lazy("admin:refunds_refund_changelist"),
        _may("refunds.view_refund"),
        active=lambda request: request.path == reverse(_REFUNDS) and not {"way__exact", "promise"} & set(request.GET),
    ),
    _item(
        _("Late refunds"),
        "alarm",
        lambda _request: reverse(_REFUNDS) + "?promise=late",
        _may("refunds.view_refund"),
        active=lambda request: request.path == reverse(_REFUNDS) and request.GET.get("promise") == "late",
    ),
    *_waiting_refunds(_("Cash desk"), "point_of_sale", "cash"),
    *_waiting_refunds(_("Insurance window"), "health_and_safety", "insurance_window"),
    _item(
        _("Bank files"),
        "account_balance",
        reverse_lazy("admin:refunds_bankbatch_changelist"),
        _may("refunds.view_bankbatch", "refunds.make_bank_batch"),
    ),
    _list_item(_("Payments"), "payments", "refunds_payment"),
    _list_item(_("Ledger"), "menu_book", "refunds_ledgerentry"),
    _list_item(_("Incidents"), "report", "refunds_incident"),
]
_POLICIES = [
    _list_item(_("Policies"), "rule", "policies_policy"),
    _list_item(_("Versions"), "history_edu", "policies_policyversion"),
    _list_item(_("Reasons"), "chat_info", "appointments_reasoncode"),
    _list_item(_("Standing rules"), "gavel", "appointments_laterule"),
]
_SETUP = [
    _item(
        _("Setting up"),
        "checklist",
        reverse_lazy("admin:appointments_centre_first_steps"),
        _may("appointments.change_centre"),
    ),
    _item(
        _("Centres"),
        "local_hospital",
        reverse_lazy("admin:appointments_centre_changelist"),
        _may("appointments.view_centre"),
        active=lambda request: (
            request.path.startswith(reverse("admin:appointments_centre_changelist"))
            and request.path != reverse("admin:appointments_centre_first_steps")
        ),
    ),
    _list_item(_("Booking channels"), "hub", "appointments_channel"),
    _list_item(_("Partners"), "handshake", "appointments_partner"),
    _item(
        _("Handling fees"),
        "request_quote",
        reverse_lazy("admin:appointments_partner_fees"),
        _may("appointments.view_partner"),
    ),
    _list_item(_("Patient apps"), "smartphone", "appointments_patientapp"),
    _list_item(_("Webhook addresses"), "webhook", "appointments_webhookendpoint"),
    _list_item(_("Doctors"), "stethoscope", "appointments_doctor"),
    _list_item(_("Weekly hours"), "date_range", "appointments_weeklyhours"),
    _list_item(_("Slots"), "schedule", "appointments_slot"),
    _list_item(_("Closed days"), "event_busy", "appointments_closedday"),
    _list_item(_("Planned leave"), "beach_access", "appointments_plannedleave"),
    _list_item(_("Additions to mails"), "edit_note", "appointments_messageaddition"),
    _list_item(_("Accounts"), "manage_accounts", "appointments_user"),
    _list_item(_("Groups"), "groups", "auth_group"),
]
_WEBHOOKS = "admin:appointments_webhookdelivery_changelist"
_MESSAGES = [
    _list_item(_("Exports of lists"), "download", "appointments_listexport"),
    _list_item(_("Outbox"), "outgoing_mail", "appointments_outboxmessage"),
    _item(
        _("Webhooks"),
        "webhook",
        reverse_lazy(_WEBHOOKS),
        _may("appointments.view_webhookdelivery"),
        active=lambda request: request.path == reverse(_WEBHOOKS) and request.GET.get("state__exact") is None,
    ),
    _item(
        _("Webhooks given up"),
        "sms_failed",
        lambda _request: reverse(_WEBHOOKS) + "?state__exact=given_up",
        _may("appointments.view_webhookdelivery"),
        active=lambda request: request.path == reverse(_WEBHOOKS) and request.GET.get("state__exact") == "given_up",
    ),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Fairslot"),
    "SITE_HEADER": _("Fairslot"),
    "SITE_SYMBOL": "event_available",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "appointments.admin.today.today_page",
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {"title": _("Appointments"), "separator": False, "items": _APPOINTMENTS},
            {"title": _("Refund desk"), "separator": True, "items": _REFUND_DESK},
            {"title": _("Policies"), "separator": True, "items": _POLICIES},
            {"title": _("Messages"), "separator": True, "items": _MESSAGES},
            {"title": _("Setup"), "separator": True, "items": _SETUP},
        ],
    },
}
