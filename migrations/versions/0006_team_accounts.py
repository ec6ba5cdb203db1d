"""my_team_accounts() names only accounts that the territory does not show already.

A rep sits on the deal team of most of their own deals; at 42,000 accounts that array had 1,500 ids, compared one by one
for every row of another territory. What my_access() lets through needs no second reason, so the policies mean the
same, and the array is short (Bob at scale 100: counting open deals by stage 99 ms, now 23 ms).

Revision ID: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION remit.my_team_accounts() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = remit, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT d.account_id), '{{}}')
    FROM deal_team d JOIN access_groups g ON g.id = d.access_id
    JOIN people p ON p.id = d.person_id AND p.active AND p.reach <> 'none'
    WHERE d.person_id = remit.me(){further}
      AND (g.barrier_id IS NULL OR EXISTS (SELECT FROM person_barriers b
           WHERE b.person_id = d.person_id AND b.barrier_id = g.barrier_id))
$$
"""


def upgrade() -> None:
    op.execute(FUNCTION.format(further=" AND d.access_id <> ALL ((SELECT remit.my_access())::int[])"))


def downgrade() -> None:
    op.execute(FUNCTION.format(further=""))
