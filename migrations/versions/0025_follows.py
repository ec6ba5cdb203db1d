"""What is about an account follows it, in every table; what has no account follows the lead or deal that it is about.

`do_not_contact` knew its account by number only and stayed in the group of the day it was written. PostgreSQL does not
look at a composite key of which one half is null, so a row with an account and no group would have been open to the whole
firm: a CHECK forbids it wherever both columns are (`facts` had it).

Leads and deals may have no account. Their history, actions, suggestions and records copied the group they had then; when
an import moved the lead, or gave the deal an account behind a barrier, the copies stayed. Rows move along now, and the
record, which is never changed, asks the lead, deal or suggestion who sees it at this moment.

Revision ID: 0025
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import ACCOUNT_HAS_GROUP, FOREIGN_ACCOUNT, VISIBLE

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"
GROUP_MAY_BE_NULL = (
    "files", "do_not_contact", "suggestions", "actions", "effects", "receipts", "outcomes", "captured_mail", "messages",
    "model_contents",
)  # fmt: skip

LISTED = f"""
SELECT set_config('remit.person_id', '{SYSTEM}', true);
UPDATE remit.do_not_contact d SET access_id = a.access_id FROM remit.accounts a
 WHERE a.id = d.account_id AND d.access_id IS DISTINCT FROM a.access_id;
UPDATE remit.do_not_contact d SET account_id = NULL
 WHERE account_id IS NOT NULL AND NOT EXISTS (SELECT FROM remit.accounts a WHERE a.id = d.account_id);
ALTER TABLE remit.do_not_contact ADD CONSTRAINT do_not_contact_account {FOREIGN_ACCOUNT};
CREATE INDEX do_not_contact_account ON remit.do_not_contact (account_id) WHERE account_id IS NOT NULL;
"""
BACKFILL = """
UPDATE remit.{table} t SET access_id = a.access_id FROM remit.accounts a WHERE a.id = t.account_id AND t.access_id IS NULL
"""

# By statement: an import moves thousands of leads, and `activities` has no index on them.
FOLLOW = """
CREATE FUNCTION remit.follow_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
DECLARE what text := TG_ARGV[0];
BEGIN
    IF NOT EXISTS (SELECT FROM was JOIN moved m USING (id) WHERE was.account_id IS DISTINCT FROM m.account_id
                   OR (m.account_id IS NULL AND was.access_id <> m.access_id)) THEN
        RETURN NULL; -- where an account moves, its rows follow it by their own keys
    END IF;
    IF what = 'opportunity' THEN
        UPDATE opportunity_stages t SET account_id = m.account_id, access_id = m.access_id FROM moved m
         WHERE t.opportunity_id = m.id AND (t.account_id, t.access_id) IS DISTINCT FROM (m.account_id, m.access_id);
        UPDATE opportunity_snapshots t SET account_id = m.account_id, access_id = m.access_id FROM moved m
         WHERE t.opportunity_id = m.id AND (t.account_id, t.access_id) IS DISTINCT FROM (m.account_id, m.access_id);
        UPDATE activities t SET account_id = m.account_id, access_id = m.access_id FROM moved m
         WHERE t.opportunity_id = m.id AND t.account_id IS NULL
           AND (t.account_id, t.access_id) IS DISTINCT FROM (m.account_id, m.access_id);
    ELSE
        UPDATE activities t SET account_id = m.account_id, access_id = m.access_id FROM moved m
         WHERE t.lead_id = m.id AND t.account_id IS NULL
           AND (t.account_id, t.access_id) IS DISTINCT FROM (m.account_id, m.access_id);
    END IF;
    UPDATE quality_issues t SET account_id = m.account_id, access_id = m.access_id FROM moved m
     WHERE t.object_type = what AND t.object_id = m.id AND t.account_id IS NULL
       AND (t.account_id, t.access_id) IS DISTINCT FROM (m.account_id, m.access_id);
    UPDATE suggestions t SET account_id = m.account_id, access_id = m.access_id FROM moved m
     WHERE t.object_type = what AND t.object_id = m.id AND t.account_id IS NULL AND t.access_id IS NOT NULL
       AND (t.account_id, t.access_id) IS DISTINCT FROM (m.account_id, m.access_id);
    UPDATE actions t SET account_id = m.account_id, access_id = m.access_id FROM moved m
     WHERE t.object_type = what AND t.object_id = m.id AND t.account_id IS NULL AND t.access_id IS NOT NULL
       AND (t.account_id, t.access_id) IS DISTINCT FROM (m.account_id, m.access_id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION remit.follow_record() FROM PUBLIC;
CREATE TRIGGER lead_moves AFTER UPDATE ON remit.leads REFERENCING OLD TABLE AS was NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION remit.follow_record('lead');
CREATE TRIGGER deal_moves AFTER UPDATE ON remit.opportunities REFERENCING OLD TABLE AS was NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION remit.follow_record('opportunity');
"""

_REACH = (
    "EXISTS (SELECT FROM remit.people p WHERE p.id = (SELECT remit.me()) AND p.active AND p.reach {which})"
)
_BEFORE = f"""({VISIBLE} OR (access_id IS NULL AND (actor_id = (SELECT remit.me()) OR on_behalf_of = (SELECT remit.me())
    OR {_REACH.format(which="IN ('all', 'all_with_barriers')")})))"""
_READ = f"""(
    (SELECT {_REACH.format(which="= 'all_with_barriers'")})
    OR CASE WHEN account_id IS NOT NULL THEN EXISTS (SELECT FROM remit.accounts seen WHERE seen.id = audit.account_id)
       {{things}}
       ELSE {_BEFORE} END)"""
_THING = """WHEN access_id IS NOT NULL AND object_type = '{one}'
            THEN EXISTS (SELECT FROM remit.{table} seen WHERE seen.id = audit.object_id)"""
_THINGS = "\n       ".join(
    _THING.format(one=one, table=table)
    for one, table in (("lead", "leads"), ("opportunity", "opportunities"), ("suggestion", "suggestions"))
)


def upgrade() -> None:
    op.execute(LISTED)
    for table in GROUP_MAY_BE_NULL:
        op.execute(BACKFILL.format(table=table))
    # what the backfill left to be checked at commit is checked now: a table with open checks cannot be altered
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in GROUP_MAY_BE_NULL:
        op.execute(f"ALTER TABLE remit.{table} ADD CONSTRAINT {table}_has_group {ACCOUNT_HAS_GROUP}")
    op.execute(FOLLOW)
    op.execute(f"ALTER POLICY audit_read ON remit.audit USING ({_READ.format(things=_THINGS)})")


def downgrade() -> None:
    op.execute(f"ALTER POLICY audit_read ON remit.audit USING ({_READ.format(things='')})")
    op.execute("DROP TRIGGER lead_moves ON remit.leads")
    op.execute("DROP TRIGGER deal_moves ON remit.opportunities")
    op.execute("DROP FUNCTION remit.follow_record()")
    for table in GROUP_MAY_BE_NULL:
        op.execute(f"ALTER TABLE remit.{table} DROP CONSTRAINT {table}_has_group")
    op.execute("DROP INDEX remit.do_not_contact_account")
    op.execute("ALTER TABLE remit.do_not_contact DROP CONSTRAINT do_not_contact_account")
