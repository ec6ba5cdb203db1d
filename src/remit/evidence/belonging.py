"""Which name belongs to which role in a sentence, and which number to which measure: by who stands nearest.

'Your custodian is Castellan and your prime broker Halden' and the same with the names exchanged hold the same words. Here
each name (or number) is given to a role (or measure) beside it, so that every role has one and as few commas and 'and's as
possible lie between.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from itertools import product
from typing import Final

from remit.evidence import lexicon
from remit.evidence.known import Known
from remit.evidence.said import Number, Said
from remit.evidence.synonyms import joined

_ROLES: Final = {
    "prime_broker": re.compile(r"\bprimebroker\b", re.IGNORECASE),
    "custodian": re.compile(r"\b(?:custodian|custody|custodians)\b", re.IGNORECASE),
    "administrator": re.compile(r"\b(?:administrator|administers?|administered)\b", re.IGNORECASE),
    "auditor": re.compile(r"\b(?:auditors?|audits?)\b", re.IGNORECASE),
}
_BOUNDARY: Final = re.compile(r"[,;:]|\b(?:and|while|but|whereas|with)\b", re.IGNORECASE)
_MOST: Final = 8
Mark = tuple[int, Hashable]


def mixed_up(said: Said, facts: Sequence[Known], bound: Sequence[tuple[Number, tuple[Known, ...]]]) -> str:
    """A sentence when a name stands with another's role, or a number with another's measure; '' otherwise."""
    for names, roles, what in (
        _institutions(said, facts),
        _people(said, facts),
        _systems(said, facts),
        _measures(said, bound),
    ):
        if names and roles and not _fits(said.text, names, roles):
            return f"The facts give the {what} otherwise: each belongs to another one in this sentence."
    return ""


def _fits(text: str, names: Sequence[Mark], roles: Sequence[Mark]) -> bool:
    """Whether the most natural reading gives every name its own role."""
    choices = [_beside(place, roles) for place, _ in names[:_MOST]]
    wanted = {owner for _, owner in roles}
    readings = []
    for picked in product(*choices):
        whose = [owner for _, owner in picked]
        cost = sum(_cost(text, place, role) for (place, _), (role, _) in zip(names, picked, strict=False))
        readings.append(
            (
                len(wanted - set(whose)),
                cost,
                [own == one for (_, one), own in zip(names, whose, strict=False)],
            )
        )
    least = min((left, cost) for left, cost, _ in readings)
    return any((left, cost) == least and all(right) for left, cost, right in readings)


def _beside(place: int, roles: Sequence[Mark]) -> list[Mark]:
    left = [role for role in roles if role[0] <= place]
    right = [role for role in roles if role[0] > place]
    return ([max(left, key=lambda role: role[0])] if left else []) + (
        [min(right, key=lambda role: role[0])] if right else []
    )


def _cost(text: str, one: int, other: int) -> int:
    return len(_BOUNDARY.findall(text[min(one, other) : max(one, other)]))


def _institutions(said: Said, facts: Sequence[Known]) -> tuple[list[Mark], list[Mark], str]:
    roles: list[Mark] = [
        (found.start(), kind) for kind, pattern in _ROLES.items() for found in pattern.finditer(said.text)
    ]
    names: list[Mark] = [
        (place, one.fact.kind)
        for one in facts
        if one.fact.kind in _ROLES and (place := _place(said, one)) is not None
    ]
    return names, roles, "roles"


def _people(said: Said, facts: Sequence[Known]) -> tuple[list[Mark], list[Mark], str]:
    hires = [one for one in facts if one.fact.kind == "hire" and one.fact.subject]
    names: list[Mark] = []
    roles: list[Mark] = []
    for one in hires:
        title = joined(one.fact.subject)
        place = _place(said, one)
        found = re.search(rf"\b{re.escape(title)}\b", said.text, re.IGNORECASE)
        if place is not None:
            names.append((place, one.fact.id))
        if found is not None:
            roles.append((found.start(), one.fact.id))
    return names, roles, "roles"


def _systems(said: Said, facts: Sequence[Known]) -> tuple[list[Mark], list[Mark], str]:
    """'Heron is your EMS': the word of the role, where it is not part of the system's own name."""
    systems = [one for one in facts if one.fact.kind == "stack" and one.fact.subject]
    names: list[Mark] = []
    roles: list[Mark] = []
    for one in systems:
        title = re.escape(joined(one.fact.subject))
        if (place := _place(said, one)) is not None:
            names.append((place, title))
        last = re.escape(
            next(iter([word for word in lexicon.words(one.text) if lexicon.stem(word) in one.core][-1:]), "")
        )
        roles += [
            (found.start(), title)
            for found in re.finditer(rf"(?<!\b{last} )\b{title}\b", said.text, re.IGNORECASE)
        ]
    return names, roles, "systems"


def _measures(
    said: Said, bound: Sequence[tuple[Number, tuple[Known, ...]]]
) -> tuple[list[Mark], list[Mark], str]:
    """Numbers that one fact states, and the words that only that fact can answer for."""
    numbers = [
        (number, owners[0]) for number, owners in bound if len(owners) == 1 and number.quantity.kind != "date"
    ]
    owners = list(dict.fromkeys(one for _, one in numbers))
    if len(owners) < 2:
        return [], [], "numbers"
    roles = [
        (found.start(), alone[0].fact.id)
        for found in lexicon.WORD.finditer(said.text)
        if (stem := lexicon.stem(found.group())) in said.stems
        and len(alone := [one for one in owners if stem in one.topic]) == 1
    ]
    names: list[Mark] = [(number.quantity.start, one.fact.id) for number, one in numbers]
    return (names, list(roles), "numbers") if len({owner for _, owner in roles}) > 1 else ([], [], "numbers")


def _place(said: Said, one: Known) -> int | None:
    places = [
        found.start() for found in lexicon.WORD.finditer(said.text) if lexicon.stem(found.group()) in one.core
    ]
    return min(places, default=None)
