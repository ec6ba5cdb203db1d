"""The record about an account is read by who sees the account now; what was approved and what has left cannot be changed.

Migration 0003 decided by `audit.access_id`, the access group of the moment of the act: an audit row is never changed, so the
old records of an account that moved behind a barrier (or to another territory) stayed readable in full for people who no
longer see the account, and were not for those who do. The account decides now; the copied access_id is only asked for
rows that name no account. Other tables that are only added to (actions, receipts, outcomes …) follow the account by
their foreign key, with ON UPDATE CASCADE; the log has none, because a partition's row must never change.

The writer could change the text of a queued effect or of a message on record, and queue again what had been delivered. It may
change now what delivery changes, column by column, and the table knows which states follow each other.

Revision ID: 0014
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import VISIBLE

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_REACH = (
    "EXISTS (SELECT FROM remit.people p WHERE p.id = (SELECT remit.me()) AND p.active AND p.reach {which})"
)
_OWN_OR_ALL = f"""(access_id IS NULL AND (actor_id = (SELECT remit.me()) OR on_behalf_of = (SELECT remit.me())
    OR {_REACH.format(which="IN ('all', 'all_with_barriers')")}))"""
BEFORE = f"({VISIBLE} OR {_OWN_OR_ALL})"
# Who sees everything is asked first and once a query: the system verifies and exports the whole log.
# The inner query is under the accounts' own policy: it finds what this reader sees at this moment.
NOW = f"""(
    (SELECT {_REACH.format(which="= 'all_with_barriers'")})
    OR CASE WHEN account_id IS NULL THEN {BEFORE}
       ELSE EXISTS (SELECT FROM remit.accounts seen WHERE seen.id = audit.account_id) END)"""

MOVES = """
REVOKE UPDATE ON remit.effects, remit.messages FROM remit_writer;
GRANT UPDATE (state, phase, attempt_count, next_at, worker, worker_seen_at, known, version, released_at)
    ON remit.effects TO remit_writer;
CREATE FUNCTION remit.effect_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = remit, pg_temp AS $$
BEGIN
    IF OLD.state IN ('delivered', 'failed') OR (OLD.state = 'recalled' AND NEW.state <> 'queued')
       OR (NEW.state = 'sending' AND OLD.state <> 'queued') THEN
        RAISE EXCEPTION 'an effect does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('queued', 'sending') AND EXISTS (SELECT FROM receipts r WHERE r.effect_id = NEW.id) THEN
        RAISE EXCEPTION 'this effect has a receipt: it is not sent again' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER effect_moves BEFORE UPDATE OF state ON remit.effects FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION remit.effect_moves();
"""
BACK = """
DROP TRIGGER effect_moves ON remit.effects;
DROP FUNCTION remit.effect_moves();
GRANT UPDATE ON remit.effects, remit.messages TO remit_writer;
"""


def upgrade() -> None:
    op.execute(MOVES)
    op.execute(f"ALTER POLICY audit_read ON remit.audit USING ({NOW})")


def downgrade() -> None:
    op.execute(BACK)
    op.execute(f"ALTER POLICY audit_read ON remit.audit USING ({BEFORE})")
