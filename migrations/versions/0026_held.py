"""What waited when a backup was made is held; what was recalled can be dropped for good; a barrier has a version.

An effect that the program queues has its action, and an e-mail the approval or the remit that let it out.
Acts on barriers name them: who may read such acts, and what was recorded of them, is who may know of barriers.

suggestions.held: why nobody may approve it yet (a restore: it may have been approved, and sent, since the backup).
effects.dropped_at: a person said that a recalled message is not to be sent; the table holds that, too.
people.alone_at: oversight that an admin gave alone, while nobody oversaw; until another overseer confirms it.
link_codes: what opens an approved sign-in link beside the link itself; shown to who approved it, to nobody else.

Revision ID: 0026
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE remit.suggestions ADD COLUMN held text NOT NULL DEFAULT '';
ALTER TABLE remit.effects ADD COLUMN dropped_at timestamptz;
GRANT UPDATE (dropped_at) ON remit.effects TO remit_writer;
CREATE INDEX actions_recalls ON remit.actions (object_id) WHERE kind = 'RecallEffect';
ALTER TABLE remit.barriers ADD COLUMN version int NOT NULL DEFAULT 1;
ALTER TABLE remit.people ADD COLUMN alone_at timestamptz;
CREATE FUNCTION remit.dropped_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = remit, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'this was dropped: it is not sent any more' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER dropped_stays BEFORE UPDATE ON remit.effects FOR EACH ROW
    WHEN (OLD.dropped_at IS NOT NULL AND (NEW.dropped_at IS NULL OR NEW.state <> 'recalled'))
    EXECUTE FUNCTION remit.dropped_stays();
CREATE TABLE remit.link_codes (
    token_hash bytea PRIMARY KEY REFERENCES remit.setup_links (token_hash), approver_id uuid NOT NULL REFERENCES remit.people (id),
    code text NOT NULL, created_at timestamptz NOT NULL);
"""
# who approved it, and the sign-in desk that compares it
APPROVER = (
    "(approver_id = (SELECT remit.me()) OR (SELECT remit.me()) = '00000000-0000-7000-8000-000000000002')"
)
# as domains/people/queries.py says it; the board is among them because it approves admissions
KNOWS = """
CREATE FUNCTION remit.knows_barriers() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = remit, pg_temp AS $$
    SELECT EXISTS (SELECT FROM people p WHERE p.id = remit.me() AND p.active AND (p.kind = 'workflow' OR EXISTS (
        SELECT FROM person_roles r WHERE r.person_id = p.id AND r.role IN ('compliance', 'governance', 'admin'))))
$$;
"""
NAMES_A_BARRIER = {
    "suggestions": "object_type IS DISTINCT FROM 'barrier' OR proposed_by = (SELECT remit.me())",
    "actions": "object_type IS DISTINCT FROM 'barrier' OR actor_id = (SELECT remit.me())",
    "audit": """object_type IS NULL OR object_type NOT IN ('barrier', 'suggestion') OR actor_id = (SELECT remit.me())
        OR (object_type = 'suggestion' AND EXISTS (SELECT FROM remit.suggestions seen WHERE seen.id = audit.object_id))""",
}
# Asked at commit, when the suggestion is approved. Only of the program's own role: the owner may do anything to its tables.
# The invoker's view is enough: who queues an effect sees its action and the suggestion.
BOUND = """
CREATE FUNCTION remit.effect_bound() RETURNS trigger LANGUAGE plpgsql SET search_path = remit, pg_temp AS $$
DECLARE act record;
BEGIN
    SELECT a.* INTO act FROM actions a WHERE a.id = NEW.action_id AND a.kind = NEW.action_kind
       AND a.actor_id = NEW.actor_id AND a.account_id IS NOT DISTINCT FROM NEW.account_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an effect names the action that queued it' USING ERRCODE = 'check_violation';
    END IF;
    IF act.suggestion_id IS NOT NULL THEN
        PERFORM FROM suggestions s WHERE s.id = act.suggestion_id AND s.state = 'approved' AND s.action_id = act.id
            AND s.kind = act.kind AND s.payload_hash = act.payload_hash AND s.decided_by = act.approver_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the approval that let this effect out is not there' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.kind = 'email.send' THEN
        PERFORM FROM remits r WHERE r.action_kind = NEW.action_kind AND r.level = 'auto' AND r.revoked_at IS NULL
            AND act.actor_kind <> 'person' AND (r.agent_id IS NULL OR r.agent_id = NEW.actor_id);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an e-mail needs an approval or a remit' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER effect_bound AFTER INSERT ON remit.effects DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'remit_writer') EXECUTE FUNCTION remit.effect_bound();
"""
DOWN = """
DROP TRIGGER effect_bound ON remit.effects;
DROP FUNCTION remit.effect_bound();
DROP TABLE remit.link_codes;
DROP TRIGGER dropped_stays ON remit.effects;
DROP FUNCTION remit.dropped_stays();
ALTER TABLE remit.people DROP COLUMN alone_at;
ALTER TABLE remit.barriers DROP COLUMN version;
DROP INDEX remit.actions_recalls;
ALTER TABLE remit.effects DROP COLUMN dropped_at;
ALTER TABLE remit.suggestions DROP COLUMN held;
"""


def upgrade() -> None:
    op.execute(UP)
    op.execute(protect("link_codes", APPROVER, writer="INSERT"))

    op.execute(BOUND)
    op.execute(KNOWS)
    for table, rule in NAMES_A_BARRIER.items():
        op.execute(
            f"CREATE POLICY {table}_barriers ON remit.{table} AS RESTRICTIVE FOR SELECT"
            f" USING ((SELECT remit.knows_barriers()) OR {rule})"
        )


def downgrade() -> None:
    for table in NAMES_A_BARRIER:
        op.execute(f"DROP POLICY {table}_barriers ON remit.{table}")
    op.execute("DROP FUNCTION remit.knows_barriers()")
    op.execute(DOWN)
