"""Run by Alembic through remit.db.migrate, which hands over an open connection as the owner."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("migrations are run by `remit up` or remit.db.migrate, not by the alembic command")

context.configure(
    connection=connection,
    version_table_schema="remit",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
