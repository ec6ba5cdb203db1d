"""Legal holds, how long which kind of text is kept, and the one way in which a text leaves the database.

What is erased is the text; the row, its hash on the record and the act that wrote it stay. The function that erases looks at holds
and at the agreed number of days by itself, so that neither a job nor a mistake in one gets past them; a trigger does the same for
texts of model calls, which are deleted.

Revision ID: 0044
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, open_table, protect

revision = "0044"
down_revision = "0046"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"
OVERSEES = """(current_user = 'remit_owner' OR EXISTS (SELECT FROM remit.people p WHERE p.id = (SELECT remit.me()) AND p.active
    AND (p.kind = 'workflow' OR EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id
        AND r.role IN ('compliance', 'governance', 'vp')))))"""
TABLES = f"""
CREATE TABLE remit.legal_holds (
    id uuid PRIMARY KEY, account_id uuid, access_id int, person_id uuid REFERENCES remit.people (id), since_at timestamptz, until_at timestamptz,
    reason text NOT NULL, placed_by uuid NOT NULL REFERENCES remit.people (id), placed_at timestamptz NOT NULL,
    lifted_by uuid REFERENCES remit.people (id), agreed_by uuid REFERENCES remit.people (id), lifted_at timestamptz,
    lifted_why text NOT NULL DEFAULT '', version int NOT NULL DEFAULT 1,
    CHECK (coalesce(account_id, person_id) IS NOT NULL OR since_at IS NOT NULL OR until_at IS NOT NULL),
    CHECK (since_at < until_at), CHECK (account_id IS NULL OR access_id IS NOT NULL), CHECK (agreed_by <> lifted_by), {FOREIGN_ACCOUNT});
CREATE INDEX legal_holds_live ON remit.legal_holds (placed_at) WHERE lifted_at IS NULL;
CREATE TABLE remit.retention_classes (
    kind text PRIMARY KEY CHECK (kind IN ('messages', 'notes', 'drafts')), keep_days int NOT NULL CHECK (keep_days BETWEEN 30 AND 36500),
    reason text NOT NULL, set_by uuid NOT NULL REFERENCES remit.people (id), agreed_by uuid REFERENCES remit.people (id),
    set_at timestamptz NOT NULL, version int NOT NULL DEFAULT 1);
COMMENT ON TABLE remit.retention_classes IS 'a kind of text without a row here is kept for good';
ALTER TABLE remit.messages ADD erased_at timestamptz;
ALTER TABLE remit.activities ADD erased_at timestamptz;
ALTER TABLE remit.drafts ADD erased_at timestamptz;
"""
HELD = """
CREATE FUNCTION remit.held(about uuid, who uuid, at_instant timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT EXISTS (SELECT FROM legal_holds h WHERE h.lifted_at IS NULL AND (h.account_id IS NULL OR about IS NULL OR h.account_id = about)
        AND (h.person_id IS NULL OR who IS NULL OR h.person_id = who)
        AND (h.since_at IS NULL OR at_instant >= h.since_at) AND (h.until_at IS NULL OR at_instant < h.until_at))
$$;
COMMENT ON FUNCTION remit.held(uuid, uuid, timestamptz) IS 'whether a hold covers a text; one whose author or account is not known may be anybody''s';
REVOKE ALL ON FUNCTION remit.held(uuid, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.held(uuid, uuid, timestamptz) TO remit_reader, remit_writer;
CREATE FUNCTION remit.held_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = remit, pg_temp AS $$
BEGIN
    IF remit.held(OLD.account_id, OLD.person_id, OLD.at) THEN
        RAISE EXCEPTION 'a legal hold covers this: it is not forgotten' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER held_stays BEFORE DELETE ON remit.model_contents FOR EACH ROW EXECUTE FUNCTION remit.held_stays();
"""
ERASE = f"""
CREATE FUNCTION remit.erase_content(what text, ids uuid[]) RETURNS TABLE (erased_id uuid, erased_sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
DECLARE days int; due timestamptz; mine uuid[]; acts uuid[]; gone jsonb := '{{"erased": true}}';
BEGIN
    IF remit.me() IS DISTINCT FROM '{SYSTEM}'::uuid THEN
        RAISE EXCEPTION 'only the system erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT c.keep_days INTO days FROM retention_classes c WHERE c.kind = what;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nothing says how long this is kept' USING ERRCODE = 'check_violation';
    END IF;
    due := now() - make_interval(days => days);
    IF what = 'messages' THEN
        SELECT array_agg(m.id) INTO mine FROM messages m LEFT JOIN drafts d ON d.id = m.draft_id
            WHERE m.id = ANY (ids) AND m.at < due AND m.erased_at IS NULL AND NOT held(m.account_id, d.author_id, m.at);
        RETURN QUERY SELECT m.id, encode(sha256(convert_to(m.subject || E'\\n' || m.body, 'UTF8')), 'hex')
            FROM messages m WHERE m.id = ANY (mine);
        SELECT array_agg(a.id) INTO acts FROM actions a WHERE a.object_id = ANY (mine)
            OR a.object_id IN (SELECT m.draft_id FROM messages m WHERE m.id = ANY (mine))
            OR a.id IN (SELECT e.action_id FROM effects e JOIN messages m ON m.effect_id = e.id WHERE m.id = ANY (mine));
        UPDATE effects e SET payload = gone FROM messages m WHERE m.id = ANY (mine) AND e.id = m.effect_id;
        DELETE FROM captured_mail c USING messages m WHERE m.id = ANY (mine) AND c.effect_id = m.effect_id;
        UPDATE drafts d SET subject = '(erased)', body = '', note = '', written = '', sentences = '[]', checks = '[]', erased_at = now()
            FROM messages m WHERE m.id = ANY (mine) AND d.id = m.draft_id;
        UPDATE activities a SET subject = '(erased)', body = '', erased_at = now()
            FROM messages m WHERE m.id = ANY (mine) AND a.message_id = m.message_id;
        UPDATE review_items i SET subject = '(erased)', body = '' FROM review_origins o
            WHERE o.item_id = i.id AND o.message_id = ANY (mine) AND i.state <> 'open';
        UPDATE findings f SET quote = '' FROM review_origins o WHERE o.item_id = f.item_id AND o.message_id = ANY (mine);
        UPDATE messages m SET subject = '(erased)', body = '', detail = '{{}}', erased_at = now() WHERE m.id = ANY (mine);
    ELSIF what = 'drafts' THEN
        SELECT array_agg(d.id) INTO mine FROM drafts d WHERE d.id = ANY (ids) AND d.state = 'discarded' AND d.updated_at < due
            AND d.erased_at IS NULL AND NOT held(d.account_id, d.author_id, d.created_at)
            AND NOT held(d.account_id, d.author_id, d.updated_at);
        RETURN QUERY SELECT d.id, encode(sha256(convert_to(d.subject || E'\\n' || d.body, 'UTF8')), 'hex')
            FROM drafts d WHERE d.id = ANY (mine);
        SELECT array_agg(a.id) INTO acts FROM actions a WHERE a.object_id = ANY (mine);
        UPDATE drafts d SET subject = '(erased)', body = '', note = '', written = '', sentences = '[]', checks = '[]', erased_at = now()
            WHERE d.id = ANY (mine);
    ELSE
        SELECT array_agg(a.id) INTO mine FROM activities a WHERE a.id = ANY (ids) AND a.kind IN ('call', 'meeting', 'note')
            AND a.at < due AND a.erased_at IS NULL AND NOT held(a.account_id, a.owner_id, a.at);
        RETURN QUERY SELECT a.id, encode(sha256(convert_to(a.subject || E'\\n' || a.body, 'UTF8')), 'hex')
            FROM activities a WHERE a.id = ANY (mine);
        SELECT array_agg(a.id) INTO acts FROM actions a WHERE a.object_id = ANY (mine);
        UPDATE activities a SET subject = '(erased)', body = '', erased_at = now() WHERE a.id = ANY (mine);
    END IF;
    -- the hash of what was done stays beside it, and on the record; so `remit audit verify` holds
    UPDATE suggestions s SET payload = gone WHERE s.state <> 'waiting' AND (s.action_id = ANY (acts) OR s.object_id = ANY (mine));
    UPDATE actions a SET payload = gone WHERE a.id = ANY (acts);
END $$;
REVOKE ALL ON FUNCTION remit.erase_content(text, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.erase_content(text, uuid[]) TO remit_writer;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(protect("legal_holds", OVERSEES, writer="INSERT"))
    op.execute(
        "GRANT UPDATE (lifted_by, agreed_by, lifted_at, lifted_why, version) ON remit.legal_holds TO remit_writer"
    )
    op.execute(open_table("retention_classes"))
    op.execute(HELD)
    op.execute(ERASE)


def downgrade() -> None:
    op.execute("""
        DROP FUNCTION remit.erase_content(text, uuid[]);
        DROP TRIGGER held_stays ON remit.model_contents;
        DROP FUNCTION remit.held_stays();
        DROP FUNCTION remit.held(uuid, uuid, timestamptz);
        ALTER TABLE remit.messages DROP erased_at;
        ALTER TABLE remit.activities DROP erased_at;
        ALTER TABLE remit.drafts DROP erased_at;
        DROP TABLE remit.retention_classes, remit.legal_holds;
    """)
