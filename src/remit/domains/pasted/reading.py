"""A pasted text read for a person: what is in it, how each may be used, which account it may be about. Writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from remit import identity
from remit.db.sessions import read
from remit.domains.handling.queries import list_client_names
from remit.domains.pasted import rules, telling
from remit.kit import clock
from remit.kit.text import name_key
from remit.knowledge.pasted.extract import extract, orders
from remit.knowledge.pasted.model import Found, Pasted
from remit.knowledge.pasted.taken import take
from remit.llm.handling.classify import classify
from remit.llm.handling.spans import Found as HandlingFound
from remit.scope import Scope

_MATCHES: Final = """
SELECT id, name FROM remit.accounts WHERE name_key = :key OR name_key LIKE :begins ORDER BY name_key = :key DESC, name, id LIMIT 5
"""
_NAMED: Final = "SELECT id FROM remit.contacts WHERE account_id = :account AND lower(last_name) = lower(:last) AND lower(first_name) = lower(:first) LIMIT 1"


@dataclass(frozen=True, slots=True)
class Line:
    """One statement as it is proposed. `number` counts from 1; `quote` is its sentence, `head` + `words` + `tail` the same cut at the value."""

    number: int
    found: Found
    use: rules.Use
    as_of_on: date
    head: str
    words: str
    tail: str

    @property
    def quote(self) -> str:
        """The sentence of the text, or its part that tells no secret (`telling.quotation`)."""
        return self.head + self.words + self.tail


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with what was found. `firm`: the name that it is most about; `accounts`: ours of that name (id, name).

    `order_count`: sentences that read like orders to software; they were not read for facts.
    """

    pasted: Pasted
    source: str
    sha256: str
    lines: tuple[Line, ...]
    firm: str
    people: tuple[Found, ...]
    accounts: tuple[tuple[UUID, str], ...]
    order_count: int
    marks: tuple[tuple[int, int, int], ...]
    """(start, end, number of the line) of each value in the text, without overlaps, in order."""
    told: tuple[telling.Told, ...] = ()
    """What the text tells beside its facts that is nobody's to say; the note that is kept of the text leaves it out."""


def look(scope: Scope, raw: str, source: str, *, dated: date | None = None) -> Reading:
    """Read a pasted text. `dated`: the day of the text, where the person knows it. Raises PasteRefused."""
    pasted, today = take(raw), clock.today()
    found = extract(pasted.text, today)
    firm = next((one.value for one in found if one.kind == "account"), "")
    kept = [one for one in found if one.kind not in rules.NOT_FACTS]
    classes, confided = _classes(scope, pasted.text, kept), rules.confided_by(pasted.text)
    secrets = telling.find_secrets(pasted.text, list_client_names(scope))
    lines = tuple(
        _line(
            number,
            _quoted(pasted.text, one, secrets),
            source,
            told,
            confided,
            one.as_of_on or dated or today,
            pasted.text,
        )
        for number, (one, told) in enumerate(zip(kept, classes, strict=True), 1)
    )
    return Reading(
        pasted, source, sha256(pasted.text), lines, firm, tuple(one for one in kept if one.kind == "person"),
        tuple(_accounts(scope, firm)), len(orders(pasted.text)), tuple(_marks(lines)),
        telling.told(pasted.text, secrets),
    )  # fmt: skip


def sha256(text: str) -> str:
    """Which text it was."""
    return hashlib.sha256(text.encode()).hexdigest()


def find_named(scope: Scope, account_id: UUID, people: Sequence[Found]) -> UUID | None:
    """A contact of the account whose name stands in the text; None when nobody's does."""
    with read(scope) as s:
        for one in people:
            first, _, last = one.value.partition(" ")
            named = s.scalar(_NAMED, {"account": account_id, "first": first, "last": last.split(" ")[-1]})
            if named is not None:
                found: UUID = named
                return found
    return None


def _quoted(text: str, found: Found, secrets: Sequence[telling.Secret]) -> Found:
    start, end = telling.quotation(text, found, secrets)
    return replace(found, start=start, end=end)


def _line(
    number: int, found: Found, source: str, told: Sequence[str], confided: str, day: date, text: str
) -> Line:
    start, end = max(found.at[0], found.start), min(found.at[1], found.end)
    return Line(
        number, found, rules.propose(found, source, told, confided), day, text[found.start : start], text[start:end], text[end : found.end]
    )  # fmt: skip


def _classes(scope: Scope, text: str, found: Sequence[Found]) -> list[list[str]]:
    """The classes of data handling in each value; only the sentences that are quoted are looked at."""
    spans = sorted({(one.start, one.end) for one in found})
    names = list_client_names(identity.for_service("clearance", via=scope.via, request_id=scope.request_id))
    mine = list_client_names(scope)
    seen = {span: _as_told(text[slice(*span)], names, mine) for span in spans}
    told: list[list[str]] = []
    for one in found:
        at = (one.at[0] - one.start, one.at[1] - one.start)
        hits = [
            each.data_class for each in seen[one.start, one.end] if each.start < at[1] and at[0] < each.end
        ]
        told.append([each for each in dict.fromkeys(hits) if each != "context"])
    return told


def _as_told(words: str, names: Sequence[str], mine: Sequence[str]) -> list[HandlingFound]:
    """What data handling sees, without telling whether a name is that of a client whom the reader does not see."""
    found = list(classify(words, names))
    if all(each.data_class != "client_name" for each in found):
        return found
    return [*(each for each in found if each.data_class in rules.SECRET), *classify(words, mine)]


def _accounts(scope: Scope, firm: str) -> list[tuple[UUID, str]]:
    key = name_key(firm) if firm else ""
    if not key:
        return []
    with read(scope) as s:
        rows = s.rows(_MATCHES, {"key": key, "begins": f"{key.split()[0]} %"})
    return [(row.id, row.name) for row in rows]


def _marks(lines: Sequence[Line]) -> list[tuple[int, int, int]]:
    marks: list[tuple[int, int, int]] = []
    for line in sorted(lines, key=lambda one: one.found.at):
        start, end = line.found.at
        if start < end and (not marks or marks[-1][1] <= start):
            marks.append((start, end, line.number))
    return marks
