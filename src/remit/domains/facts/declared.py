"""Who may declare a client's fact public: what is public leaves the house as it is, so a tick alone is not enough."""

from __future__ import annotations

import re
from typing import Final, Literal
from uuid import UUID

from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.documents.queries import DocumentRow, load_document
from remit.domains.documents.rules import DocumentKind
from remit.evidence.facts import Sensitivity, plain_line
from remit.llm.embedded.summary import exact
from remit.llm.embedded.summary.model import Line
from remit.llm.handling.classify import classify
from remit.llm.handling.policy import current

PUBLISHED: Final[frozenset[DocumentKind]] = frozenset({"10-K", "10-Q", "8-K", "13F", "ADV", "news"})
"""Documents that anybody can read; a call's transcript is not among them, since calls of our own are kept as such too."""
BY_WORD: Final[frozenset[DocumentKind]] = frozenset({"news", "call_note", "meeting_note", "pasted", "other"})
"""Kinds that nothing in the text bears out: added by a person, they are what that person says, and no more public than that."""
SECOND: Final = frozenset({"manager", "vp"})
"""Who may say of somebody else's document that it is published."""
NEVER_BY_WORD: Final = frozenset(
    {"fees", "positions", "trading_intent", "pricing", "account_identifiers", "credentials"}
)
"""Classes of data handling that nobody declares public on their own word."""


def check_public(
    s: ReadSession,
    sensitivity: Sensitivity,
    account_id: UUID | None,
    document_id: UUID | None,
    said: tuple[str, str, str],
) -> Check:
    """A fact that is declared public is ours, or rests on what was published, or tells no secret; nobody's role makes it so.

    What a document is called publishes nothing: see `_standing`. `said`: subject, value and quote. Reading them loads the model of
    data handling on first use.
    """
    why = ""
    if sensitivity == "public" and account_id is not None:
        head = load_document(s, document_id).head if document_id is not None else None
        standing = _standing(s, head)
        if standing == "none" and head is not None and head.kind in BY_WORD:
            why = (
                f"“{plain_line(head.title)[:80]}” was added by {head.added_by}, not fetched from a feed, so it does not make a fact public."
                " Record the fact as internal, or ask a manager or the VP sales who did not add it."
            )
        elif not (standing == "published" and _says(said[2], said[1])) and (
            found := _secret(_name(s, account_id), *said)
        ):
            why = (
                f"{found[0]} (“{found[1]}”) is not made public by a tick: name the filing or news that Remit fetched or that a manager or"
                " the VP sales has looked at, or record it as internal and for internal use only. A correction keeps"
                " “public”: withdraw the fact and record the new one."
            )
    return Check.that("fact-public", not why, why, "Nothing confidential is declared public.")


def _standing(s: ReadSession, head: DocumentRow | None) -> Literal["published", "none"]:
    """Whether a document makes public what stands in it: by where it came from, or by a second person who looks at it.

    Fetched by Remit from EDGAR or a feed, it is published. Uploaded or pasted, its kind is one person's word, until somebody else who
    answers for the team records the fact from it.
    """
    if head is None or head.kind not in PUBLISHED:
        return "none"
    second = head.added_by_id != s.scope.person_id and bool(s.scope.roles & SECOND)
    return "published" if head.fetched or second else "none"


def _says(quote: str, value: str) -> bool:
    """Whether the words of a published document hold the value: it is made public by what it says, not by its kind.

    Every number of the value stands in the quote; of a value without numbers, every word of four letters or more does.
    """
    if any(map(str.isdigit, value)):
        return not exact.check(quote, [Line(value, ((0, len(quote)),))])[2]
    return all(word in quote.casefold() for word in re.findall(r"\w{4,}", value.casefold()))


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
