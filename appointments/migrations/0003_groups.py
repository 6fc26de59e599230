"""The groups that a house starts with, so that `migrate` alone gives a working admin.

Django makes permissions after all migrations; a group needs them now, so they are made here first. A group that is
already there keeps what an admin gave it and gets what is missing.
"""

import sys

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SEE_APPOINTMENTS = ("appointments.view_appointment",)
_WORK_WITH_APPOINTMENTS = (
    *_SEE_APPOINTMENTS,
    "appointments.book_appointment",
    "appointments.cancel_appointment",
    "appointments.reschedule_appointment",
    "appointments.approve_appointment",
    "appointments.attend_appointment",
    "refunds.add_payment",
    "appointments.view_patient",
    "appointments.change_patient",
    "appointments.view_carerrelation",
    "appointments.add_carerrelation",
    "appointments.change_carerrelation",
    "appointments.serve_agent",
    "appointments.revoke_links",
    "appointments.view_outboxmessage",
    "appointments.view_laterequest",
    "appointments.view_waitingentry",
    "appointments.join_waitingentry",
    "appointments.end_waitingentry",
    "appointments.view_slotoffer",
)
_SEE_THE_PLACE = (
    "appointments.view_centre",
    "appointments.view_channel",
    "appointments.view_doctor",
    "appointments.view_slot",
    "appointments.view_weeklyhours",
    "appointments.view_closedday",
    "appointments.view_plannedleave",
    "appointments.view_reasoncode",
)
_SEE_REFUNDS = (
    "refunds.view_payment",
    "refunds.view_refund",
    "refunds.view_refundattempt",
    "refunds.view_refundevent",
)
_SEE_POLICIES = ("policies.view_policy", "policies.view_policyversion", "policies.view_tier")
_EVERYTHING_TO_SEE = ("view_*",)
_EXPORT_EVERYTHING = ("appointments.export_appointments", "appointments.export_money")

ROLES: dict[str, tuple[str, ...]] = {
    "front desk": (*_WORK_WITH_APPOINTMENTS, *_SEE_THE_PLACE),
    "doctor": (*_SEE_APPOINTMENTS, "appointments.cancel_own_appointment", "appointments.call_own_leave"),
    "cashier": (*_SEE_APPOINTMENTS, *_SEE_REFUNDS, "refunds.add_payment", "refunds.confirm_refund"),
    "finance": (
        *_SEE_APPOINTMENTS,
        *_SEE_REFUNDS,
        "refunds.confirm_refund",
        "refunds.retry_refund",
        "refunds.release_hold",
        "refunds.make_bank_batch",
        "refunds.view_bankbatch",
        "refunds.view_bankbatchrow",
        "refunds.view_refundpayee",
        "refunds.view_ledgerentry",
        "refunds.view_incident",
        "refunds.view_auditrun",
        "appointments.export_money",
        "appointments.view_overriderequest",
        "appointments.approve_override",
    ),
    "policy maker": (
        *_SEE_POLICIES,
        "policies.add_policy",
        "policies.change_policy",
        "policies.add_policyversion",
        "policies.change_policyversion",
        "policies.delete_policyversion",
        "policies.add_tier",
        "policies.change_tier",
        "policies.delete_tier",
        "policies.publish_policyversion",
        "appointments.view_reasoncode",
        "appointments.add_reasoncode",
        "appointments.change_reasoncode",
        "appointments.view_timeline",
        "appointments.view_laterule",
        "appointments.add_laterule",
        "appointments.change_laterule",
    ),
    "centre manager": (
        *_WORK_WITH_APPOINTMENTS,
        *_SEE_THE_PLACE,
        *_SEE_REFUNDS,
        *_SEE_POLICIES,
        *_EXPORT_EVERYTHING,
        "appointments.view_timeline",
        "refunds.release_hold",
        "refunds.view_refundpayee",
        "appointments.override_percentage",
        "appointments.decide_laterequest",
        "appointments.open_latedocument",
        "appointments.open_idnumber",
        "appointments.view_agentvisit",
        "appointments.override_reschedule_rules",
        "appointments.view_overriderequest",
        "appointments.approve_override",
        "appointments.call_leave",
        "appointments.change_centre",
        "appointments.add_closedday",
        "appointments.change_closedday",
        "appointments.delete_closedday",
        "appointments.add_channel",
        "appointments.change_channel",
        "appointments.add_doctor",
        "appointments.change_doctor",
        "appointments.add_slot",
        "appointments.change_slot",
        "appointments.delete_slot",
        "appointments.add_weeklyhours",
        "appointments.change_weeklyhours",
        "appointments.delete_weeklyhours",
        "appointments.plan_leave",
        "appointments.view_messageaddition",
        "appointments.add_messageaddition",
        "appointments.change_messageaddition",
        "appointments.delete_messageaddition",
        "appointments.change_outboxmessage",
        "appointments.view_user",
        "appointments.view_webhookendpoint",
        "appointments.view_webhookdelivery",
        "appointments.replay_webhookdelivery",
    ),
    "auditor": (*_EVERYTHING_TO_SEE, *_EXPORT_EVERYTHING),
}
_APPS = ("appointments", "policies", "refunds")


def make_groups(apps: Apps, _editor: BaseDatabaseSchemaEditor | None = None) -> None:
    """Make the groups with their permissions. Raises LookupError for a permission that does not exist."""
    for label in _APPS:
        _make_permissions(apps, label)
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.filter(content_type__app_label__in=_APPS).select_related(
            "content_type"
        )
    }
    to_see = {key for key in known if key.partition(".")[2].startswith("view_")}
    for name, listed in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=name)
        wanted = set(listed)
        if wanted & set(_EVERYTHING_TO_SEE):
            wanted = wanted - set(_EVERYTHING_TO_SEE) | to_see
        missing = wanted - known.keys()
        if missing:
            raise LookupError(f"{name}: no such permission: {', '.join(sorted(missing))}")
        group.permissions.add(*(known[key] for key in wanted))


def _make_permissions(apps: Apps, label: str) -> None:
    """Do now what Django does after the last migration."""
    config = apps.get_app_config(label)
    if not getattr(config, "models_module", None):
        # A migration's apps have no module of models, and would be left out without one.
        config.models_module = sys.modules[__name__]
    create_permissions(config, apps=apps, verbosity=0)


def drop_groups(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the groups; accounts stay."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0002_protection"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("policies", "0002_freeze_published_versions"),
        ("refunds", "0002_protection"),
    ]

    operations = [migrations.RunPython(make_groups, drop_groups)]
