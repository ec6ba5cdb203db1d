"""How long a text is kept counts from when it came to us, not from the day that its writer gives it; what a hold covers leaves its words behind.

A day that a message or a note says of itself is chosen by whoever wrote it: retention and holds look at the moment of recording as
well. Words under a hold that a CRM overwrites, or moves out of what the hold covers, are kept as they were.

Revision ID: 0047
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE_OR_FIRM, protect

revision = "0047"
down_revision = "0044"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"
# the id of what was recorded before is a UUIDv7: it says when
RECORDED = f"""
SELECT set_config('remit.person_id', '{SYSTEM}', true);
ALTER TABLE remit.messages ADD recorded_at timestamptz;
UPDATE remit.messages SET recorded_at = CASE WHEN substr(id::text, 15, 1) = '7'
    THEN to_timestamp((('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint) / 1000.0) ELSE at END;
ALTER TABLE remit.messages ALTER recorded_at SET DEFAULT now(), ALTER recorded_at SET NOT NULL;
CREATE FUNCTION remit.recorded_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = remit, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'when a text came to us does not change' USING ERRCODE = 'check_violation';
END $$;
CREATE FUNCTION remit.recorded_now() RETURNS trigger LANGUAGE plpgsql SET search_path = remit, pg_temp AS $$
BEGIN
    NEW.recorded_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER recorded_now BEFORE INSERT ON remit.messages FOR EACH ROW WHEN (current_user = 'remit_writer')
    EXECUTE FUNCTION remit.recorded_now();
CREATE TRIGGER recorded_stays BEFORE UPDATE OF created_at ON remit.activities FOR EACH ROW
    WHEN (OLD.created_at IS DISTINCT FROM NEW.created_at AND current_user = 'remit_writer') EXECUTE FUNCTION remit.recorded_stays();
"""
HELD = """
CREATE FUNCTION remit.held(about uuid, who uuid, at_instant timestamptz, recorded timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT held(about, who, at_instant) OR held(about, who, recorded)
$$;
COMMENT ON FUNCTION remit.held(uuid, uuid, timestamptz, timestamptz) IS 'as held(), of a period by the day a text says of itself or the moment it came to us';
REVOKE ALL ON FUNCTION remit.held(uuid, uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.held(uuid, uuid, timestamptz, timestamptz) TO remit_reader, remit_writer;
"""
OVERSEES = f"""(current_user = 'remit_owner' OR ({VISIBLE_OR_FIRM} AND EXISTS (SELECT FROM remit.people p WHERE p.id = (SELECT remit.me())
    AND p.active AND (p.kind = 'workflow' OR EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id
        AND r.role IN ('compliance', 'governance', 'vp'))))))"""
VERSIONS = f"""
CREATE TABLE remit.held_versions (
    id uuid PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('messages', 'notes')), of_id uuid NOT NULL, account_id uuid, access_id int,
    who uuid, at timestamptz NOT NULL, recorded_at timestamptz NOT NULL, subject text NOT NULL, body text NOT NULL,
    changed_by uuid, kept_at timestamptz NOT NULL, CHECK (account_id IS NULL OR access_id IS NOT NULL), {FOREIGN_ACCOUNT});
CREATE INDEX held_versions_kept ON remit.held_versions (kept_at);
COMMENT ON TABLE remit.held_versions IS 'what a text under a legal hold said before it was changed; written by a trigger only';
"""
KEEP = """
-- messages are written once: the program's role may not update them
CREATE FUNCTION remit.keep_held() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    IF held(OLD.account_id, OLD.owner_id, OLD.at, OLD.created_at) AND ((OLD.subject, OLD.body) IS DISTINCT FROM (NEW.subject, NEW.body)
            OR NOT held(NEW.account_id, NEW.owner_id, NEW.at, NEW.created_at)) THEN
        INSERT INTO held_versions VALUES (gen_random_uuid(), CASE OLD.kind WHEN 'email' THEN 'messages' ELSE 'notes' END, OLD.id,
            OLD.account_id, OLD.access_id, OLD.owner_id, OLD.at, OLD.created_at, OLD.subject, OLD.body, me(), now());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_held BEFORE UPDATE OF subject, body, account_id, owner_id, at ON remit.activities FOR EACH ROW
    WHEN ((OLD.subject, OLD.body, OLD.account_id, OLD.owner_id, OLD.at) IS DISTINCT FROM (NEW.subject, NEW.body, NEW.account_id, NEW.owner_id, NEW.at))
    EXECUTE FUNCTION remit.keep_held();
-- what is no more in a CRM is hidden; nothing deletes what was said
REVOKE DELETE ON remit.activities FROM remit_writer;
"""
ERASE = f"""
CREATE OR REPLACE FUNCTION remit.erase_content(what text, ids uuid[]) RETURNS TABLE (erased_id uuid, erased_sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
DECLARE days int; due timestamptz; mine uuid[]; acts uuid[]; olds uuid[]; gone jsonb := '{{"erased": true}}';
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
            WHERE m.id = ANY (ids) AND greatest(m.at, m.recorded_at) < due AND m.erased_at IS NULL
            AND NOT held(m.account_id, d.author_id, m.at, m.recorded_at);
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
            FROM messages m WHERE m.id = ANY (mine) AND a.message_id = m.message_id AND NOT held(a.account_id, a.owner_id, a.at, a.created_at);
        UPDATE review_items i SET subject = '(erased)', body = '' FROM review_origins o
            WHERE o.item_id = i.id AND o.message_id = ANY (mine) AND i.state <> 'open';
        UPDATE findings f SET quote = '' FROM review_origins o WHERE o.item_id = f.item_id AND o.message_id = ANY (mine);
        UPDATE messages m SET subject = '(erased)', body = '', detail = '{{}}', erased_at = now() WHERE m.id = ANY (mine);
    ELSIF what = 'drafts' THEN
        SELECT array_agg(d.id) INTO mine FROM drafts d WHERE d.id = ANY (ids) AND d.state = 'discarded' AND d.updated_at < due
            AND d.erased_at IS NULL AND NOT held(d.account_id, d.author_id, d.created_at, d.updated_at);
        RETURN QUERY SELECT d.id, encode(sha256(convert_to(d.subject || E'\\n' || d.body, 'UTF8')), 'hex')
            FROM drafts d WHERE d.id = ANY (mine);
        SELECT array_agg(a.id) INTO acts FROM actions a WHERE a.object_id = ANY (mine);
        UPDATE drafts d SET subject = '(erased)', body = '', note = '', written = '', sentences = '[]', checks = '[]', erased_at = now()
            WHERE d.id = ANY (mine);
    ELSE
        SELECT array_agg(a.id) INTO mine FROM activities a WHERE a.id = ANY (ids) AND a.kind IN ('call', 'meeting', 'note')
            AND greatest(a.at, a.created_at) < due AND a.erased_at IS NULL
            AND NOT held(a.account_id, a.owner_id, a.at, a.created_at);
        RETURN QUERY SELECT a.id, encode(sha256(convert_to(a.subject || E'\\n' || a.body, 'UTF8')), 'hex')
            FROM activities a WHERE a.id = ANY (mine);
        SELECT array_agg(a.id) INTO acts FROM actions a WHERE a.object_id = ANY (mine);
        UPDATE activities a SET subject = '(erased)', body = '', erased_at = now() WHERE a.id = ANY (mine);
    END IF;
    -- earlier words that a hold had kept go like the text itself, once nothing holds them
    SELECT array_agg(v.id) INTO olds FROM held_versions v WHERE v.id = ANY (ids) AND v.kind = what AND greatest(v.at, v.recorded_at) < due
        AND NOT held(v.account_id, v.who, v.at, v.recorded_at);
    RETURN QUERY SELECT v.id, encode(sha256(convert_to(v.subject || E'\\n' || v.body, 'UTF8')), 'hex') FROM held_versions v WHERE v.id = ANY (olds);
    DELETE FROM held_versions v WHERE v.id = ANY (olds);
    -- the hash of what was done stays beside it, and on the record; so `remit audit verify` holds
    UPDATE suggestions s SET payload = gone WHERE s.state <> 'waiting' AND (s.action_id = ANY (acts) OR s.object_id = ANY (mine));
    UPDATE actions a SET payload = gone WHERE a.id = ANY (acts);
END $$;
"""


def upgrade() -> None:
    op.execute(RECORDED)
    op.execute(HELD)
    op.execute(VERSIONS)
    op.execute(protect("held_versions", OVERSEES, writer=""))
    op.execute(KEEP)
    op.execute(ERASE)


def downgrade() -> None:
    op.execute("""
        GRANT DELETE ON remit.activities TO remit_writer;
        DROP TRIGGER keep_held ON remit.activities;
        DROP FUNCTION remit.keep_held();
        DROP TRIGGER recorded_stays ON remit.activities;
        DROP FUNCTION remit.recorded_stays();
        DROP TRIGGER recorded_now ON remit.messages;
        DROP FUNCTION remit.recorded_now();
        DROP TABLE remit.held_versions;
        ALTER TABLE remit.messages DROP recorded_at;
    """)
    before = op.get_context().environment_context.script.get_revision("0044").module
    op.execute(before.ERASE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute("DROP FUNCTION remit.held(uuid, uuid, timestamptz, timestamptz)")
