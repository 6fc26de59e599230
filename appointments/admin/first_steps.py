"""What a centre still lacks, in order: each with its link, and what happens as long as it is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import queries
from appointments.admin.base import account_of
from appointments.admin.hours.closed import address_of as holidays_of
from appointments.models import Centre, User
from appointments.setup.queries import facts_of, house_facts
from appointments.setup.steps import Step, StepCode, left, steps_of

SEE = "appointments.change_centre"

ROLES: dict[str, Promise] = {
    "front desk": gettext_lazy("front desk"),
    "cashier": gettext_lazy("cashier"),
    "finance": gettext_lazy("finance"),
    "policy maker": gettext_lazy("policy maker"),
    "centre manager": gettext_lazy("centre manager"),
    "patients": gettext_lazy("patients"),
    "staff": gettext_lazy("staff"),
    "doctors": gettext_lazy("doctors (clinical)"),
}

#: What a step is called, and what happens as long as it is missing.
WORDS: dict[StepCode, tuple[Promise, Promise]] = {
    StepCode.CENTRE: (
        gettext_lazy("Time zone and phone for patients"),
        gettext_lazy("Patients are told no number to call, and times may be off."),
    ),
    StepCode.POLICY: (
        gettext_lazy("A published policy for cancelling and moving"),
        gettext_lazy("Nobody can book: there are no terms to book under."),
    ),
    StepCode.CHANNEL: (
        gettext_lazy("A booking channel where patients book here"),
        gettext_lazy("The centre is not offered on the booking pages."),
    ),
    StepCode.DOCTORS: (gettext_lazy("Doctors"), gettext_lazy("There is nobody to book with.")),
    StepCode.TIMES: (
        gettext_lazy("Weekly hours or slots for every doctor"),
        gettext_lazy("Doctors without a time to come cannot be booked."),
    ),
    StepCode.REASONS: (
        gettext_lazy("Reasons to choose from"),
        gettext_lazy("Whoever must give a reason finds none, and cannot cancel or move."),
    ),
    StepCode.HOLIDAYS: (
        gettext_lazy("Closed days of this and the next year"),
        gettext_lazy("Slots are made by a list of holidays that nobody has looked at, or by none."),
    ),
    StepCode.FINANCE_PHONE: (
        gettext_lazy("Phone of finance"),
        gettext_lazy("Patients who wait for a refund are told the general number."),
    ),
    StepCode.PEOPLE: (
        gettext_lazy("A person for every role"),
        gettext_lazy("What a role decides stays undone, such as a refund in cash or a failed one."),
    ),
    StepCode.PROVIDER: (
        gettext_lazy("Keys of a payment provider, with its webhook secret"),
        gettext_lazy("Nobody can pay by card, and no refund goes back to one."),
    ),
    StepCode.MAIL: (
        gettext_lazy("A mail server and the sender’s address"),
        gettext_lazy("Confirmations, links and codes reach nobody."),
    ),
    StepCode.SMS: (
        gettext_lazy("Text messages"),
        gettext_lazy("Patients without e-mail get no confirmation and no code."),
    ),
    StepCode.SECOND_FACTOR: (
        gettext_lazy("A second step for whoever uses the admin"),
        gettext_lazy("A guessed password is enough to see every patient."),
    ),
}
#: The variables that whoever runs the server sets; what they hold is shown nowhere.
SETTINGS: dict[StepCode, str] = {
    StepCode.PROVIDER: "STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET / RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET, "
    "RAZORPAY_WEBHOOK_SECRETS",
    StepCode.MAIL: "EMAIL_URL, DEFAULT_FROM_EMAIL",
    StepCode.SMS: "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM",
    StepCode.SECOND_FACTOR: "ADMIN_REQUIRES_SECOND_FACTOR",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A step in words. `address` is empty where the account cannot do it; `variables` name the server's settings."""

    title: str
    meaning: str
    is_done: bool
    is_optional: bool
    missing: str
    address: str
    variables: str


def may_see(user: User) -> bool:
    """Tell whether setting up is this account's business."""
    return user.has_perm(SEE)


def address_of(centre: Centre | None = None) -> str:
    """Return the address of the page, of a centre's part of it where one is given."""
    where = reverse("admin:appointments_centre_first_steps")
    return f"{where}?centre={centre.pk}" if centre else where


def steps_left(user: User, *, now: datetime) -> int:
    """Return how many steps are left over all of the account's centres; all of one centre's where there is none."""
    house = house_facts()
    facts = facts_of(queries.centres_of(user), now=now).values()
    if not facts:
        return 2 if user.is_superuser else 0  # a policy, a centre
    return sum(left(steps_of(one, house)) for one in facts)


def first_steps_page(request: HttpRequest) -> HttpResponse:
    """Show what is missing at a centre; without one, how to make the first."""
    user, now = account_of(request), timezone.now()
    if not may_see(user):
        raise PermissionDenied
    centres = list(queries.centres_of(user).select_related("policy").order_by("name", "pk"))
    house, facts = house_facts(), facts_of(centres, now=now)
    asked = request.GET.get("centre", "")
    centre = next((one for one in centres if str(one.pk) == asked), centres[0] if centres else None)
    steps = {one.pk: steps_of(facts[one.pk], house) for one in centres}
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Setting up"),
        "centre": centre,
        "others": [(one, left(steps[one.pk]), address_of(one)) for one in centres if one != centre],
        "lines": [_line(step, centre, user) for step in steps[centre.pk]] if centre else [],
        "left": left(steps[centre.pk]) if centre else 0,
        "providers": ", ".join(house.providers),
        "first": [] if centre else _first(user),
    }
    return TemplateResponse(request, "admin/setup/first_steps.html", context)


def _first(user: User) -> list[tuple[str, str, str]]:
    """Return what comes before everything else: a title, what to do, and its address if the account may."""
    return [
        (
            _("Make a policy and publish its first version"),
            _("It says what comes back when somebody cancels, and what a move costs. A centre is bound to one."),
            reverse("admin:policies_policy_changelist") if user.has_perm("policies.view_policy") else "",
        ),
        (
            _("Make the first centre"),
            _("Name, time zone, currency, phone, and its policy. What it lacks then is listed here."),
            reverse("admin:appointments_centre_add") if user.has_perm("appointments.add_centre") else "",
        ),
    ]


def _line(step: Step, centre: Centre, user: User) -> Line:
    title, meaning = WORDS[step.code]
    return Line(
        title=str(title),
        meaning=str(meaning),
        is_done=step.is_done,
        is_optional=step.is_optional,
        missing=", ".join(str(ROLES.get(one, one)) for one in step.missing),
        address=_address(step.code, centre, user),
        variables=SETTINGS.get(step.code, ""),
    )


def _address(code: StepCode, centre: Centre, user: User) -> str:
    """Return where a step is done, or nothing where the account may not."""
    found = _ADDRESSES.get(code)
    if found is None:
        return ""
    permission, address = found
    return address(centre) if user.has_perm(permission) else ""


def _list(model: str, query: str = "") -> Callable[[Centre], str]:
    return lambda centre: reverse(f"admin:{model}_changelist") + query.format(centre.pk)


def _centre(centre: Centre) -> str:
    return reverse("admin:appointments_centre_change", args=[centre.pk])


def _policy(centre: Centre) -> str:
    return reverse("admin:policies_policy_change", args=[centre.policy_id])


#: The right that a step asks for, and where it is done.
_ADDRESSES: dict[StepCode, tuple[str, Callable[[Centre], str]]] = {
    StepCode.CENTRE: ("appointments.change_centre", _centre),
    StepCode.POLICY: ("policies.view_policy", _policy),
    StepCode.CHANNEL: ("appointments.view_channel", _list("appointments_channel", "?centre__id__exact={}")),
    StepCode.DOCTORS: ("appointments.view_doctor", _list("appointments_doctor", "?centre__id__exact={}")),
    StepCode.TIMES: ("appointments.view_weeklyhours", _list("appointments_weeklyhours")),
    StepCode.REASONS: ("appointments.view_reasoncode", _list("appointments_reasoncode")),
    StepCode.HOLIDAYS: ("appointments.view_closedday", holidays_of),
    StepCode.FINANCE_PHONE: ("appointments.change_centre", _centre),
    StepCode.PEOPLE: ("appointments.view_user", _list("appointments_user")),
}
