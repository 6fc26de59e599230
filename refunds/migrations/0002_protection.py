"""The database's own refusals, the same on PostgreSQL and SQLite: history stays, money does not change, steps follow the edges."""

from dataclasses import dataclass

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUND_EDGES = (
    "pending>processing",
    "pending>failed",
    "processing>completed",
    "processing>failed",
    "failed>processing",
    "failed>completed",
    "completed>failed",
)
ATTEMPT_EDGES = (
    "ready>sent",
    "ready>rejected",
    "sent>unknown",
    "sent>accepted",
    "sent>succeeded",
    "sent>rejected",
    "unknown>sent",
    "unknown>accepted",
    "unknown>succeeded",
    "unknown>rejected",
    "accepted>succeeded",
    "accepted>rejected",
    "rejected>accepted",
    "rejected>succeeded",
    "succeeded>returned",
)


@dataclass(frozen=True)
class Guard:
    """Refuse `event` on `table` when `condition` holds. `differs` stands for "is distinct from" in the database's words."""

    table: str
    event: str
    what: str
    condition: str

    @property
    def name(self) -> str:
        """The trigger's name, which is also what the error says."""
        return f"{self.table}_{self.what}"


def _changed(*columns: str) -> str:
    """Any of the columns is about to change."""
    return " OR ".join(f"NEW.{column} differs OLD.{column}" for column in columns)


def _off_edges(column: str, edges: tuple[str, ...]) -> str:
    """The step is none of the edges."""
    listed = ", ".join(f"'{edge}'" for edge in edges)
    return f"NEW.{column} differs OLD.{column} AND (OLD.{column} || '>' || NEW.{column}) NOT IN ({listed})"


CHECKOUT_EDGES = ("open>paid", "declined>paid", "open>expired", "open>declined")
INBOX_EDGES = ("new>done", "new>ignored", "new>failed")
DISPUTE_EDGES = ("open>won", "open>lost")
BATCH_EDGES = ("made>released", "made>void", "released>executed", "released>void")
ROW_EDGES = ("listed>paid", "listed>returned", "listed>void", "paid>returned")

_UNFIT_ROW = """
    NOT EXISTS (SELECT 1 FROM refunds_bankbatch b JOIN refunds_refund r ON r.id = NEW.refund_id
        JOIN refunds_refundattempt a ON a.id = NEW.attempt_id JOIN refunds_refundpayee p ON p.id = NEW.payee_id
        WHERE b.id = NEW.batch_id AND b.state = 'made' AND r.amount = NEW.amount AND r.currency = b.currency
            AND a.refund_id = r.id AND a.channel = 'bank_transfer' AND a.state = 'ready'
            AND p.refund_id = r.id AND p.replaced_at IS NULL AND (p.holds_until IS NULL OR p.holds_until <= b.made_at
                OR EXISTS (SELECT 1 FROM refunds_holdrelease h WHERE h.payee_id = p.id)))
"""
_TAKEN = "(SELECT COALESCE(SUM(amount), 0) FROM refunds_refund WHERE payment_id = {payment})"

GUARDS = (
    Guard("refunds_refundevent", "UPDATE", "append_only", "1 = 1"),
    Guard("refunds_refundevent", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_ledgerentry", "UPDATE", "append_only", "1 = 1"),
    Guard("refunds_ledgerentry", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_incident", "UPDATE", "append_only", "1 = 1"),
    Guard("refunds_incident", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_outsiderefund", "UPDATE", "append_only", "1 = 1"),
    Guard("refunds_outsiderefund", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_dispute", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_dispute", "UPDATE", "legal_edges", _off_edges("state", DISPUTE_EDGES)),
    Guard(
        "refunds_dispute",
        "UPDATE",
        "facts_are_fixed",
        _changed("id", "payment_id", "gateway", "provider_id", "amount", "currency", "found_at"),
    ),
    Guard("refunds_gatewayevent", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_gatewayevent", "UPDATE", "legal_edges", _off_edges("state", INBOX_EDGES)),
    Guard(
        "refunds_gatewayevent",
        "UPDATE",
        "kept_as_it_came",
        _changed("id", "gateway", "event_id", "body", "headers", "received_at"),
    ),
    Guard("refunds_checkout", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_checkout", "UPDATE", "legal_edges", _off_edges("state", CHECKOUT_EDGES)),
    Guard(
        "refunds_checkout",
        "UPDATE",
        "paid_by_a_payment",
        "NEW.state = 'paid' AND OLD.state <> 'paid'"
        " AND NOT EXISTS (SELECT 1 FROM refunds_payment WHERE checkout_id = NEW.id AND usable)",
    ),
    Guard(
        "refunds_checkout",
        "UPDATE",
        "ask_is_fixed",
        _changed("id", "source", "purpose", "cause", "amount", "currency", "gateway", "created_at", "expires_at"),
    ),
    Guard("refunds_payment", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_refund", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_refundattempt", "DELETE", "no_delete", "1 = 1"),
    Guard(
        "refunds_payment",
        "UPDATE",
        "money_is_a_fact",
        _changed("id", "source", "purpose", "amount", "currency", "gateway", "provider_id", "method", "checkout_id"),
    ),
    Guard("refunds_refund", "UPDATE", "money_is_fixed", _changed("id", "payment_id", "cause", "amount", "currency")),
    Guard(
        "refunds_refundattempt",
        "UPDATE",
        "request_is_fixed",
        _changed("id", "refund_id", "number", "channel", "key", "body"),
    ),
    Guard("refunds_refund", "UPDATE", "asked_by_is_fixed", _changed("requested_by")),
    Guard(
        "refunds_refundattempt",
        "UPDATE",
        "provider_id_stays",
        "OLD.provider_id IS NOT NULL AND NEW.provider_id differs OLD.provider_id",
    ),
    Guard(
        "refunds_refundattempt",
        "UPDATE",
        "proof_stays",
        "OLD.state IN ('succeeded', 'returned') AND OLD.channel IN ('cash', 'bank_transfer', 'insurance_window')"
        f" AND ({_changed('reference', 'evidence')})",
    ),
    Guard("refunds_refund", "UPDATE", "legal_edges", _off_edges("status", REFUND_EDGES)),
    Guard("refunds_refundattempt", "UPDATE", "legal_edges", _off_edges("state", ATTEMPT_EDGES)),
    Guard(
        "refunds_refund",
        "INSERT",
        "within_reserved",
        _TAKEN.format(payment="NEW.payment_id")
        + " + NEW.amount > (SELECT reserved FROM refunds_payment WHERE id = NEW.payment_id)"
        + " OR NEW.currency <> (SELECT currency FROM refunds_payment WHERE id = NEW.payment_id)",
    ),
    Guard(
        "refunds_payment",
        "UPDATE",
        "reserves_its_refunds",
        f"NEW.reserved < OLD.reserved AND NEW.reserved < {_TAKEN.format(payment='NEW.id')}",
    ),
    Guard("refunds_refundpayee", "DELETE", "no_delete", "1 = 1"),
    Guard(
        "refunds_refundpayee",
        "UPDATE",
        "given_is_fixed",
        _changed(
            "id",
            "refund_id",
            "number",
            "kind",
            "sealed",
            "masked",
            "given_by",
            "given_at",
            "holds_until",
            "hold_reason",
        ),
    ),
    Guard(
        "refunds_refundpayee",
        "UPDATE",
        "replaced_once",
        "NEW.replaced_at differs OLD.replaced_at AND (OLD.replaced_at IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM refunds_bankbatchrow WHERE payee_id = NEW.id AND state = 'listed'))",
    ),
    Guard("refunds_payoutlink", "DELETE", "no_delete", "1 = 1"),
    Guard(
        "refunds_payoutlink",
        "UPDATE",
        "issued_is_fixed",
        _changed("id", "refund_id", "digest", "issued_by", "issued_at", "expires_at"),
    ),
    Guard(
        "refunds_payoutlink",
        "UPDATE",
        "never_opens_again",
        "OLD.revoked_at IS NOT NULL AND NEW.revoked_at differs OLD.revoked_at OR NEW.wrong_answers < OLD.wrong_answers",
    ),
    Guard("refunds_holdrelease", "UPDATE", "append_only", "1 = 1"),
    Guard("refunds_holdrelease", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_bankbatch", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_bankbatch", "UPDATE", "legal_edges", _off_edges("state", BATCH_EDGES)),
    Guard(
        "refunds_bankbatch",
        "UPDATE",
        "file_is_fixed",
        _changed(
            *("id", "file_format", "currency", "sealed", "sha256", "sealed_sha256", "amount", "made_by", "made_at"),
            "four_eyes",
        ),
    ),
    Guard(
        "refunds_bankbatch",
        "UPDATE",
        "signed_once",
        f"OLD.released_by <> '' AND ({_changed('released_by', 'released_at')})"
        f" OR OLD.closed_by <> '' AND ({_changed('closed_by', 'closed_at', 'evidence')})",
    ),
    Guard("refunds_bankbatchrow", "INSERT", "fits_its_file", _UNFIT_ROW),
    Guard("refunds_bankbatchrow", "DELETE", "no_delete", "1 = 1"),
    Guard("refunds_bankbatchrow", "UPDATE", "legal_edges", _off_edges("state", ROW_EDGES)),
    Guard(
        "refunds_bankbatchrow",
        "UPDATE",
        "row_is_fixed",
        _changed("id", "batch_id", "refund_id", "attempt_id", "payee_id", "end_to_end_id", "amount"),
    ),
)


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put every guard in place."""
    for guard in GUARDS:
        for statement in _statements(guard, vendor=schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take every guard away."""
    for guard in GUARDS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION {guard.name}() CASCADE", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER {guard.name}", params=None)


def _statements(guard: Guard, *, vendor: str) -> list[str]:
    """One guard in the database's own language."""
    if vendor == "postgresql":
        row = "OLD" if guard.event == "DELETE" else "NEW"
        condition = guard.condition.replace(" differs ", " IS DISTINCT FROM ")
        statements = [
            (
                f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN"
                f" RAISE EXCEPTION '{guard.name}' USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $$"
            ),
            (
                f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW"
                f" EXECUTE FUNCTION {guard.name}()"
            ),
        ]
        if guard.event == "DELETE":  # PostgreSQL empties a table without deleting rows
            statements.append(
                f"CREATE TRIGGER {guard.name}_truncate BEFORE TRUNCATE ON {guard.table} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION {guard.name}()"
            )
        return statements
    condition = guard.condition.replace(" differs ", " IS NOT ")
    return [
        (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW WHEN ({condition})"
            f" BEGIN SELECT RAISE(ABORT, '{guard.name}'); END"
        )
    ]


class Migration(migrations.Migration):
    """Guards on the tables of 0001."""

    dependencies = [("refunds", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
