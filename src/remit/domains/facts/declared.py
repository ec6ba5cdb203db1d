"""Who may declare a client's fact public: what is public leaves the house as it is, so a tick alone is not enough.

Reading the words takes a model, and no transaction stays open while one runs: `find_secrets` reads them before the door opens its
own, `check_public` asks what was found in exactly these words, and fails where nobody read them.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

import structlog

from remit.actions import Check, NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.documents.queries import DocumentRow, load_document
from remit.domains.documents.rules import DocumentKind
from remit.evidence.facts import Sensitivity, plain_line
from remit.llm.embedded.summary import exact
from remit.llm.embedded.summary.model import Line
from remit.llm.handling.classify import classify
from remit.llm.handling.policy import HandlingPolicyInvalid, current
from remit.scope import Scope

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


KEPT: Final = 512
"""Readings kept in this process, the newest: more than one act or one pasted text declares."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What is declared: the words as its fact has them, beside the account they are about and the document they stand in."""

    sensitivity: Sensitivity
    account_id: UUID | None
    document_id: UUID | None
    subject: str
    value: str
    quote: str


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found in a text. `title` and `words` of the first secret, "" for none; `failure`: why it could not be read."""

    title: str = ""
    words: str = ""
    failure: str = ""


_kept: OrderedDict[str, _Read] = OrderedDict()
_lock = threading.Lock()


def find_secrets(scope: Scope, told: Told) -> None:
    """Read what is declared public, with no session open; the door's check asks for it. Loads the model on first use.

    Does nothing where nothing has to be read. That it could not be read is found, too: the check says so.
    """
    try:
        with read(scope) as s:
            found = _to_read(s, told)
    except NotFound:
        return  # the door says so, with the same words for what is not there and what may not be seen
    if found is None or ((known := _known(found)) is not None and not known.failure):
        return
    answer = _look(*found)
    with _lock:
        _kept[_digest(found)] = answer
        _kept.move_to_end(_digest(found))
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def check_public(s: ReadSession, told: Told) -> Check:
    """A fact that is declared public is ours, or rests on what was published, or tells no secret; nobody's role makes it so.

    What a document is called publishes nothing: see `_standing`. Asks no model: what `find_secrets` found in these very words decides,
    and without that the check fails.
    """
    why = _of_their_word(s, told)
    asked = None if why else _to_read(s, told)
    found = _Read() if asked is None else _known(asked) or _Read(failure="it was not read yet; do it again")
    if found.failure:
        why = f"Whether it tells a client's secret cannot be said, so it is not made public: {found.failure}."
    elif found.words:
        why = (
            f"{found.title} (“{found.words}”) is not made public by a tick: name the filing or news that Remit fetched or that a manager or"
            " the VP sales has looked at, or record it as internal and for internal use only. A correction keeps “public”: withdraw the"
            " fact and record the new one."
        )
    return Check.that("fact-public", not why, why, "Nothing confidential is declared public.")


def _head(s: ReadSession, told: Told) -> DocumentRow | None:
    return load_document(s, told.document_id).head if told.document_id is not None else None


def _of_their_word(s: ReadSession, told: Told) -> str:
    """Why the document named makes nothing public, "" where it is none of the kinds that are their adder's word."""
    if told.sensitivity != "public" or told.account_id is None:
        return ""
    head = _head(s, told)
    if head is None or head.kind not in BY_WORD or _standing(s, head) == "published":
        return ""
    return (
        f"“{plain_line(head.title)[:80]}” was added by {head.added_by}, not fetched from a feed, so it does not make a fact public."
        " Record the fact as internal, or ask a manager or the VP sales who did not add it."
    )


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


def _to_read(s: ReadSession, told: Told) -> tuple[str, str] | None:
    """The client's name and the text to read; None where a tick is enough. Raises NotFound for the document."""
    if told.sensitivity != "public" or told.account_id is None:
        return None
    if _standing(s, _head(s, told)) == "published" and _says(told.quote, told.value):
        return None
    row = s.row("SELECT name FROM remit.accounts WHERE id = :id", {"id": told.account_id})
    name = row.name if row else "The client"
    # the client is named first, since a value has no subject of its own
    lines = [f"{name} {plain_line(told.subject)}".strip() + f": {plain_line(told.value)}"]
    if plain_line(told.quote):
        lines.append(f"{name}: {plain_line(told.quote)}")
    return name, "\n".join(lines)


def _look(name: str, text: str) -> _Read:
    try:
        for each in classify(text, (name,)):
            if each.data_class in NEVER_BY_WORD:
                rule = current().classes.get(each.data_class)
                return _Read(rule.title if rule else each.data_class, text[each.start : each.end][:80])
    except HandlingPolicyInvalid as error:
        log.error("the data-handling policy cannot be read", reason=str(error))
        return _Read(failure=f"the data-handling policy is not valid ({error})")
    except (ImportError, OSError) as error:  # what is missing of the model, or of its files
        log.exception("the model of data handling cannot be loaded")
        return _Read(
            failure=f"the model of data handling cannot be loaded ({type(error).__name__}); `make setup` installs it"
        )
    return _Read()


def _known(asked: tuple[str, str]) -> _Read | None:
    with _lock:
        found = _kept.get(_digest(asked))
        if found is not None:
            _kept.move_to_end(_digest(asked))
        return found


def _digest(asked: tuple[str, str]) -> str:
    return hashlib.sha256("\0".join(asked).encode()).hexdigest()
