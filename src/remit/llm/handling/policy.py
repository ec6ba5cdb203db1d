"""The data-handling policy: one file, whose hash is the version that the gateway enforces and that people acknowledge."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from remit import settings
from remit.audit.record import canonical_json
from remit.llm.handling.spans import CLASSES
from remit.policy.schema import DEFAULT_DIRECTORY

Decision = Literal["allow", "mask", "deny"]
DECISIONS: Final = cast(tuple[Decision, ...], get_args(Decision))
FILE: Final = "data-handling.toml"
DESTINATIONS: Final = ("embedded", "own_server", "provider")
CLASS_NAMES: Final = (*CLASSES, "public")


class HandlingPolicyInvalid(Exception):
    """The file cannot be used; `problems` lists every reason, one sentence each."""

    code = "handling_policy_invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What the policy says of one data class. `decisions` by destination; `rephrase` = how to say it instead."""

    name: str
    title: str
    meaning: str
    rephrase: str
    decisions: Mapping[str, Decision]


@dataclass(frozen=True, slots=True)
class HandlingPolicy:
    """One version. `hash`: SHA-256 (hex) of everything the file says, whatever its layout and comments."""

    version: str
    hash: str
    title: str
    summary: str
    owner: str
    valid_from_on: date
    destinations: Mapping[str, str]
    classes: Mapping[str, ClassRule]

    def decision(self, data_class: str, destination: str) -> Decision:
        """What may happen to words of a class on the way to a destination. Whatever is not decided is denied."""
        rule = self.classes.get(data_class)
        if rule is None or destination not in self.destinations:
            return "deny"
        return rule.decisions.get(destination, "deny")

    def undecided(self) -> list[tuple[str, str]]:
        """Class and destination for which the file says nothing: denied, and the gate S0-G3 is not met."""
        return [
            (name, destination)
            for name in CLASS_NAMES
            for destination in DESTINATIONS
            if name not in self.classes
            or destination not in self.destinations
            or destination not in self.classes[name].decisions
        ]


def parse(text: str) -> HandlingPolicy:
    """The policy of a file's text. Raises HandlingPolicyInvalid with every problem found."""
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HandlingPolicyInvalid([f"the file is no TOML: {error}"]) from error
    problems = _problems(held)
    if problems:
        raise HandlingPolicyInvalid(problems)
    destinations = cast(dict[str, str], held["destinations"])
    classes = {name: _rule(name, table, destinations) for name, table in held["classes"].items()}
    return HandlingPolicy(
        version=held["version"],
        hash=hashlib.sha256(canonical_json(held).encode()).hexdigest(),
        title=held["title"],
        summary=" ".join(held["summary"].split()),
        owner=held["owner"],
        valid_from_on=held["valid_from_on"],
        destinations=destinations,
        classes=classes,
    )


def _rule(name: str, table: Mapping[str, Any], destinations: Mapping[str, str]) -> ClassRule:
    decisions = {each: cast(Decision, table[each]) for each in destinations if each in table}
    return ClassRule(name, table["title"], table["meaning"], table.get("rephrase", ""), decisions)


def _problems(held: Mapping[str, Any]) -> list[str]:
    told = [
        f"{key} is missing or no text"
        for key in ("title", "version", "owner", "summary")
        if not (isinstance(held.get(key), str) and held[key].strip())
    ]
    if type(held.get("valid_from_on")) is not date:
        told.append("valid_from_on is missing or no date (2026-11-01, without quotation marks)")
    destinations, classes = held.get("destinations"), held.get("classes")
    if not isinstance(destinations, dict) or not isinstance(classes, dict):
        return [*told, "the tables [destinations] and [classes.…] are needed"]
    told += [
        f"destination {each} is unknown; there are: {', '.join(DESTINATIONS)}"
        for each in destinations
        if each not in DESTINATIONS
    ]
    for name, table in classes.items():
        told += _class_problems(name, table, destinations)
    return told


def _class_problems(name: str, table: Any, destinations: Mapping[str, str]) -> list[str]:
    if name not in CLASS_NAMES:
        return [f"class {name} is unknown; there are: {', '.join(CLASS_NAMES)}"]
    if not isinstance(table, dict):
        return [f"class {name} is no table"]
    told = [
        f"class {name} has no {key}" for key in ("title", "meaning") if not isinstance(table.get(key), str)
    ]
    told += [
        f"class {name}: {key} is neither a destination nor a word of this table"
        for key in table
        if key not in ("title", "meaning", "rephrase", *destinations)
    ]
    told += [
        f"class {name}, {each}: “{table[each]}” is none of {', '.join(DECISIONS)}"
        for each in destinations
        if each in table and table[each] not in DECISIONS
    ]
    return told


def load(path: Path) -> HandlingPolicy:
    """The policy in a file. Raises HandlingPolicyInvalid, also when the file cannot be read."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HandlingPolicyInvalid([f"{path.name} cannot be read: {error}"]) from error
    return parse(text)


@lru_cache(maxsize=1)
def current() -> HandlingPolicy:
    """The version that this process enforces, read once. Raises HandlingPolicyInvalid: then nothing may leave."""
    return load((settings.load().policy_dir or DEFAULT_DIRECTORY) / FILE)
