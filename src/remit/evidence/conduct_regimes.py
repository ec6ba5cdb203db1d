"""The regimes that our entities can be under, as compliance keeps them beside the rules of conduct."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from remit.evidence.conduct_rules import DEFAULT_FILE, PROFILES, ConductRulesInvalid
from remit.kit.countries import APAC, EU, code_of

REGIMES_FILE: Final = DEFAULT_FILE.with_name("regimes.toml")
JURISDICTIONS: Final[Mapping[str, str]] = {
    "US": "United States", "UK": "United Kingdom", "EU": "European Union", "APAC": "Asia and Pacific",
}  # fmt: skip
_TEXTS: Final = ("title", "regulator", "conduct", "retention_source")
_MAY_BE_EMPTY: Final = ("disclosure", "disclosure_source", "approval_source")


@dataclass(frozen=True, slots=True)
class Regime:
    """What a regime asks: how long to keep (years), what to say under a message, which categories need an approval."""

    key: str
    title: str
    regulator: str
    conduct: str
    jurisdictions: tuple[str, ...]
    retention_years: int
    retention_source: str
    disclosure: str
    disclosure_source: str
    approval_of: tuple[str, ...]
    approval_source: str


def read(path: Path) -> Mapping[str, Regime]:
    """The regimes of a file, one for each that rules of conduct may name. Raises ConductRulesInvalid."""
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConductRulesInvalid([f"{path.name} cannot be read: {error}."]) from error
    problems = [f"{path.name} says nothing of {key}." for key in PROFILES if key not in given]
    problems += [f"{path.name}: there is no regime {key}." for key in given if key not in PROFILES]
    for key, one in given.items():
        problems += [f"{path.name}, {key}: {problem}" for problem in _problems(one)]
    if problems:
        raise ConductRulesInvalid(problems)
    return {key: _regime(key, given[key]) for key in PROFILES}


def _problems(one: Mapping[str, Any]) -> list[str]:
    found = [f"{name} is missing." for name in _TEXTS if not one.get(name)]
    found += [f"{name} is missing." for name in _MAY_BE_EMPTY if not isinstance(one.get(name), str)]
    years = one.get("retention_years")
    if not isinstance(years, int) or not 1 <= years <= 100:
        found.append("retention_years is a whole number of years, 1 to 100.")
    found += [
        f"there is no jurisdiction {each}."
        for each in one.get("jurisdictions", ())
        if each not in JURISDICTIONS
    ]
    return found


def _regime(key: str, one: Mapping[str, Any]) -> Regime:
    texts = {name: str(one[name]) for name in (*_TEXTS, *_MAY_BE_EMPTY)}
    return Regime(
        key=key, jurisdictions=tuple(one.get("jurisdictions", ())), retention_years=int(one["retention_years"]),
        approval_of=tuple(one.get("approval_of", ())), **texts,
    )  # fmt: skip


@lru_cache(maxsize=4)
def current(path: Path = REGIMES_FILE) -> Mapping[str, Regime]:
    """The regimes in force in this process, read once. Raises ConductRulesInvalid."""
    return read(path)


@lru_cache(maxsize=4)
def rules_sha256(rules: Path = DEFAULT_FILE, regimes: Path = REGIMES_FILE) -> str:
    """SHA-256 (hex) of both files: the version of the rules of conduct that an approval is of."""
    return hashlib.sha256(rules.read_bytes() + b"\x00" + regimes.read_bytes()).hexdigest()


def jurisdiction_of(country: str) -> str:
    """The jurisdiction of a reader's country, by code or English name; "" where it is none of ours or not known."""
    code = code_of(country) or country.strip().upper()
    if code in ("EU", "APAC"):  # as some CRMs say it
        return code
    return {"US": "US", "GB": "UK"}.get(code) or ("EU" if code in EU else "APAC" if code in APAC else "")
