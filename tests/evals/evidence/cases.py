"""The claim set as facts and sentences. The files say how a fact is written."""

from __future__ import annotations

import re
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from remit.evidence.claims import Context
from remit.evidence.facts import KINDS, Fact

DAY = date(2026, 11, 23)
PARTS = ("dev", "heldout", "blind", "mixed", "second", "third", "fourth")
_FACT = re.compile(
    r"^(?P<kind>\w+)(?:\[(?P<subject>[^\]]*)\])? = (?P<value>.+?) @ (?P<source>.+?), (?P<at>\d{4}-\d\d-\d\d)(?P<flags>(?:;.*)?)$"
)
_NAMESPACE = uuid.UUID("0b6f6c1e-7d0f-4f0e-9f7e-0a5b9d1f2c3a")


@dataclass(frozen=True)
class Case:
    """One sentence: `holds` says whether the facts say it; `why` what is wrong with a false one."""

    part: str
    account: str
    text: str
    holds: bool
    why: str
    facts: tuple[Fact, ...]
    context: Context


def load(part: str | None = None) -> list[Case]:
    """All cases of a part (dev, heldout), or of both."""
    return [case for name in ([part] if part else PARTS) for case in _read(name)]


def _read(part: str) -> Iterator[Case]:
    path = Path(__file__).parent / f"claims_{part}.toml"
    document = tomllib.loads(path.read_text("utf-8"))
    for one in document["set"]:
        account_id = uuid.uuid5(_NAMESPACE, one["account"])
        facts = tuple(_fact(line, account_id) for line in one["facts"])
        context = Context(DAY, account_id, one["account"], document["our_name"])
        for text in one["true"]:
            yield Case(part, one["account"], text, True, "", facts, context)
        for line in one["false"]:
            why, _, text = line.partition(" | ")
            yield Case(part, one["account"], text, False, why, facts, context)


def _fact(line: str, account_id: uuid.UUID) -> Fact:
    found = _FACT.match(line)
    if found is None:
        raise ValueError(f"not a fact: {line}")
    given: dict[str, Any] = {"sensitivity": "public", "sayable": "public", "state": "live"}
    for flag in filter(None, (each.strip() for each in found["flags"].split(";"))):
        given |= _flag(flag)
    ours = KINDS[found["kind"]].ours if found["kind"] in KINDS else found["kind"] == "price"
    owner = None if ours else given.pop("owner", account_id)
    return Fact(
        id=uuid.uuid5(account_id, line), kind=found["kind"], subject=found["subject"] or "", value=found["value"], source_name=found["source"],
        as_of_on=date.fromisoformat(found["at"]), account_id=owner, **given,
    )  # fmt: skip


def _flag(flag: str) -> dict[str, Any]:
    name, _, value = flag.partition("=")
    if name == "until":
        return {"valid_until_on": date.fromisoformat(value)}
    if name == "minor":
        number, currency = value.split()
        return {"value_minor": int(number), "value_currency": currency}
    known: dict[str, dict[str, Any]] = {
        "internal": {"sayable": "internal_only", "sensitivity": "internal"},
        "told": {"sayable": "told_by_them", "sensitivity": "internal"},
        "withdrawn": {"state": "withdrawn"},
        "other": {"owner": uuid.uuid5(_NAMESPACE, "another account")},
    }
    return known[name]
