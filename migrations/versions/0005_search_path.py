"""The functions behind row-level security look for temporary tables last, so that none can stand in for a real one.

Without pg_temp in the path PostgreSQL searches it first; the writer may make temporary tables (bulk loading).

Revision ID: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FUNCTIONS = ("my_access()", "my_team_accounts()")


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"ALTER FUNCTION remit.{function} SET search_path = remit, pg_temp")


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"ALTER FUNCTION remit.{function} SET search_path = remit")
