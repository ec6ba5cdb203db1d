"""The record about an account is read by who sees the account now.

Migration 0003 decided by `audit.access_id`, the access group of the moment of the act: an audit row is never changed, so the
old records of an account that moved behind a barrier (or to another territory) stayed readable in full for people who no
longer see the account, and were not for those who do. The account decides now; the copied access_id is only asked for
rows that name no account. Other tables that are only added to (actions, receipts, outcomes …) follow the account by
their foreign key, with ON UPDATE CASCADE; the log has none, because a partition's row must never change.

Revision ID: 0014
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import VISIBLE

revision = "0014"
down_revision = "0012"
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


def upgrade() -> None:
    op.execute(f"ALTER POLICY audit_read ON remit.audit USING ({NOW})")


def downgrade() -> None:
    op.execute(f"ALTER POLICY audit_read ON remit.audit USING ({BEFORE})")
