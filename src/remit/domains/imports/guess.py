"""Which entity a file holds, and which column is which field: by words, by the shape of values, never by file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from remit.domains.imports.entities import ENTITIES, Entity, Field
from remit.domains.imports.profile import Profile, fits
from remit.kit.text import fold, squash

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DICTIONARY: Final = frozenset(
    "table field fields variable variables column columnname description definition meaning datatype type notes values attribute".split()  # noqa: SIM905
)
# a synonym that stands first in a field's list says more than the last one; never less than this
_LEAST_WORD: Final = 0.86
_COUNTING: Final = ("has ", "is ", "number of ", "no of ", "count of ", "total number ", "num ", "percent ")
_THRESHOLD: Final = 0.45
_ENTITY_THRESHOLD: Final = 2.0
_LESS_WORTH: Final = frozenset(
    {"notes", "value", "date", "at", "type", "on", "when", "from", "to", "time", "name", "title", "id"}
)


@dataclass(frozen=True)
class Guess:
    """The mapping guessed for a file: column number → (field, confidence 0–1), and how sure the entity is."""

    entity: Entity
    columns: dict[int, tuple[Field, float]]
    score: float


def header_words(header: str) -> str:
    """A header as blank-separated lower-case words: `AccountName`, `account_name`, `Account Name*` are alike."""
    words = fold(_CAMEL.sub(" ", header.removesuffix("__c").replace("/", " ")))
    return words.removeprefix("hs ") if words != "hs object id" else words


def is_dictionary(file_name: str, header: Sequence[str]) -> bool:
    """Whether a file describes fields instead of holding records."""
    if re.search(r"dictionary|codebook|metadata|data[ _-]?desc|schema|readme", file_name, re.IGNORECASE):
        return True
    names = [squash(cell) for cell in header if cell.strip()]
    return 2 <= len(names) <= 6 and sum(name in _DICTIONARY for name in names) >= max(2, len(names) - 1)


def guess(
    file_name: str, profiles: Sequence[Profile], headerless: bool, entity: str | None = None
) -> Guess | None:
    """The best entity and mapping, None when nothing fits well enough. `entity` fixes the entity."""
    candidates = [ENTITIES[entity]] if entity else [each for each in ENTITIES.values() if each.guessed]
    found = [_map(each, file_name, profiles, headerless) for each in candidates]
    best = max(found, key=lambda each: each.score)
    if entity is None and (best.score < _ENTITY_THRESHOLD or not _has_required(best)):
        return None
    return best


def _has_required(made: Guess) -> bool:
    names = {field.name for field, _ in made.columns.values()}
    return all(not group or names & set(group) for group in made.entity.required)


def _map(entity: Entity, file_name: str, profiles: Sequence[Profile], headerless: bool) -> Guess:
    scored: list[tuple[float, int, Field]] = []
    for column, seen in enumerate(profiles):
        for field in entity.fields:
            score = _by_shape(seen, field, column) if headerless else _match(seen, field)
            if score >= _THRESHOLD:
                scored.append((score, column, field))
    scored.sort(key=lambda each: (-each[0], each[1]))
    columns: dict[int, tuple[Field, float]] = {}
    taken: set[str] = set()
    for score, column, field in scored:
        if column not in columns and field.name not in taken:
            columns[column] = (field, round(score, 2))
            taken.add(field.name)
    made = Guess(entity, dict(sorted(columns.items())), 0.0)
    total = sum(field.weight * sure for field, sure in columns.values()) + _file_bonus(entity, file_name)
    if not _has_required(made):
        total -= 3.0
    spare = sum(1 for column, seen in enumerate(profiles) if column not in columns and not seen.empty)
    return Guess(entity, made.columns, round(total - 0.08 * min(spare, 10), 3))


def _file_bonus(entity: Entity, file_name: str) -> float:
    stem = re.sub(r"(\.(csv|tsv|tab|txt|xlsx|xlsm|xlsb|xls|ods|gz))+(?=#|$)", " ", file_name.lower())
    words = header_words(stem).split()
    if not any(word in entity.file_words for word in words):
        return 0.0
    # the last telling word names the rows: lead_history is history, account_contacts are contacts
    telling = [word for word in words if any(word in each.file_words for each in ENTITIES.values())]
    return 2.5 if telling[-1] in entity.file_words else 1.2


def _match(seen: Profile, field: Field) -> float:
    worded = _by_words(seen.header, field)
    if worded < 0.8 and header_words(seen.header).startswith(_COUNTING) and field.kind != "count":
        return 0.0  # "has company", "number of contacts" are about the thing, not the thing
    if worded == 0.0:
        return 0.0
    fit = fits(seen, field.kind)
    if fit < 0.3:
        return 0.0
    if (
        field.name in ("owner", "owner_id_text", "manager")
        and seen.filled_count > 50
        and seen.distinct_rate > 0.9
    ):
        return 0.0  # one person for every row is no owner
    return worded * (0.4 + 0.6 * fit)


def _by_words(header: str, field: Field) -> float:
    words = header_words(header)
    if not words:
        return 0.0
    tight = words.replace(" ", "")
    best = 0.0
    for place, synonym in enumerate(field.words):
        ours = fold(synonym)
        worth = 1.0 - (1.0 - _LEAST_WORD) * place / max(1, len(field.words) - 1)
        if tight == ours.replace(" ", ""):
            return worth
        if len(ours) < 4 or ours in _LESS_WORTH:
            continue
        if fuzz.ratio(words, ours) >= 90 and len(ours) > 5:
            best = max(best, 0.85 * worth)
        elif f" {ours} " in f" {words} " and len(ours) >= 0.5 * len(words):
            best = max(best, 0.7 * worth)
        elif len(ours) >= 5 and (words.endswith(" " + ours) or words.startswith(ours + " ")):
            best = max(best, 0.6 * worth)
    return best


def _by_shape(seen: Profile, field: Field, column: int) -> float:
    """Without a header only values speak, and only the shapes that leave little doubt."""
    if seen.empty:
        return 0.0
    match field.kind:
        case "email":
            return 0.9 * seen.share["email"]
        case "url":
            return 0.8 * seen.share["url"] if seen.share["email"] < 0.5 else 0.0
        case "channel":
            return 0.85 * seen.share["channel"]
        case "country":
            return 0.8 * seen.share["country"]
        case "id":
            unique = seen.distinct_rate > 0.99 and seen.share["token"] > 0.95
            return 0.9 - 0.01 * column if unique else 0.0
        case "outcome":
            return 0.8 * seen.share["outcome"]
        case "instant" | "date":
            first = field.name in ("received_at", "at", "close_on", "valid_from_on")
            return (0.7 if first else 0.5) * seen.share["date"]
        case "money":
            first = field.name in ("amount", "price", "revenue")
            return 0.5 * seen.share["number"] if first and seen.share["year"] < 0.5 else 0.0
        case "phone":
            return 0.6 * seen.share["phone"] if seen.share["number"] < 0.5 else 0.0
    return 0.0
