"""What a row is known by: its external id, and the id made of it, so that importing twice makes nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha1
from typing import Any, Final

from remit.domains.imports import vocabulary
from remit.domains.imports.entities import Entity
from remit.domains.imports.plan import FilePlan
from remit.kit.ids import IMPORTED
from remit.kit.text import clean, fold, name_key

MEMO_LIMIT: Final = 100_000
_NAMED: Final = frozenset({"accounts", "people", "products", "competitors"})
_NAMESPACE: Final = IMPORTED.bytes


def row_uuid(name: str) -> str:
    """The hex of uuid5(IMPORTED, name), without building a UUID object for each row."""
    digest = sha1(_NAMESPACE + name.encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:12]}5{digest[13:16]}{'89ab'[int(digest[16], 16) & 3]}{digest[17:32]}"


Identify = Callable[[list[tuple[str, ...]]], list[str]]


def identifier(plan: FilePlan, entity: Entity) -> Identify:
    """How a row's external id is made: its id column, else its key fields (`a|b+c`: a if it has one, else b with c)."""
    column = plan.column_of("external_id")
    if column is not None:
        index, memo = column.index, _Clean()
        return lambda cells: _fresh(memo, list(map(memo.__getitem__, cells[index])))
    choices: list[tuple[str, list[int]]] = []
    for choice in "+".join(entity.key).split("|") if "|" in "".join(entity.key) else ["+".join(entity.key)]:
        found = [plan.column_of(name) for name in choice.split("+")]
        indexes = [each.index for each in found if each is not None]
        if indexes:
            choices.append((choice, indexes))
    keyed = entity.name in _NAMED
    memo_of_keys = _Keys(keyed)
    whole = [each.index for each in plan.columns]

    def identify(cells: list[tuple[str, ...]]) -> list[str]:
        names: list[str] = [""] * len(cells[0])
        for _, indexes in choices or [("", whole)]:
            parts = zip(*(map(memo_of_keys.__getitem__, cells[index]) for index in indexes), strict=True)
            made = ["\x1e".join(part) if any(part) else "" for part in parts]
            names = [name or other for name, other in zip(names, made, strict=True)]
        return _fresh(memo_of_keys, [name.replace("\x1e", "|") for name in names])

    return identify


class _Clean(dict[str, str]):
    def __missing__(self, cell: str) -> str:
        value = clean(cell)
        made = self[cell] = "" if value.lower() in vocabulary.NULLS else value[:500]
        return made


class _Keys(dict[str, str]):
    def __init__(self, named: bool) -> None:
        super().__init__()
        self._named = named

    def __missing__(self, cell: str) -> str:
        value = clean(cell)
        if value.lower() in vocabulary.NULLS:
            made = ""
        elif "@" in value:
            made = value.lower()
        else:
            made = (name_key(value) if self._named else fold(value))[:500] or value.lower()[:500]
        self[cell] = made
        return made


def _fresh(memo: dict[str, Any], made: list[str]) -> list[str]:
    if len(memo) > MEMO_LIMIT:
        memo.clear()
    return made
