"""What waited when a backup was made is held; what was recalled can be dropped for good; a barrier has a version.

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
    suggestion_id uuid NOT NULL, code text NOT NULL, created_at timestamptz NOT NULL);
"""
# who approved it, and the sign-in desk that compares it
APPROVER = (
    "(approver_id = (SELECT remit.me()) OR (SELECT remit.me()) = '00000000-0000-7000-8000-000000000002')"
)
DOWN = """
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


def downgrade() -> None:
    op.execute(DOWN)
