"""The rules of conduct as compliance keeps them: read from a file, each with its source, its words and its cases."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

DEFAULT_FILE: Final = Path(__file__).resolve().parents[3] / "policies" / "conduct" / "rules.toml"
PROFILES: Final = ("us_broker_dealer", "us_adviser", "uk_firm", "eu_firm")
LOOKS: Final = (
    "words", "subject", "identity", "opt_out", "listed", "quiet_hours", "market_holiday", "caps",
)  # fmt: skip
_KNOWN: Final = frozenset(
    ["id", "source", "says", "severity", "profiles", "countries", "look", "check", "channels", "patterns", "unless", "supported", "passes", "fails"]
)  # fmt: skip
_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,40}")


class ConductRulesInvalid(Exception):
    """The file cannot be used; `problems` lists every reason, one sentence each."""

    code = "conduct_rules_invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The rules of conduct cannot be used: " + " ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `numbers` holds what its look needs beyond words: hours, counts, calendars. `passes`, `fails`: its cases."""

    id: str
    source: str
    says: str
    severity: Literal["stop", "warn"]
    profiles: frozenset[str]
    countries: frozenset[str]
    look: str
    check: str
    channels: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    supported: bool
    numbers: Mapping[str, Any]
    passes: tuple[Any, ...]
    fails: tuple[Any, ...]


def read(path: Path) -> tuple[Rule, ...]:
    """The rules of a file in its order. Raises ConductRulesInvalid with every problem found."""
    try:
        given = tomllib.loads(path.read_text("utf-8")).get("rule", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConductRulesInvalid([f"{path.name} cannot be read: {error}."]) from error
    problems: list[str] = []
    rules = []
    for one in given:
        found = _problems(one)
        problems += [f"{one.get('id', 'A rule')}: {each}" for each in found]
        if not found:
            rules.append(_rule(one))
    doubled = {rule.id for rule in rules if sum(other.id == rule.id for other in rules) > 1}
    problems += [f"{each} is there twice." for each in sorted(doubled)]
    if problems or not rules:
        raise ConductRulesInvalid(problems or ["The file has no rules."])
    return tuple(rules)


def _problems(one: Mapping[str, Any]) -> list[str]:
    wanted = ("id", "source", "says", "severity", "look", "passes", "fails")
    found = [f"{name} is missing." for name in wanted if not one.get(name)]
    if not _ID.fullmatch(str(one.get("id", ""))):
        found.append("its id needs small letters, digits and dashes.")
    if one.get("severity") not in ("stop", "warn"):
        found.append("severity is stop or warn.")
    if one.get("look") not in LOOKS:
        found.append(f"look is one of {', '.join(LOOKS)}.")
    found += [f"there is no profile {each}." for each in one.get("profiles", []) if each not in PROFILES]
    if one.get("look") in ("words", "subject") and not one.get("patterns"):
        found.append("it looks for words and names none.")
    for pattern in [*one.get("patterns", []), one.get("unless", "")]:
        try:
            re.compile(pattern)
        except re.error as error:
            found.append(f"“{pattern}” is no pattern: {error}.")
    return found


def _rule(one: Mapping[str, Any]) -> Rule:
    return Rule(
        one["id"], one["source"], one["says"], one["severity"], frozenset(one.get("profiles", [])), frozenset(one.get("countries", [])),
        one["look"], one.get("check", ""), frozenset(one.get("channels", [])),
        tuple(re.compile(each, re.IGNORECASE) for each in one.get("patterns", [])),
        re.compile(one["unless"], re.IGNORECASE) if one.get("unless") else None, bool(one.get("supported", False)),
        {name: value for name, value in one.items() if name not in _KNOWN}, tuple(one["passes"]), tuple(one["fails"]),
    )  # fmt: skip


@lru_cache(maxsize=4)
def current(path: Path = DEFAULT_FILE) -> tuple[Rule, ...]:
    """The rules in force in this process, read once. Raises ConductRulesInvalid."""
    return read(path)
