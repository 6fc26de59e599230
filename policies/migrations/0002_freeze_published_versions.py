"""A published version, its tiers and its policy's currency never change again, whoever asks the database."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# 23001, restrict_violation: Django raises IntegrityError, as SQLite's ABORT does.
POSTGRES = [
    """
    CREATE FUNCTION policies_refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a published policy version never changes' USING ERRCODE = '23001';
    END $$
    """,
    """
    CREATE FUNCTION policies_refuse_tier_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        -- The share lock makes a tier wait for a publication under way, and a publication for the tier.
        touched bigint[] := CASE TG_OP
            WHEN 'INSERT' THEN ARRAY[NEW.version_id]
            WHEN 'DELETE' THEN ARRAY[OLD.version_id]
            ELSE ARRAY[OLD.version_id, NEW.version_id]
        END;
    BEGIN
        PERFORM 1 FROM policies_policyversion WHERE id = ANY (touched) FOR SHARE;
        IF EXISTS (SELECT 1 FROM policies_policyversion WHERE id = ANY (touched) AND status = 'published') THEN
            RAISE EXCEPTION 'the tiers of a published policy version never change' USING ERRCODE = '23001';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION policies_refuse_currency_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM policies_policyversion WHERE policy_id = OLD.id AND status = 'published') THEN
            RAISE EXCEPTION 'the currency of a policy with published versions never changes' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER policies_version_frozen BEFORE UPDATE OR DELETE ON policies_policyversion
    FOR EACH ROW WHEN (OLD.status = 'published') EXECUTE FUNCTION policies_refuse_version_change()
    """,
    """
    CREATE TRIGGER policies_version_kept BEFORE TRUNCATE ON policies_policyversion
    FOR EACH STATEMENT EXECUTE FUNCTION policies_refuse_version_change()
    """,
    """
    CREATE TRIGGER policies_tier_frozen BEFORE INSERT OR UPDATE OR DELETE ON policies_tier
    FOR EACH ROW EXECUTE FUNCTION policies_refuse_tier_change()
    """,
    """
    CREATE TRIGGER policies_tier_kept BEFORE TRUNCATE ON policies_tier
    FOR EACH STATEMENT EXECUTE FUNCTION policies_refuse_version_change()
    """,
    """
    CREATE TRIGGER policies_currency_frozen BEFORE UPDATE ON policies_policy
    FOR EACH ROW WHEN (OLD.currency <> NEW.currency) EXECUTE FUNCTION policies_refuse_currency_change()
    """,
]
POSTGRES_BACK = [
    "DROP TRIGGER policies_currency_frozen ON policies_policy",
    "DROP TRIGGER policies_tier_kept ON policies_tier",
    "DROP TRIGGER policies_tier_frozen ON policies_tier",
    "DROP TRIGGER policies_version_kept ON policies_policyversion",
    "DROP TRIGGER policies_version_frozen ON policies_policyversion",
    "DROP FUNCTION policies_refuse_currency_change()",
    "DROP FUNCTION policies_refuse_tier_change()",
    "DROP FUNCTION policies_refuse_version_change()",
]

# INSERT OR REPLACE deletes the row it replaces without firing delete triggers: hence the triggers before INSERT.
SQLITE = {
    "policies_version_kept_from_update": """
        BEFORE UPDATE ON policies_policyversion WHEN OLD.status = 'published'
        BEGIN SELECT RAISE(ABORT, 'a published policy version never changes'); END
    """,
    "policies_version_kept_from_delete": """
        BEFORE DELETE ON policies_policyversion WHEN OLD.status = 'published'
        BEGIN SELECT RAISE(ABORT, 'a published policy version never changes'); END
    """,
    "policies_version_kept_from_replace": """
        BEFORE INSERT ON policies_policyversion WHEN EXISTS (
            SELECT 1 FROM policies_policyversion WHERE status = 'published' AND (
                id = NEW.id OR uid = NEW.uid OR (policy_id = NEW.policy_id AND number = NEW.number)
            )
        )
        BEGIN SELECT RAISE(ABORT, 'a published policy version never changes'); END
    """,
    "policies_tier_kept_from_insert": """
        BEFORE INSERT ON policies_tier WHEN EXISTS (
            SELECT 1 FROM policies_policyversion WHERE status = 'published' AND (
                id = NEW.version_id OR id = (SELECT version_id FROM policies_tier WHERE id = NEW.id)
            )
        )
        BEGIN SELECT RAISE(ABORT, 'the tiers of a published policy version never change'); END
    """,
    "policies_tier_kept_from_update": """
        BEFORE UPDATE ON policies_tier WHEN EXISTS (
            SELECT 1 FROM policies_policyversion
            WHERE id IN (OLD.version_id, NEW.version_id) AND status = 'published'
        )
        BEGIN SELECT RAISE(ABORT, 'the tiers of a published policy version never change'); END
    """,
    "policies_tier_kept_from_delete": """
        BEFORE DELETE ON policies_tier WHEN EXISTS (
            SELECT 1 FROM policies_policyversion WHERE id = OLD.version_id AND status = 'published'
        )
        BEGIN SELECT RAISE(ABORT, 'the tiers of a published policy version never change'); END
    """,
    "policies_currency_frozen": """
        BEFORE UPDATE ON policies_policy WHEN OLD.currency <> NEW.currency AND EXISTS (
            SELECT 1 FROM policies_policyversion WHERE policy_id = OLD.id AND status = 'published'
        )
        BEGIN SELECT RAISE(ABORT, 'the currency of a policy with published versions never changes'); END
    """,
}


def freeze(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this vendor."""
    on_sqlite = [f"CREATE TRIGGER {name} {body}" for name, body in SQLITE.items()]
    _run(schema_editor, postgresql=POSTGRES, sqlite=on_sqlite)


def thaw(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them again."""
    _run(schema_editor, postgresql=POSTGRES_BACK, sqlite=[f"DROP TRIGGER {name}" for name in SQLITE])


def _run(schema_editor: BaseDatabaseSchemaEditor, **statements: list[str]) -> None:
    vendor = schema_editor.connection.vendor
    if vendor not in statements:
        raise RuntimeError(f"published versions cannot be frozen on {vendor}: use PostgreSQL or SQLite")
    for statement in statements[vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
