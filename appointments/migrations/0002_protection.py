"""What the database itself refuses, on PostgreSQL and SQLite alike: a terminal appointment changes no more, history
stays as it was written, a chain keeps its terms, and nothing of it is deleted."""

from dataclasses import dataclass

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EDGES = (
    "draft>pending_approval",
    "draft>confirmed",
    "draft>cancelled",
    "pending_approval>confirmed",
    "pending_approval>cancelled",
    "pending_approval>rescheduled",
    "confirmed>cancelled",
    "confirmed>rescheduled",
    "confirmed>checked_in",
    "confirmed>no_show",
    "checked_in>completed",
)


@dataclass(frozen=True)
class Guard:
    """Refuse `event` on `table` when `condition` holds (always, when it is empty). `name` is what the error says."""

    name: str
    table: str
    event: str
    condition: str = ""


_EDGES = ", ".join(f"'{edge}'" for edge in EDGES)
GUARDS = (
    Guard(
        "appointment_terminal_is_final",
        "appointments_appointment",
        "UPDATE",
        "OLD.status IN ('completed', 'no_show', 'cancelled', 'rescheduled')",
    ),
    Guard(
        "appointment_follows_its_edges",
        "appointments_appointment",
        "UPDATE",
        f"OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) NOT IN ({_EDGES})",
    ),
    Guard(
        "appointment_keeps_its_place",
        "appointments_appointment",
        "UPDATE",
        "OLD.slot_id <> NEW.slot_id OR OLD.chain_id <> NEW.chain_id OR OLD.reference <> NEW.reference"
        " OR COALESCE(OLD.replaces_id, 0) <> COALESCE(NEW.replaces_id, 0)",
    ),
    Guard("appointment_is_never_deleted", "appointments_appointment", "DELETE"),
    Guard("event_is_never_changed", "appointments_appointmentevent", "UPDATE"),
    Guard("event_is_never_deleted", "appointments_appointmentevent", "DELETE"),
    Guard("certificate_is_never_changed", "appointments_certificate", "UPDATE"),
    Guard("certificate_is_never_deleted", "appointments_certificate", "DELETE"),
    Guard(
        "late_request_decided_once",
        "appointments_laterequest",
        "UPDATE",
        "OLD.state <> 'waiting'",
    ),
    Guard("late_request_is_never_deleted", "appointments_laterequest", "DELETE"),
    Guard("override_decided_once", "appointments_overriderequest", "UPDATE", "OLD.state <> 'waiting'"),
    Guard(
        "override_stays_as_asked",
        "appointments_overriderequest",
        "UPDATE",
        "OLD.appointment_id <> NEW.appointment_id OR OLD.asked_by_id <> NEW.asked_by_id"
        " OR OLD.by_rules <> NEW.by_rules OR OLD.by_override <> NEW.by_override"
        " OR COALESCE(OLD.percent, -1) <> COALESCE(NEW.percent, -1)"
        " OR COALESCE(OLD.slot_id, 0) <> COALESCE(NEW.slot_id, 0)"
        " OR OLD.expires_at <> NEW.expires_at OR OLD.reason_text <> NEW.reason_text",
    ),
    Guard("override_is_never_deleted", "appointments_overriderequest", "DELETE"),
    Guard("late_document_stays_destroyed", "appointments_latedocument", "UPDATE", "OLD.destroyed_at IS NOT NULL"),
    Guard("document_look_is_never_changed", "appointments_documentlook", "UPDATE"),
    Guard("document_look_is_never_deleted", "appointments_documentlook", "DELETE"),
    Guard(
        "chain_keeps_its_terms",
        "appointments_chain",
        "UPDATE",
        "OLD.terms_id <> NEW.terms_id OR OLD.patient_id <> NEW.patient_id OR OLD.currency <> NEW.currency",
    ),
    Guard(
        "chain_calendar_never_goes_back",
        "appointments_chain",
        "UPDATE",
        "OLD.calendar_sequence IS NOT NULL "
        "AND (NEW.calendar_sequence IS NULL OR NEW.calendar_sequence < OLD.calendar_sequence)",
    ),
    Guard("chain_is_never_deleted", "appointments_chain", "DELETE"),
    Guard("contact_change_is_never_changed", "appointments_contactchange", "UPDATE"),
    Guard("contact_change_is_never_deleted", "appointments_contactchange", "DELETE"),
    Guard(
        "manage_link_stays_revoked",
        "appointments_managelink",
        "UPDATE",
        "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL",
    ),
    Guard("id_number_note_is_never_changed", "appointments_idnumbernote", "UPDATE"),
    Guard("id_number_note_is_never_deleted", "appointments_idnumbernote", "DELETE"),
    Guard("agent_visit_is_never_changed", "appointments_agentvisit", "UPDATE"),
    Guard("agent_visit_is_never_deleted", "appointments_agentvisit", "DELETE"),
    Guard("delivery_report_is_never_changed", "appointments_deliveryreport", "UPDATE"),
    Guard("delivery_report_is_never_deleted", "appointments_deliveryreport", "DELETE"),
    Guard("export_is_never_changed", "appointments_listexport", "UPDATE"),
    Guard("export_is_never_deleted", "appointments_listexport", "DELETE"),
    Guard("leave_stands_once_started", "appointments_emergencyleave", "UPDATE", "OLD.started_at IS NOT NULL"),
    Guard("leave_started_is_never_deleted", "appointments_emergencyleave", "DELETE", "OLD.started_at IS NOT NULL"),
    Guard(
        "leave_case_end_is_final",
        "appointments_leavecase",
        "UPDATE",
        "OLD.state NOT IN ('planned', 'offered')",
    ),
    Guard("leave_case_is_never_deleted", "appointments_leavecase", "DELETE"),
    Guard("waiting_entry_end_is_final", "appointments_waitingentry", "UPDATE", "OLD.state <> 'waiting'"),
    Guard(
        "waiting_entry_keeps_its_place",
        "appointments_waitingentry",
        "UPDATE",
        "OLD.joined_at <> NEW.joined_at OR OLD.patient_id <> NEW.patient_id OR OLD.centre_id <> NEW.centre_id"
        " OR COALESCE(OLD.doctor_id, 0) <> COALESCE(NEW.doctor_id, 0) OR OLD.specialty <> NEW.specialty"
        " OR COALESCE(OLD.appointment_id, 0) <> COALESCE(NEW.appointment_id, 0)",
    ),
    Guard("waiting_entry_is_never_deleted", "appointments_waitingentry", "DELETE"),
    Guard("slot_offer_end_is_final", "appointments_slotoffer", "UPDATE", "OLD.state NOT IN ('offered', 'taken')"),
    Guard(
        "slot_offer_stays_as_made",
        "appointments_slotoffer",
        "UPDATE",
        "OLD.entry_id <> NEW.entry_id OR OLD.slot_id <> NEW.slot_id OR OLD.draft_id <> NEW.draft_id"
        " OR OLD.offered_at <> NEW.offered_at OR OLD.until <> NEW.until",
    ),
    Guard("slot_offer_is_never_deleted", "appointments_slotoffer", "DELETE"),
)


def _create_on_postgresql(guard: Guard) -> list[str]:
    when = f" WHEN ({guard.condition})" if guard.condition else ""
    refuse = f"RAISE EXCEPTION '{guard.name}' USING ERRCODE = 'integrity_constraint_violation';"
    at = f"BEFORE {guard.event} ON {guard.table} FOR EACH ROW{when}"
    statements = [
        f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse} END $$",
        f"CREATE TRIGGER {guard.name} {at} EXECUTE FUNCTION {guard.name}()",
    ]
    if guard.event == "DELETE":  # PostgreSQL empties a table without deleting rows
        truncate = f"BEFORE TRUNCATE ON {guard.table} FOR EACH STATEMENT"
        statements.append(f"CREATE TRIGGER {guard.name}_truncate {truncate} EXECUTE FUNCTION {guard.name}()")
    return statements


def _create_on_sqlite(guard: Guard) -> list[str]:
    when = f" WHEN {guard.condition}" if guard.condition else ""
    at = f"BEFORE {guard.event} ON {guard.table} FOR EACH ROW{when}"
    return [f"CREATE TRIGGER {guard.name} {at} BEGIN SELECT RAISE(ABORT, '{guard.name}'); END"]


def protect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the guards."""
    create = _create_on_postgresql if editor.connection.vendor == "postgresql" else _create_on_sqlite
    for guard in GUARDS:
        for statement in create(guard):
            editor.execute(statement)


def unprotect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the guards."""
    for guard in reversed(GUARDS):
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP FUNCTION {guard.name}() CASCADE")
        else:
            editor.execute(f"DROP TRIGGER {guard.name}")


class Migration(migrations.Migration):
    """Reversible; a later change of one of these tables drops and remakes its guards on SQLite."""

    dependencies = [("appointments", "0001_initial")]

    operations = [migrations.RunPython(protect, unprotect)]
