"""E-mails on the timeline that no message of ours stands behind go with the messages.

Revision ID: 0055
"""

from __future__ import annotations

from typing import Any

from alembic import op

revision = "0055"
down_revision = "0052"
branch_labels = None
depends_on = None

# an e-mail on the timeline that no message of ours stands behind: a CRM brought it, or somebody logged it
_CONTENT = (
    ("olds uuid[]; gone", "olds uuid[]; logged uuid[]; gone"),
    ("            FROM messages m WHERE m.id = ANY (mine);\n        SELECT array_agg(a.id) INTO acts",
     """            FROM messages m WHERE m.id = ANY (mine);
        SELECT array_agg(a.id) INTO logged FROM activities a WHERE a.id = ANY (ids) AND a.kind = 'email' AND greatest(a.at, a.created_at) < due
            AND a.erased_at IS NULL AND NOT held(a.account_id, a.owner_id, a.at, a.created_at)
            AND NOT EXISTS (SELECT FROM messages m WHERE m.message_id = a.message_id AND m.erased_at IS NULL);
        RETURN QUERY SELECT a.id, encode(sha256(convert_to(a.subject || E'\\n' || a.body, 'UTF8')), 'hex') FROM activities a WHERE a.id = ANY (logged);
        UPDATE activities a SET subject = '(erased)', body = '', erased_at = now() WHERE a.id = ANY (logged);
        mine := mine || logged;
        SELECT array_agg(a.id) INTO acts"""),
)  # fmt: skip


def upgrade() -> None:
    op.execute(_changed(_content(), _CONTENT))


def downgrade() -> None:
    op.execute(_content())


def _changed(said: str, changes: tuple[tuple[str, str], ...]) -> str:
    for before, after in changes:
        if before not in said:
            raise ValueError(f"not in the migration before: {before}")
        said = said.replace(before, after)
    return said


def _content() -> str:
    before = _module("0054")
    return str(_module("0047").ERASE.replace(before._ASKED, before._ALL_ASKED))


def _module(revision_id: str) -> Any:
    """The module of an earlier revision, whose statement is changed."""
    context: Any = op.get_context()
    return context.environment_context.script.get_revision(revision_id).module
