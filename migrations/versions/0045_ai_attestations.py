"""What reps attest of their use of AI, month by month; how often data handling stopped a text of theirs.

An attestation is a rep's own word and only grows: a later one for the same month counts instead, the earlier stays. A rep sees
their own, a manager those of their team, who answers for the firm all. Of the calls that were stopped, people see counts: what
stood in them stays with the caller and compliance.

Revision ID: 0045
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import protect

revision = "0045"
down_revision = "0038"
branch_labels = None
depends_on = None

# whose use of AI I see: as the Team page has it (`domains/adoption/queries.py`)
SEEN = """
CREATE FUNCTION remit.sees_use_of(whom uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = remit, pg_temp AS $$
    SELECT whom = remit.me() OR EXISTS (SELECT FROM remit.people m WHERE m.id = remit.me() AND m.active AND (m.kind = 'workflow'
        OR EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = m.id
            AND r.role IN ('vp', 'compliance', 'governance', 'operations', 'enablement'))
        OR (EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = m.id AND r.role = 'manager')
            AND EXISTS (WITH RECURSIVE up AS (SELECT p.id, p.manager_id FROM remit.people p WHERE p.id = whom
                    UNION SELECT q.id, q.manager_id FROM remit.people q JOIN up ON q.id = up.manager_id)
                SELECT FROM up WHERE up.manager_id = m.id
                UNION ALL SELECT FROM remit.people p WHERE p.id = whom AND p.team_id = m.team_id))))
$$;
"""
# counts only, of people whose use the reader may see
STOPPED = """
CREATE FUNCTION remit.stopped_calls(from_on date, until_on date)
    RETURNS TABLE (person_id uuid, stopped bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT r.person_id, count(*) FROM remit.model_replies r
    WHERE r.outcome = 'denied' AND r.at >= from_on::timestamp AT TIME ZONE 'UTC' AND r.at < (until_on + 1)::timestamp AT TIME ZONE 'UTC'
      AND remit.sees_use_of(r.person_id) GROUP BY r.person_id
$$;
REVOKE ALL ON FUNCTION remit.stopped_calls(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.stopped_calls(date, date) TO remit_reader, remit_writer;
"""

# as in 0023: the caller's own, all for compliance and upkeep; and now the function above, which gives numbers alone
_MINE = """(person_id = (SELECT remit.me()) OR EXISTS (
    SELECT FROM remit.people p WHERE p.id = (SELECT remit.me()) AND p.active AND (p.kind = 'workflow'
        OR EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = 'compliance'))))"""


def upgrade() -> None:
    op.execute("""
        CREATE TABLE remit.ai_attestations (
            id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES remit.people (id),
            month_on date NOT NULL CHECK (extract(day FROM month_on) = 1), other_count int NOT NULL CHECK (other_count >= 0),
            tools text[] NOT NULL DEFAULT '{}', at timestamptz NOT NULL);
        CREATE INDEX ai_attestations_person ON remit.ai_attestations (person_id, month_on, at DESC);
        COMMENT ON COLUMN remit.ai_attestations.other_count IS 'pieces of work of the month done with AI other than Remit, by the rep';
    """)
    op.execute(SEEN)
    op.execute(protect("ai_attestations", "(SELECT remit.sees_use_of(person_id))", writer="INSERT"))
    op.execute(STOPPED)
    # lists and counts of the library do not read the texts: those lie beside the table, and what is not live has an index
    op.execute("ALTER TABLE remit.template_versions SET (toast_tuple_target = 256)")
    op.execute(
        "CREATE INDEX template_versions_open ON remit.template_versions (template_id, state) WHERE newest AND state <> 'live'"
    )
    op.execute(
        f"ALTER POLICY model_replies_visible ON remit.model_replies USING (current_user = 'remit_owner' OR {_MINE})"
    )


def downgrade() -> None:
    op.execute("DROP INDEX remit.template_versions_open")
    op.execute("ALTER TABLE remit.template_versions RESET (toast_tuple_target)")
    op.execute(f"ALTER POLICY model_replies_visible ON remit.model_replies USING ({_MINE})")
    op.execute("DROP FUNCTION remit.stopped_calls(date, date)")
    op.execute("DROP TABLE remit.ai_attestations")
    op.execute("DROP FUNCTION remit.sees_use_of(uuid)")
