"""When a person released an effect again; drafts and messages name their effect; statistics of partitioned tables.

released_at: tries are counted, and remits asked, from that moment on. drafts.effect_id and messages.effect_id were there and
stayed empty for what went out; drafts.suggestion_id was never used: a draft waits while a suggestion about it waits.
analyze_partitioned(): PostgreSQL's own upkeep never analyzes the parent of partitions, so plans over all months were guesses.

Revision ID: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"
UP = f"""
ALTER TABLE remit.effects ADD COLUMN released_at timestamptz;
ALTER TABLE remit.drafts DROP COLUMN suggestion_id;
SELECT set_config('remit.person_id', '{SYSTEM}', true);
UPDATE remit.messages m SET effect_id = k.effect_id FROM remit.effect_keys k
 WHERE m.direction = 'out' AND m.effect_id IS NULL AND k.idempotency_key = m.detail ->> 'effect_key';
UPDATE remit.drafts d SET effect_id = m.effect_id FROM remit.messages m
 WHERE m.draft_id = d.id AND m.direction = 'out' AND d.state = 'sent' AND d.effect_id IS NULL;
CREATE FUNCTION remit.analyze_partitioned() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    ANALYZE remit.audit, remit.activities, remit.effects, remit.readings;
END $$;
REVOKE ALL ON FUNCTION remit.analyze_partitioned() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.analyze_partitioned() TO remit_writer;
"""
DOWN = """
DROP FUNCTION remit.analyze_partitioned();
ALTER TABLE remit.drafts ADD COLUMN suggestion_id uuid;
ALTER TABLE remit.effects DROP COLUMN released_at;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
