"""Who may declare a client's fact public: what is public leaves the house as it is, so a tick alone is not enough."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.documents.queries import load_document
from remit.domains.documents.rules import DocumentKind
from remit.evidence.facts import Sensitivity, plain_line
from remit.llm.handling.classify import classify
from remit.llm.handling.policy import current

PUBLISHED: Final[frozenset[DocumentKind]] = frozenset({"10-K", "10-Q", "8-K", "13F", "ADV", "news"})
"""Documents that anybody can read; a call's transcript is not among them, since calls of our own are kept as such too."""
NEVER_BY_WORD: Final = frozenset(
    {"fees", "positions", "trading_intent", "pricing", "account_identifiers", "credentials"}
)
"""Classes of data handling that no rep declares public on their own word."""


def check_public(
    s: ReadSession,
    sensitivity: Sensitivity,
    account_id: UUID | None,
    document_id: UUID | None,
    said: tuple[str, str, str],
) -> Check:
    """A fact that is declared public is ours, or rests on a published document, or tells no secret, or compliance says so.

    `said`: subject, value and quote. Reading them loads the model of data handling on first use.
    """
    found = None
    if sensitivity == "public" and account_id is not None and "compliance" not in s.scope.roles:
        published = document_id is not None and load_document(s, document_id).head.kind in PUBLISHED
        found = None if published else _secret(_name(s, account_id), *said)
    return Check.that(
        "fact-public",
        found is None,
        f"{found[0] if found else ''} (“{found[1] if found else ''}”) is not made public by a tick: name the kept filing or news that it stands in,"
        " or record it as internal and for internal use only, or ask compliance. A correction keeps “public”: withdraw the fact"
        " and record the new one.",
        "Nothing confidential is declared public.",
    )


def _name(s: ReadSession, account_id: UUID) -> str:
    row = s.row("SELECT name FROM remit.accounts WHERE id = :id", {"id": account_id})
    return row.name if row else "The client"


def _secret(name: str, subject: str, value: str, quote: str) -> tuple[str, str] | None:
    """Title of the class and words of the first find; the client is named first, since a value has no subject of its own."""
    lines = [f"{name} {plain_line(subject)}".strip() + f": {plain_line(value)}"]
    if plain_line(quote):
        lines.append(f"{name}: {plain_line(quote)}")
    text = "\n".join(lines)
    for each in classify(text, (name,)):
        if each.data_class in NEVER_BY_WORD:
            rule = current().classes.get(each.data_class)
            return rule.title if rule else each.data_class, text[each.start : each.end][:80]
    return None
