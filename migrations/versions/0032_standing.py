"""Since when people were active and held which role, and what a reading lacked in words.

The database keeps the periods itself, by trigger: whatever changes people and their roles cannot forget them. Counts per
week ("active reps in week 47") are of those who were there then, not of those who are there now.

Revision ID: 0032
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

PERIODS = """
CREATE TABLE remit.standing_periods (
    person_id uuid NOT NULL REFERENCES remit.people (id) ON DELETE CASCADE, what text NOT NULL,
    from_on date NOT NULL, until_on date, PRIMARY KEY (person_id, what, from_on), CHECK (until_on >= from_on));
COMMENT ON COLUMN remit.standing_periods.what IS 'active, or the name of a role';
COMMENT ON COLUMN remit.standing_periods.until_on IS 'the first day on which it was no longer so; NULL while it is';
INSERT INTO remit.standing_periods (person_id, what, from_on)
    SELECT id, 'active', (created_at AT TIME ZONE 'UTC')::date FROM remit.people WHERE kind = 'person' AND active
    UNION ALL
    SELECT p.id, r.role, (p.created_at AT TIME ZONE 'UTC')::date
    FROM remit.people p JOIN remit.person_roles r ON r.person_id = p.id WHERE p.kind = 'person';
"""

# what ends and begins again on one day never ended: a form writes all roles anew
KEEPING = """
CREATE FUNCTION remit.standing_begins(person uuid, standing text, since date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    UPDATE standing_periods SET until_on = NULL WHERE person_id = person AND what = standing AND until_on >= since;
    IF NOT FOUND THEN
        INSERT INTO standing_periods (person_id, what, from_on) VALUES (person, standing, since) ON CONFLICT DO NOTHING;
    END IF;
END $$;
CREATE FUNCTION remit.standing_ends(person uuid, standing text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    UPDATE standing_periods SET until_on = greatest(from_on, (now() AT TIME ZONE 'UTC')::date)
    WHERE person_id = person AND what = standing AND until_on IS NULL
$$;
CREATE FUNCTION remit.person_standing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    IF NEW.kind <> 'person' OR (TG_OP = 'UPDATE' AND NEW.active = OLD.active) THEN
        RETURN NULL;
    ELSIF NOT NEW.active THEN
        PERFORM standing_ends(NEW.id, 'active');
    ELSE
        PERFORM standing_begins(NEW.id, 'active',
            ((CASE WHEN TG_OP = 'INSERT' THEN NEW.created_at ELSE now() END) AT TIME ZONE 'UTC')::date);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION remit.role_standing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
DECLARE since date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM standing_ends(OLD.person_id, OLD.role);
        RETURN NULL;
    END IF;
    -- roles that come with the person are held since the person is there
    since := coalesce((SELECT s.from_on FROM standing_periods s WHERE s.person_id = NEW.person_id AND s.what = 'active'
        AND s.xmin = pg_current_xact_id()::xid), since);
    PERFORM standing_begins(NEW.person_id, NEW.role, since);
    RETURN NULL;
END $$;
-- nobody calls these: the triggers do, so that who was active when cannot be written
REVOKE ALL ON FUNCTION remit.standing_begins(uuid, text, date), remit.standing_ends(uuid, text), remit.person_standing(),
    remit.role_standing() FROM PUBLIC;
CREATE TRIGGER person_standing AFTER INSERT OR UPDATE OF active ON remit.people
    FOR EACH ROW EXECUTE FUNCTION remit.person_standing();
CREATE TRIGGER role_standing AFTER INSERT OR DELETE ON remit.person_roles
    FOR EACH ROW EXECUTE FUNCTION remit.role_standing();
"""
READINGS = """
ALTER TABLE remit.readings ADD missing text NOT NULL DEFAULT '', ADD detail jsonb NOT NULL DEFAULT '{}';
"""
BACK = """
ALTER TABLE remit.readings DROP detail, DROP missing;
DROP TRIGGER role_standing ON remit.person_roles;
DROP TRIGGER person_standing ON remit.people;
DROP FUNCTION remit.role_standing(), remit.person_standing(), remit.standing_begins(uuid, text, date),
    remit.standing_ends(uuid, text);
DROP TABLE remit.standing_periods;
"""


def upgrade() -> None:
    op.execute(PERIODS + KEEPING + READINGS)
    op.execute(open_table("standing_periods", writer=""))


def downgrade() -> None:
    op.execute(BACK)
